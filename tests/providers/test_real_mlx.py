"""The provider against a real mlx_lm.server, whose model says random text and never ends."""

import asyncio
import json
import os
import sys
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from homespun import errors
from homespun.providers.http import Http
from homespun.providers.standing import standing
from model_servers.asking import USUAL, answered, provider_at, question, structured
from model_servers.mlx_server import ITS_MODEL
from model_servers.process import ModelServer

pytestmark = pytest.mark.peer

MLX = replace(USUAL, kind="mlx", model=ITS_MODEL)


@pytest.mark.proves("stream", kind="mlx", how="real")
@pytest.mark.parametrize("streaming", [True, False])
async def test_tokens_are_counted_and_the_limit_is_kept(mlx: ModelServer, streaming: bool):
    async with provider_at(mlx.address, replace(MLX, streaming=streaming)) as provider:
        reply = await answered(provider, question(max_tokens=5))
    assert reply.finish == "length"
    assert len(reply.text) == 5
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 5
    assert reply.usage.prompt_tokens > 5


async def test_its_comments_while_it_reads_are_no_text(mlx: ModelServer):
    body = {"messages": [{"role": "user", "content": "word " * 400}], "max_tokens": 3}
    async with mlx.client() as client:
        raw = await client.post("/v1/chat/completions", json={**body, "stream": True})
    assert raw.text.startswith(": keepalive ")
    async with provider_at(mlx.address, MLX) as provider:
        reply = await answered(provider, question("word " * 400, max_tokens=3))
    assert len(reply.text) == 3
    assert "keepalive" not in reply.text


@pytest.mark.parametrize("kind", ["mlx", "openai_compatible"])
async def test_wanted_json_is_ignored_and_what_came_is_handed_on(mlx: ModelServer, kind: str):
    async with provider_at(mlx.address, replace(MLX, kind=kind)) as provider:
        reply = await answered(provider, structured(max_tokens=40))
    assert (len(reply.text), reply.finish) == (40, "length")
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.text)


@pytest.mark.proves("refusals", kind="mlx", how="real")
async def test_a_model_that_it_does_not_have_is_named(mlx: ModelServer):
    async with provider_at(mlx.address, replace(MLX, model="nobody/nothing")) as provider:
        with pytest.raises(errors.UnknownModel):
            await answered(provider, question())


async def test_what_it_was_started_with_is_ready_though_not_listed(mlx: ModelServer):
    http = Http()
    try:
        found = await standing(http, replace(MLX, base_url=mlx.address))
        other = await standing(http, replace(MLX, base_url=mlx.address, model="nobody/nothing"))
    finally:
        await http.close()
    assert ITS_MODEL not in found.models
    assert (found.status, other.status) == ("ready", "unknown model")


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's time from /proc")
@pytest.mark.proves("stop", kind="mlx", how="real")
async def test_closing_the_stream_stops_the_model(mlx: ModelServer):
    async with provider_at(mlx.address, MLX) as provider:
        async with aclosing(provider.stream(question(max_tokens=30_000))) as chunks:
            await anext(chunks)
            assert not await is_idle(mlx)
        deadline = time.monotonic() + 20
        while not await is_idle(mlx):
            assert time.monotonic() < deadline, "the model goes on"


async def is_idle(server: ModelServer) -> bool:
    """Whether the server used less than a tenth of a processor for half a second."""
    before = processor_seconds(server.process.pid)
    await asyncio.sleep(0.5)
    return processor_seconds(server.process.pid) - before < 0.05


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used so far."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
