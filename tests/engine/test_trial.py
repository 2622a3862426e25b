"""A model put to the test: what was seen is told, and kept for its endpoint."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.shelves import Surroundings, shelf
from homespun.engine import trial_questions as questions
from homespun.engine.ports import Check
from homespun.engine.shelf import Shelf
from homespun.engine.trial_questions import Heard
from homespun.errors import InputError
from homespun.providers.base import Endpoint, ToolCall
from homespun.providers.capabilities import Proven
from homespun.providers.dialect import Dialect
from homespun.providers.kinds import Format, kind
from homespun.providers.scripted import Route, Script, ScriptedEndpoint, Turn
from model_servers.llama_server import ENDLESS, Options, llama_server
from model_servers.mlx_server import ITS_MODEL
from model_servers.process import ModelServer

COUNTING = Turn(
    match="one to fifty", reply="one\ntwo\nthree\nfour\n", times=99, tokens_per_second=200
)
NEVER_DONE = Turn(
    match="five hundred", reply="one two three " * 500, times=99, tokens_per_second=50
)
READY = Turn(match="Answer with the word", reply="ready", times=99)
GREEN = Turn(match="grass", reply='{"colour": "green"}', times=99)
PROSE = Turn(match="grass", reply="Green, of course.", times=99)
BLIND = Turn(match="picture", reply="I cannot see.", times=99)
DRY = Turn(match="Lisbon", reply="It is sunny.", times=99)


def settings(address: str, type_: str) -> str:
    return f'model = "mine/scripted"\n[providers.mine]\ntype = "{type_}"\nendpoint = "{address}"\n'


async def tried(own: Shelf) -> dict[str, Check]:
    return {check.name: check async for check in own.trial(None)}


def kept(around: Surroundings, address: str, type_: str) -> tuple[Dialect, Proven]:
    endpoint = Endpoint(type_, "mine", address, "scripted")
    return around.capabilities.dialect(endpoint), around.capabilities.proven(endpoint)


async def test_what_an_able_server_shows(tmp_path: Path) -> None:
    script = Script(turns=(COUNTING, NEVER_DONE, READY, GREEN, BLIND, DRY), window=4096)
    async with (
        ScriptedEndpoint(script) as endpoint,
        shelf(tmp_path, settings(endpoint.address, "vllm")) as (own, around),
    ):
        checks = await tried(own)
        assert {name: check.status for name, check in checks.items()} == {
            "connection": "ok", "streaming": "ok", "json_schema": "ok", "json_object": "ok",
            "text": "ok", "cancel": "ok", "window": "ok", "tools": "warning", "vision": "warning",
        }  # fmt: skip
        assert checks["streaming"].details["tokensPerSecond"] > 10
        assert any("five hundred" in str(request.body) for request in endpoint.closed_streams)
        dialect, proven = kept(around, endpoint.address, "vllm")
        assert dialect.format == "json_schema"
        assert proven == Proven(tools=False, vision=False, reasoning=False, window=4096)


@pytest.mark.parametrize(
    ("script", "formats", "best"),
    [
        (Script(turns=(PROSE,)), ["warning", "warning", "warning"], "text"),
        (Script(turns=(GREEN,), refuses=("response_format.json_schema",)),
         ["warning", "ok", "ok"], "json_object"),
        (Script(turns=(GREEN,), refuses=("response_format",)),
         ["warning", "warning", "ok"], "text"),
    ],
)  # fmt: skip
async def test_the_best_format_that_is_followed_is_kept(
    tmp_path: Path, script: Script, formats: list[str], best: str
) -> None:
    script = replace(script, turns=(COUNTING, READY, BLIND, DRY, *script.turns))
    script = replace(script, turns=(*script.turns, replace(COUNTING, match="five hundred")))
    async with (
        ScriptedEndpoint(script) as endpoint,
        shelf(tmp_path, settings(endpoint.address, "vllm")) as (own, around),
    ):
        checks = await tried(own)
        assert [checks[row].status for row in kind("vllm").formats] == formats
        assert kept(around, endpoint.address, "vllm")[0].format == best


async def test_thoughts_are_noticed_and_a_guessed_window_is_not_kept(tmp_path: Path) -> None:
    script = Script(turns=(replace(COUNTING, match="", reasoning="Let me count."),))
    async with (
        ScriptedEndpoint(script) as endpoint,
        shelf(tmp_path, settings(endpoint.address, "vllm")) as (own, around),
    ):
        checks = await tried(own)
        assert "thinks" in checks["streaming"].found
        assert checks["window"].status == "warning"
        assert kept(around, endpoint.address, "vllm")[1].reasoning is True
        assert kept(around, endpoint.address, "vllm")[1].window == 0


@pytest.mark.parametrize(
    ("script", "connection", "streaming"),
    [
        (Script(key="secret"), "wrong key", "wants a key"),
        (Script(routes={"GET /v1/models": Route(body={"data": []})}), "no models", "no turn"),
        (Script(model="other", turns=(replace(READY, match=""),)), "unknown model", ""),
        (Script(routes={"GET /v1/models": Route(503, {"error": {"message": "Loading model"}})}),
         "loading", "no turn"),
    ],
)  # fmt: skip
async def test_a_server_that_does_not_answer_ends_the_test(
    tmp_path: Path, script: Script, connection: str, streaming: str
) -> None:
    async with (
        ScriptedEndpoint(script) as endpoint,
        shelf(tmp_path, settings(endpoint.address, "vllm")) as (own, _),
    ):
        checks = await tried(own)
        assert connection in checks["connection"].found and checks["connection"].hint
        assert streaming in checks["streaming"].found
        assert (list(checks) == ["connection", "streaming"]) == bool(streaming)


async def test_a_route_is_tested_by_its_endpoints(tmp_path: Path) -> None:
    text = 'model = "fast"\n[routes.fast]\nendpoints = ["vllm/a", "ollama/b"]\n'
    async with shelf(tmp_path, text) as (own, _):
        with pytest.raises(InputError, match="is a route") as caught:
            await tried(own)
    assert "vllm/a, ollama/b" in caught.value.hint


async def test_llama_server_is_what_it_is(tmp_path: Path) -> None:
    with llama_server(tmp_path, Options(grammar=ENDLESS)) as server:
        text = settings(server.address, "llamacpp")
        async with shelf(tmp_path, text) as (own, _):
            checks = await tried(own)
    found = {name: (check.status, check.found) for name, check in checks.items()}
    assert found["json_schema"][0] == found["streaming"][0] == found["window"][0] == "ok", found
    assert "slots were idle" in found["cancel"][1], found
    assert found["vision"][0] == found["text"][0] == "warning", found


@pytest.mark.peer
async def test_json_that_mlx_ignores_silently_is_not_asked_for_again(
    tmp_path: Path, mlx: ModelServer
) -> None:
    text = settings(mlx.address, "openai_compatible").replace("mine/scripted", f"mine/{ITS_MODEL}")
    async with shelf(tmp_path, text) as (own, around):
        checks = await tried(own)
        endpoint = Endpoint("openai_compatible", "mine", mlx.address, ITS_MODEL)
        assert around.capabilities.dialect(endpoint).format == "text"
    assert checks["streaming"].status == checks["cancel"].status == "ok"
    for asked in ("json_schema", "json_object"):
        assert checks[asked].found == "taken, but the answer does not follow it"


def heard(text: str = "", *calls: ToolCall) -> Heard:
    return Heard(text, False, 1, 1, 0.1, 0.2, "stop", calls)


@pytest.mark.parametrize(
    ("calls", "called"),
    [
        ((), False),
        ((ToolCall("1", "weather", '{"city": "Lisbon"}'),), True),
        ((ToolCall("1", "weather", "{nonsense"),), False),
        ((ToolCall("1", "weather", "{}"),), False),
        ((ToolCall("1", "rain", '{"city": "Lisbon"}'),), False),
        ((ToolCall("1", "weather", "[" * 100_000),), False),
    ],
)
def test_a_call_counts_where_it_could_be_made(calls: tuple[ToolCall, ...], called: bool) -> None:
    assert questions.is_called(heard("", *calls)) is called


@pytest.mark.parametrize(
    ("format_", "text", "followed"),
    [
        ("json_schema", '{"colour": "green"}', True),
        ("json_schema", 'Sure: {"colour": "green"}', False),
        ("json_schema", '{"color": "green"}', False),
        ("json_object", '{"color": "green"}', True),
        ("json_object", '"green"', False),
        ("text", 'Sure: {"colour": "green"}.', True),
        ("text", "green", False),
        ("text", "[" * 100_000, False),
    ],
)
def test_an_answer_follows_its_format_or_not(format_: Format, text: str, followed: bool) -> None:
    assert questions.is_followed(format_, text) is followed


def test_both_pictures_must_be_seen() -> None:
    assert questions.is_seen("yellow", heard("Yellow."))
    assert not questions.is_seen("purple", heard("Yellow."))
    for colour in questions.PICTURED:
        (message,) = questions.with_picture(colour).messages
        assert message.images[0].url.startswith("data:image/png;base64,iVBOR")
    assert json.loads(json.dumps(questions.with_tool().tools[0]))["function"]["name"] == "weather"
