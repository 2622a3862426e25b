"""A chat completion of 20,000 chunks, sent flat out from another process: the time for each.

The openai SDK runs in its own environment (`make peers PARTS=bench`), as a process that measures
itself, right after the others.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from tests.benchmarks.measure import Row, Table, compare
from tests.model_servers.peers import this_machine

from homespun.core.prompt import Message
from homespun.core.reply import parser
from homespun.providers.base import Endpoint, Request
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import connect
from homespun.providers.http import Http

_CHUNKS = 20_000
_ROUNDS = 7
_PEER = Path(__file__).parent / "peers" / "openai_stream.py"


def run() -> Iterator[Table]:
    with _endpoint() as address, asyncio.Runner() as runner:
        ours = _Ours(address)
        contenders: dict[str, Callable[[], object]] = {
            "homespun: provider and parser": lambda: runner.run(ours.read_and_parse()),
            "homespun: provider alone": lambda: runner.run(ours.read()),
            "httpx lines and json": lambda: runner.run(_httpx_lines(address)),
            "a raw socket, nothing read": lambda: _raw(address),
        }
        rows = compare(contenders, rounds=_ROUNDS, scale=1e6 / _CHUNKS)
        runner.run(ours.close())
        yield Table("Stream: each of 20,000 chunks", "µs", [*rows, _openai_sdk(address)])


@contextmanager
def _endpoint() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.endpoint", str(_CHUNKS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class _Ours:
    """The provider as it is composed in the product."""

    def __init__(self, address: str) -> None:
        self._http = Http()
        self._folder = TemporaryDirectory()
        endpoint = Endpoint("llamacpp", "bench", address, "bench", window=65536)
        learned = Capabilities(Path(self._folder.name, "capabilities.json"))
        self._provider = connect(endpoint, self._http, learned)
        self._request = Request((Message("user", "Stream."),), max_tokens=_CHUNKS)

    async def read(self) -> None:
        async with aclosing(self._provider.stream(self._request)) as chunks:
            tokens = sum([chunk.tokens async for chunk in chunks])
        assert tokens == _CHUNKS

    async def read_and_parse(self) -> None:
        reply = parser()
        async with aclosing(self._provider.stream(self._request)) as chunks:
            async for chunk in chunks:
                reply.feed(chunk.text)
        assert len(reply.finish().updates) == 1

    async def close(self) -> None:
        await self._http.close()
        self._folder.cleanup()


async def _httpx_lines(address: str) -> None:
    texts: list[str] = []
    url = f"{address}/v1/chat/completions"
    async with (
        httpx.AsyncClient(trust_env=False, verify=False) as client,
        client.stream("POST", url, json={"stream": True}) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                delta = json.loads(line[6:])["choices"][0]["delta"]
                texts.append(delta.get("content", ""))
    assert len(texts) == _CHUNKS + 1


def _raw(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\n\r\n")
        while connection.recv(1 << 16):
            pass


def _openai_sdk(address: str) -> Row:
    python = this_machine().bench_program("python")
    if python is None:
        return Row("openai SDK", [])
    command = [python, _PEER, f"{address}/v1", str(_ROUNDS)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300, text=True)
    return Row("openai SDK", [taken * 1e6 / _CHUNKS for taken in json.loads(done.stdout)])
