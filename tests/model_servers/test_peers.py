"""The peers are what they are taken for: what the product's own tests rely on, seen without it."""

import asyncio
import json
import subprocess
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from model_servers.llama_server import ENDLESS, Options, llama_server
from model_servers.peers import Peers, this_machine
from model_servers.process import ModelServer, NotReady, running

CHAT = "/v1/chat/completions"
SCHEMA = {
    "type": "object",
    "properties": {
        "summary": {"type": "string", "maxLength": 20},
        "sure": {"type": "boolean"},
    },
    "required": ["summary", "sure"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA}}

peer = pytest.mark.peer


def chat(text: str, **more: object) -> dict[str, object]:
    """A request; each needs its own `max_tokens` to be bounded."""
    return {"model": "tiny-random", "messages": [{"role": "user", "content": text}], **more}


async def answer(server: ModelServer, body: dict[str, object]) -> httpx.Response:
    async with server.client() as client:
        return await client.post(CHAT, json=body)


@peer
async def test_llama_server_keeps_to_a_schema(llama: ModelServer):
    reply = await answer(llama, chat("Say.", max_tokens=2000, response_format=FORMAT))
    choice = reply.json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    said = json.loads(choice["message"]["content"])
    assert isinstance(said["summary"], str)
    assert isinstance(said["sure"], bool)


@peer
async def test_llama_server_counts_tokens_at_the_end_of_a_stream(llama: ModelServer):
    body = chat("Count.", max_tokens=7, stream=True, stream_options={"include_usage": True})
    events = [line[6:] for line in (await answer(llama, body)).text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    last = json.loads(events[-2])
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 7
    assert last["usage"]["prompt_tokens"] > 0


@peer
async def test_llama_server_says_what_its_grammar_allows(tmp_path: Path):
    with llama_server(tmp_path, Options(grammar='root ::= "exactly this"')) as server:
        reply = await answer(server, chat("Say anything.", max_tokens=50))
    assert reply.json()["choices"][0]["message"]["content"] == "exactly this"


async def busy_slots(client: httpx.AsyncClient) -> int:
    slots = (await client.get("/slots")).json()
    return sum(slot["is_processing"] for slot in slots)


@peer
async def test_closing_the_stream_frees_the_slot(tmp_path: Path):
    body = chat("Go on.", max_tokens=16000, stream=True)
    with llama_server(tmp_path, Options(grammar=ENDLESS, parallel=1)) as server:
        async with server.client() as client:
            async with client.stream("POST", CHAT, json=body) as reply:
                arriving = reply.aiter_lines()
                await anext(arriving)
                assert await busy_slots(client) == 1
            deadline = time.monotonic() + 2
            while await busy_slots(client):
                assert time.monotonic() < deadline, "the model goes on"
                await asyncio.sleep(0.01)


@peer
async def test_llama_server_refuses_a_prompt_that_is_too_long(llama: ModelServer):
    reply = await answer(llama, chat("word " * 20_000, max_tokens=5))
    error = reply.json()["error"]
    assert reply.status_code == 400
    assert error["type"] == "exceed_context_size_error"
    assert error["n_prompt_tokens"] > error["n_ctx"]


@peer
async def test_llama_server_wants_its_key(tmp_path: Path):
    with llama_server(tmp_path, Options(api_key="right")) as server:
        async with server.client() as client:
            body = chat("Hello.", max_tokens=2)
            wrong = {"Authorization": "Bearer wrong"}
            assert (await client.post(CHAT, json=body, headers=wrong)).status_code == 401
            assert (await client.post(CHAT, json=body)).status_code == 200


@peer
async def test_litellm_serves_both_deployments_of_a_name(litellm: ModelServer):
    said: Counter[str] = Counter()
    async with litellm.client() as client:
        for _ in range(40):
            body = {**chat("Who?", max_tokens=10), "model": "balanced"}
            reply = await client.post(CHAT, json=body)
            said[reply.json()["choices"][0]["message"]["content"]] += 1
            if len(said) == 2:
                break
    assert set(said) == {"first", "second"}


@peer
async def test_litellm_wants_its_key(litellm: ModelServer):
    async with litellm.client() as client:
        body = {**chat("Who?", max_tokens=10), "model": "first"}
        wrong = {"Authorization": "Bearer sk-wrong"}
        # Without a database it cannot tell a wrong key from one that it does not know.
        assert (await client.post(CHAT, json=body, headers=wrong)).status_code in (400, 401)
        assert (await client.post(CHAT, json=body)).status_code == 200


@peer
def test_neovim_is_real():
    version = subprocess.run([this_machine().nvim(), "--version"], capture_output=True, check=True)
    assert version.stdout.startswith(b"NVIM v0.11.4")


def test_a_program_named_by_the_environment_comes_first(tmp_path: Path):
    named = Peers({"HOMESPUN_LLAMA_SERVER": "/opt/mine", "HOMESPUN_PEERS": str(tmp_path)})
    assert named.llama_server() == Path("/opt/mine")


def test_an_installed_program_comes_before_one_on_the_path(tmp_path: Path):
    for folder in ("litellm/bin", "path"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "litellm").touch(mode=0o755)
    path = str(tmp_path / "path")
    assert Peers({"HOMESPUN_PEERS": str(tmp_path), "PATH": path}).litellm().parent.name == "bin"
    assert Peers({"HOMESPUN_PEERS": "/nowhere", "PATH": path}).litellm().parent.name == "path"


def test_a_missing_peer_skips_and_names_the_command(tmp_path: Path):
    empty = {"HOMESPUN_PEERS": str(tmp_path), "PATH": str(tmp_path)}
    with pytest.raises(pytest.skip.Exception, match="run `make peers`"):
        Peers(empty).llama_server()


def test_a_missing_peer_fails_on_ci(tmp_path: Path):
    empty = {"HOMESPUN_PEERS": str(tmp_path), "PATH": str(tmp_path), "CI": "true"}
    with pytest.raises(pytest.fail.Exception, match="run `make peers`"):
        Peers(empty).tiny_model()


def test_a_server_that_ends_at_once_is_told_with_its_log(tmp_path: Path):
    command = ("sh", "-c", "echo out of luck; exit 3")
    with (
        running("unlucky", command, 9, tmp_path / "log") as server,
        pytest.raises(NotReady, match="unlucky ended with 3\nout of luck"),
    ):
        server.wait_until_ready("/")
