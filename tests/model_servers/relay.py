"""A relay in front of a model server: what passes is passed on, and the server's figures kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_TIMINGS = re.compile(rb'"timings":(\{[^{}]*\})')


@dataclass(frozen=True, slots=True)
class Reading:
    """How a server read one prompt, in tokens: `known` from before, `read` anew."""

    known: int
    read: int

    @property
    def share(self) -> float:
        """The part of the prompt that was read anew."""
        return self.read / (self.known + self.read)


@dataclass
class Relay:
    """A running relay; `readings` has one entry for each chat, by the server's own `timings`."""

    address: str = ""
    readings: list[Reading] = field(default_factory=list[Reading])

    def note(self, response: bytes) -> None:
        """Take in all that came back on one connection."""
        found = _TIMINGS.findall(response)
        if found:
            timings = json.loads(found[-1])
            self.readings.append(Reading(timings["cache_n"], timings["prompt_n"]))


@asynccontextmanager
async def relay(address: str) -> AsyncIterator[Relay]:
    """A relay to the server at `address`, for as long as it is entered."""
    target = urlsplit(address)
    made = Relay()

    serving: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of ours: asyncio would log each one that is cancelled at the end.
        task = asyncio.create_task(serve(reader, writer))
        serving.add(task)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection(target.hostname, target.port)
        seen = bytearray()
        asking = asyncio.create_task(_pass(reader, here, bytearray()))
        try:
            await _pass(there, writer, seen, made)
        finally:
            asking.cancel()
            here.close()
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _pass(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    seen: bytearray,
    made: Relay | None = None,
) -> None:
    """Pass bytes on until the source ends; tell `made` of each whole set of timings."""
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            if made is not None:
                seen += data
                if _TIMINGS.search(seen):
                    made.note(bytes(seen))
                    seen.clear()
            target.write(data)
            await target.drain()
        target.write_eof()
