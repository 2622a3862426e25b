"""Bodies of answers as they come: together what has arrived together, and never without a limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

from homespun.errors import BadResponse

if TYPE_CHECKING:
    import httpx

_UNREAD_LIMIT = 1024 * 1024


async def batches(
    response: httpx.Response, patience: Callable[[], float]
) -> AsyncGenerator[bytes, None]:
    """The body as it comes; all that has arrived by now is one piece.

    httpx gives out each of the server's pieces alone, which is one a token. So a task takes them
    as fast as they come, and whoever reads gets them together. `patience` is asked before each
    wait, in seconds of silence. Raises `TimedOut` through `named_errors`.
    """
    pump = _Pump()
    task = asyncio.create_task(pump.run(response))
    try:
        while data := await pump.take(patience):
            yield data
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class _Pump:
    """Takes pieces from the wire, at most a megabyte ahead of its reader."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._ended = False

    async def run(self, response: httpx.Response) -> None:
        """Take everything; ends with the body, or with its error."""
        try:
            async for piece in response.aiter_bytes():
                self._pieces.append(piece)
                self._size += len(piece)
                self._arrived.set()
                if self._size > _UNREAD_LIMIT:
                    self._room.clear()
                    await self._room.wait()
        finally:
            self._ended = True
            self._arrived.set()

    async def take(self, patience: Callable[[], float]) -> bytes:
        """All that is there, at least one byte; empty at the end."""
        if not self._pieces and not self._ended:
            self._arrived.clear()
            async with asyncio.timeout(patience()):
                await self._arrived.wait()
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        self._room.set()
        return data


async def body_of(response: httpx.Response, limit: int) -> bytes:
    """A whole body of at most `limit` bytes. Raises `BadResponse` for a longer one."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise BadResponse(
                "The model's server sent more than an answer can be; it was stopped.",
                "Look at the model server's log.",
            )
    return b"".join(pieces)
