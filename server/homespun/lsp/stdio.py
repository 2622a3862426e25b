"""One editor on standard input and output, from its first byte to the process's exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from homespun.lsp.frames import FrameReader

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_PIECE = 256 * 1024
"""Bytes read at once."""
_SIGNALLED = 128
"""A process that a signal ended answers with this and the signal's number, as shells do."""


def serve(server: Server, stdin: int, stdout: BinaryIO) -> int:
    """Serve the editor on the file descriptor `stdin` until it leaves; the exit code.

    0 after `shutdown` and `exit`; 1 where it left without; 128 and its number after a signal.
    Nothing else may write to `stdout`.
    """
    return asyncio.run(_serve(server, stdin, stdout))


async def _serve(server: Server, stdin: int, stdout: BinaryIO) -> int:
    loop = asyncio.get_running_loop()
    server.exit_code = loop.create_future()
    server.connection.set_writer(_Out(server, stdout))
    _heed_signals(server, loop)
    pieces: asyncio.Queue[bytes] = asyncio.Queue()
    # A daemon thread that reads the descriptor itself: one that waits in `sys.stdin` cannot be
    # left behind at exit, and an event loop cannot wait for a pipe on Windows.
    threading.Thread(target=_pump, args=(stdin, loop, pieces), daemon=True).start()
    reading = asyncio.create_task(_read(server, pieces))
    code = await server.exit_code
    reading.cancel()
    await server.close()
    return code


async def _read(server: Server, pieces: asyncio.Queue[bytes]) -> None:
    frames = FrameReader()
    while piece := await pieces.get():
        for body in frames.feed(piece):
            server.connection.receive(body)
            # A request's handler runs up to its first wait, with the text as it was asked for,
            # before the next message changes it.
            await asyncio.sleep(0)
    server.leave(server.connection.farewell)


def _pump(stdin: int, loop: asyncio.AbstractEventLoop, pieces: asyncio.Queue[bytes]) -> None:
    piece = b" "
    while piece:
        try:
            piece = os.read(stdin, _PIECE)
        except OSError:
            piece = b""
        try:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)
        except RuntimeError:  # the loop is closed: nobody listens any more
            return


def _heed_signals(server: Server, loop: asyncio.AbstractEventLoop) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(
                number,
                lambda got, _: loop.call_soon_threadsafe(server.leave, _SIGNALLED + got),
            )
        else:
            loop.add_signal_handler(number, server.leave, _SIGNALLED + number)


class _Out:
    """pygls' writer. An editor that is gone ends the process, without a traceback."""

    def __init__(self, server: Server, stdout: BinaryIO) -> None:
        self._server = server
        self._stdout = stdout

    def write(self, data: bytes) -> None:
        try:
            self._stdout.write(data)
            self._stdout.flush()
        except (OSError, ValueError):
            self._server.leave(1)

    def close(self) -> None:
        """The descriptor is the process's own; it closes it."""
