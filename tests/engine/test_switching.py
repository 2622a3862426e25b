"""Switching asks first: each way in which the new model may answer, local and cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.shelves import shelf
from homespun.errors import BadSetting
from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from model_servers.process import ModelServer

OLD = 'model = "old/a"\n[providers.old]\ntype = "vllm"\nendpoint = "http://127.0.0.1:1"\n'
TIMES = "[providers.new.parameters]\ntimeout = 0.3\nconnect_timeout = 0.3\nmax_retries = 2\n"


def settings(address: str, kind: str) -> str:
    return f'{OLD}[providers.new]\ntype = "{kind}"\nendpoint = "{address}"\nmodels = ["m"]\n{TIMES}'


def failing(status: int, message: str = "no") -> Turn:
    return Turn(status=status, body={"error": {"message": message}}, times=99)


@pytest.mark.parametrize(
    ("turn", "local", "cloud", "words"),
    [
        (Turn(reply="hi", finish="length"), "switched", "switched", ""),
        (Turn(reply="", finish="length"), "switched", "switched", ""),
        (failing(500), "kept", "warned", "failed (500)"),
        (failing(503), "kept", "warned", "failed (503)"),
        (failing(429), "kept", "warned", "no more requests"),
        (Turn(fault="hang"), "kept", "warned", "silent"),
        (Turn(fault="silent"), "kept", "warned", "silent"),
        (failing(401), "kept", "kept", "wants a key"),
        (failing(404, "model not found"), "kept", "kept", "does not know the model"),
        (failing(400, "bad"), "kept", "kept", "refused the request"),
        (Turn(fault="close"), "kept", "kept", "closed the connection"),
        (Turn(reply="a", fault="cut"), "kept", "kept", "closed the connection"),
        (Turn(status=200, body="<html>a router</html>"), "kept", "kept", "web page"),
        (Turn(fault="redirect"), "kept", "kept", "redirect"),
    ],
)
@pytest.mark.parametrize("is_cloud", [False, True], ids=["local", "cloud"])
async def test_each_outcome(
    tmp_path: Path, turn: Turn, local: str, cloud: str, words: str, is_cloud: bool
) -> None:
    async with (
        ScriptedEndpoint(Script(turns=(turn,))) as endpoint,
        shelf(tmp_path, settings(endpoint.address, "vllm"), is_cloud=is_cloud) as (own, around),
    ):
        switched = await own.select("new", keep=True)
        assert switched.status == (cloud if is_cloud else local)
        assert words in switched.reason
        assert bool(switched.hint) == bool(words)
        kept = switched.status == "kept"
        assert around.live.settings().model == ("old/a" if kept else "new")
        assert ('model = "new"' in around.file.read_text()) is not kept
    assert len(endpoint.chats) == 1


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    async with shelf(tmp_path, settings("http://127.0.0.1:9", "vllm")) as (own, around):
        switched = await own.select("new/m", keep=False)
        assert (switched.status, switched.model) == ("kept", "new/m")
        assert "cannot be reached" in switched.reason
        assert around.live.settings().model == "old/a"


async def test_for_the_session_alone_the_file_stays(tmp_path: Path) -> None:
    async with (
        ScriptedEndpoint(Script.of("hi")) as endpoint,
        shelf(tmp_path, settings(endpoint.address, "vllm")) as (own, around),
    ):
        assert (await own.select("new/m", keep=False)).status == "switched"
        assert around.live.settings().model == "new/m"
        assert around.live.origins()["model"] == "session"
        assert 'model = "old/a"' in around.file.read_text()
        (asked,) = endpoint.chats
        assert asked.body["max_tokens"] == 1


async def test_what_is_no_model_is_not_asked(tmp_path: Path) -> None:
    async with shelf(tmp_path, OLD) as (own, around):
        with pytest.raises(BadSetting, match="nobody"):
            await own.select("nobody/m", keep=True)
        assert around.live.settings().model == "old/a"


async def test_a_route_serves_where_one_of_its_endpoints_answers(tmp_path: Path) -> None:
    async with ScriptedEndpoint(Script.of("hi")) as endpoint:
        text = (
            settings(endpoint.address, "vllm") + '[routes.fast]\nendpoints = ["old/a", "new/m"]\n'
        )
        async with shelf(tmp_path, text) as (own, around):
            switched = await own.select("fast", keep=False)
            assert (switched.model, switched.status) == ("fast", "switched")
            assert around.live.settings().model == "fast"


@pytest.mark.peer
async def test_a_real_server_of_one_model_is_not_taken_for_another(
    tmp_path: Path, llama: ModelServer
) -> None:
    async with shelf(tmp_path, settings(llama.address, "llamacpp")) as (own, _):
        switched = await own.select("new/no-such-model", keep=False)
        assert switched.status == "switched"
        assert switched.reason.startswith("Its only model answers to every name: it is ")
        real = switched.reason.removeprefix("Its only model answers to every name: it is ")[:-1]
        again = await own.select(f"new/{real}", keep=False)
        assert (again.status, again.reason) == ("switched", "")
