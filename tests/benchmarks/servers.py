"""Looking around on this machine for model servers.

Addresses where nobody listens refuse at once, one that takes connections and says nothing costs
the whole time that an answer is waited for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from tests.benchmarks.measure import Row, Table

from homespun.providers.discovery import discover, known_addresses
from homespun.providers.http import Http
from homespun.providers.scripted import Script, ScriptedEndpoint

_ROUNDS = 15
_MS = 1e3


def run() -> Iterator[Table]:
    yield Table("Discovery: all known addresses", "ms", asyncio.run(_looked_around()), True)


async def _looked_around() -> list[Row]:
    http = Http()
    async with _mute() as mute, ScriptedEndpoint(Script()) as alive:
        usual = known_addresses()
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "nothing runs": lambda: discover(http, usual),
            "one runs": lambda: discover(http, (*usual, alive.address)),
            "one takes connections and says nothing": lambda: discover(http, (*usual, mute)),
        }
        rows = [Row(name, await _timed(way)) for name, way in ways.items()]
    await http.close()
    return rows


async def _timed(way: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds of each round; a first one isn't counted."""
    await way()
    taken: list[float] = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        await way()
        taken.append((time.perf_counter() - began) * _MS)
    return taken


@asynccontextmanager
async def _mute() -> AsyncIterator[str]:
    """An address that takes connections and never says a word."""
    open_: list[asyncio.StreamWriter] = []

    def taken(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.append(writer)

    async with await asyncio.start_server(taken, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for writer in open_:
            writer.close()
