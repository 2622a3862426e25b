"""The provider against real servers: llama-server, and LiteLLM's proxy before two of them."""

import asyncio
import json
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from homespun import errors
from homespun.providers.base import Request
from model_servers.asking import USUAL, answered, provider_at, question, structured
from model_servers.litellm_proxy import MASTER_KEY
from model_servers.llama_server import ENDLESS, Options, llama_server, starting_llama_server
from model_servers.process import ModelServer

pytestmark = pytest.mark.peer

LLAMA = replace(USUAL, kind="llamacpp")
SAYS = 'root ::= "def add(a, b):\\n    return a + b\\n"'


@pytest.mark.proves("stream", kind="llamacpp", how="real")
async def test_a_stream_says_what_the_model_said(tmp_path: Path):
    with llama_server(tmp_path, Options(grammar=SAYS)) as server:
        async with provider_at(server.address, LLAMA) as provider:
            reply = await answered(provider, question())
    assert reply.text == "def add(a, b):\n    return a + b\n"
    assert reply.finish == "stop"


@pytest.mark.proves("json", kind="llamacpp", how="real")
async def test_a_reply_keeps_to_the_schema(llama: ModelServer):
    async with provider_at(llama.address, LLAMA) as provider:
        reply = await answered(provider, structured())
    assert list(json.loads(reply.text)) == ["summary"]
    assert reply.finish == "stop"


async def test_an_answer_without_a_stream_is_the_same_protocol(llama: ModelServer):
    async with provider_at(llama.address, replace(LLAMA, streaming=False)) as provider:
        reply = await answered(provider, structured())
    assert list(json.loads(reply.text)) == ["summary"]
    assert reply.usage is not None


async def test_tokens_are_counted_and_the_limit_is_kept(llama: ModelServer):
    async with provider_at(llama.address, LLAMA) as provider:
        reply = await answered(provider, question(max_tokens=5))
    assert reply.finish == "length"
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 5
    assert reply.usage.prompt_tokens > 5


async def test_a_bad_schema_is_stepped_down_from(llama: ModelServer):
    bad = Request(question().messages, 2000, schema={"type": "no-such-type"})
    async with provider_at(llama.address, LLAMA) as provider:
        reply = await answered(provider, bad)
    json.loads(reply.text)
    assert reply.finish == "stop"


@pytest.mark.proves("window", kind="llamacpp", how="real")
async def test_the_window_is_the_real_one(tmp_path: Path):
    with llama_server(tmp_path, Options(parallel=1, context=2048)) as server:
        async with provider_at(server.address, LLAMA) as provider:
            window = await provider.window()
    assert (window.tokens, window.guessed) == (2048, False)


async def test_an_overflow_tells_what_the_server_counted(tmp_path: Path):
    with llama_server(tmp_path, Options(parallel=1, context=2048)) as server:
        async with provider_at(server.address, LLAMA) as provider:
            with pytest.raises(errors.ContextOverflow) as caught:
                await answered(provider, question("word " * 3000))
    assert caught.value.window == 2048
    assert caught.value.prompt_tokens is not None
    assert caught.value.prompt_tokens > 2048


@pytest.mark.proves("refusals", kind="llamacpp", how="real")
@pytest.mark.parametrize("key", ["", "wrong"])
async def test_a_key_is_wanted(tmp_path: Path, key: str):
    with llama_server(tmp_path, Options(api_key="right")) as server:
        async with provider_at(server.address, replace(LLAMA, api_key=key)) as provider:
            with pytest.raises(errors.WrongKey):
                await answered(provider, question())


async def test_the_right_key_is_sent(tmp_path: Path):
    with llama_server(tmp_path, Options(api_key="right")) as server:
        async with provider_at(server.address, replace(LLAMA, api_key="right")) as provider:
            assert (await answered(provider, question())).text


async def busy_slots(client: httpx.AsyncClient) -> int:
    slots = (await client.get("/slots")).json()
    return sum(slot["is_processing"] for slot in slots)


@pytest.mark.proves("stop", kind="llamacpp", how="real")
async def test_closing_the_stream_frees_the_slot(tmp_path: Path):
    with llama_server(tmp_path, Options(grammar=ENDLESS, parallel=1)) as server:
        async with server.client() as client, provider_at(server.address, LLAMA) as provider:
            async with aclosing(provider.stream(question(max_tokens=16_000))) as chunks:
                await anext(chunks)
                assert await busy_slots(client) == 1
            deadline = time.monotonic() + 2
            while await busy_slots(client):
                assert time.monotonic() < deadline, "the model goes on"
                await asyncio.sleep(0.01)


async def test_a_server_that_dies_in_its_answer_is_no_whole_answer(tmp_path: Path):
    with llama_server(tmp_path, Options(grammar=ENDLESS)) as server:
        async with provider_at(server.address, LLAMA) as provider:
            with pytest.raises(errors.CutShort):
                async with aclosing(provider.stream(question(max_tokens=16_000))) as chunks:
                    async for _ in chunks:
                        server.process.kill()


async def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path):
    with llama_server(tmp_path) as server:
        pass
    async with provider_at(server.address, replace(LLAMA, max_retries=0)) as provider:
        with pytest.raises(errors.Unreachable):
            await answered(provider, question())


async def test_a_server_that_loads_its_model_is_waited_for(tmp_path: Path):
    # The tiny model is loaded in 0.1 s, so on a bad day the question comes too late to wait.
    for _ in range(5):
        with starting_llama_server(tmp_path) as server:
            await listening(server)
            async with provider_at(server.address, LLAMA) as provider:
                reply = await answered(provider, question())
        assert reply.text
        if reply.waiting:
            break
    assert set(reply.waiting) == {"loading the model"}


async def listening(server: ModelServer) -> None:
    """Return once the server takes connections, which is before its model is loaded."""
    port = int(server.address.rsplit(":", 1)[1])
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.001)
                continue
            writer.close()
            return await writer.wait_closed()


LITELLM = replace(USUAL, kind="litellm", model="balanced", api_key=MASTER_KEY)


@pytest.mark.proves("stream", kind="litellm", how="real")
async def test_litellm_answers_from_both_deployments(litellm: ModelServer):
    said: set[str] = set()
    async with provider_at(litellm.address, LITELLM) as provider:
        for _ in range(40):
            said.add((await answered(provider, question())).text)
            if len(said) == 2:
                break
    assert said == {"first", "second"}


@pytest.mark.proves("refusals", kind="litellm", how="real")
@pytest.mark.parametrize("key", ["", "sk-wrong"])
async def test_litellm_wants_its_key(litellm: ModelServer, key: str):
    async with provider_at(litellm.address, replace(LITELLM, api_key=key)) as provider:
        with pytest.raises(errors.WrongKey):
            await answered(provider, question())


@pytest.mark.proves("json", kind="litellm", how="real")
async def test_litellm_passes_the_schema_on(litellm: ModelServer):
    async with provider_at(litellm.address, LITELLM) as provider:
        reply = await answered(provider, structured())
    assert list(json.loads(reply.text)) == ["summary"]


async def test_litellm_names_a_model_that_it_does_not_know(litellm: ModelServer):
    async with provider_at(litellm.address, replace(LITELLM, model="nobody")) as provider:
        with pytest.raises(errors.UnknownModel):
            await answered(provider, question())


async def test_litellm_tells_that_its_deployment_is_dead(litellm: ModelServer):
    async with provider_at(litellm.address, replace(LITELLM, model="dead")) as provider:
        with pytest.raises(errors.ServerFault):
            await answered(provider, question())
