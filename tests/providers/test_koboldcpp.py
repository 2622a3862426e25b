"""KoboldCpp: chat completions, and the abort that closing alone does not do."""

import asyncio
import json
import time
from contextlib import aclosing
from dataclasses import replace

import pytest

from homespun.providers.base import Chunk, Provider
from homespun.providers.scripted import Route, Script, ScriptedEndpoint, Turn
from model_servers.asking import USUAL, answered, provider_at, question

KOBOLD = replace(USUAL, kind="koboldcpp", model="scripted")
ABORT = "/api/extra/abort"
ENDLESS = Script(
    turns=(Turn(reply="word " * 1000, times=9),),
    tokens_per_second=100,
    routes={f"POST {ABORT}": Route(body={"success": "true", "done": "true"})},
)


async def first_words(provider: Provider) -> Chunk:
    async with aclosing(provider.stream(question())) as chunks:
        async for chunk in chunks:
            if chunk.text:
                return chunk
    raise AssertionError("nothing came")


def aborted(served: ScriptedEndpoint) -> list[str]:
    return [request.body["genkey"] for request in served.requests if request.path == ABORT]


def asked(served: ScriptedEndpoint) -> list[str]:
    return [request.body["genkey"] for request in served.chats if request.path != ABORT]


@pytest.mark.proves("stop", kind="koboldcpp", how="documented")
async def test_an_answer_that_is_not_wanted_any_more_is_aborted_by_its_own_key():
    async with ScriptedEndpoint(ENDLESS) as served, provider_at(served.address, KOBOLD) as provider:
        await first_words(provider)
        await first_words(provider)
    assert len(set(asked(served))) == 2
    assert aborted(served) == asked(served)


async def test_cancelling_aborts_while_the_prompt_is_read():
    silent = replace(ENDLESS, turns=(Turn(fault="silent"),))
    async with ScriptedEndpoint(silent) as served, provider_at(served.address, KOBOLD) as provider:
        task = asyncio.create_task(answered(provider, question()))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert aborted(served) == asked(served)


async def test_a_server_that_takes_no_abort_does_not_hold_up_the_cancelling():
    script = replace(ENDLESS, routes={f"POST {ABORT}": Route(status=404, body={})})
    async with ScriptedEndpoint(script) as served, provider_at(served.address, KOBOLD) as provider:
        began = time.monotonic()
        await first_words(provider)
    assert time.monotonic() - began < 2


async def test_a_whole_answer_is_not_aborted():
    script = replace(ENDLESS, turns=(Turn(reply="all"),))
    async with ScriptedEndpoint(script) as served, provider_at(served.address, KOBOLD) as provider:
        assert (await answered(provider, question())).text == "all"
    assert aborted(served) == []
    assert json.dumps(asked(served)) != "[]"
