"""A model's window is asked once and kept, as long as that is sure to be true."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from homespun.errors import HomespunError
from homespun.providers.base import Endpoint, Message, Request, Window
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import Connector
from homespun.providers.http import Http
from homespun.providers.scripted import Route, Script, ScriptedEndpoint, Turn
from homespun.providers.windows import Windows

TOLD = {
    "GET /v1/models": Route(
        body={"data": [{"id": "one", "max_model_len": 4096}, {"id": "two", "max_model_len": 9000}]}
    )
}
ENDPOINT = Endpoint("vllm", "mine", "http://127.0.0.1:1", "one")


@asynccontextmanager
async def connected(script: Script) -> AsyncGenerator[tuple[ScriptedEndpoint, Connector]]:
    http = Http()
    async with ScriptedEndpoint(script) as server:
        yield server, Connector(http, Capabilities())
        await http.close()


def asked(server: ScriptedEndpoint) -> int:
    return sum(request.path == "/v1/models" for request in server.requests)


async def test_each_task_has_the_window_that_was_told_once():
    async with connected(Script(routes=TOLD)) as (server, connector):
        one = replace(ENDPOINT, base_url=server.address)
        for _ in range(3):
            assert (await connector.connect(one).window()).tokens == 4096
        assert asked(server) == 1
        other = connector.connect(replace(one, model="two"))
        assert (await other.window()).tokens == 9000
        assert asked(server) == 2


async def test_a_request_that_fails_has_it_asked_again():
    refusal = Turn(status=400, body={"error": {"message": "no"}})
    async with connected(Script(turns=(refusal,), routes=TOLD)) as (server, connector):
        provider = connector.connect(replace(ENDPOINT, base_url=server.address))
        await provider.window()
        with pytest.raises(HomespunError):
            async for _ in provider.stream(Request((Message("user", "hello"),), 8)):
                pass
        await provider.window()
        assert asked(server) == 2


async def test_it_is_asked_again_after_five_minutes_and_a_silence_is_never_kept():
    now, told = [0.0], [None, Window(1, guessed=False), Window(2, guessed=False)]
    windows = Windows(lambda: now[0])

    async def ask() -> Window | None:
        return told.pop(0)

    assert await windows.of(ENDPOINT, ask) is None
    for now[0], tokens in ((0.0, 1), (299.0, 1), (300.0, 2)):
        found = await windows.of(ENDPOINT, ask)
        assert found is not None
        assert found.tokens == tokens
