"""A second process that parses, while an index is built on a machine with more than one core."""

from __future__ import annotations

import logging
import marshal
import os
import queue
import struct
import subprocess
import threading
from collections.abc import Iterator, Sequence
from typing import IO, Any

from homespun.index.extract import Extract, extract

_log = logging.getLogger(__name__)

_LENGTH = struct.Struct("<I")
_AHEAD = 16
"""Files that wait in the helper's input: enough that it never waits itself."""


class Helper:
    """Parses files elsewhere. It may end at any time: what it was given is then still `owed`."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` runs `serve`. Raises `OSError` where it cannot be started."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._done: queue.SimpleQueue[tuple[int, Extract] | None] = queue.SimpleQueue()
        self._owed: dict[int, str] = {}
        self._alive = True
        threading.Thread(target=self._receive, daemon=True).start()

    @property
    def has_room(self) -> bool:
        """Whether it could do with more to do."""
        return self._alive and len(self._owed) < _AHEAD

    @property
    def owed(self) -> dict[int, str]:
        """What it has not done yet, by id; not to be waited for where it does not live."""
        return dict(self._owed)

    def give(self, id: int, path: str, file: str) -> None:
        """Have a file parsed; see `extract`."""
        self._owed[id] = path
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(_frame((id, path, os.fsencode(file))))
                self._process.stdin.flush()
        except OSError:
            self._alive = False

    def done(self, wait: float = 0.0) -> Iterator[tuple[int, Extract]]:
        """What it has done since; where that is nothing, waits for up to `wait` seconds."""
        while True:
            try:
                found = self._done.get(timeout=wait) if wait else self._done.get_nowait()
            except queue.Empty:
                return
            wait = 0.0
            if found is None:
                self._alive = False
                return
            if self._owed.pop(found[0], None) is not None:
                yield found

    @property
    def alive(self) -> bool:
        """Whether more can be expected of it."""
        return self._alive

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError as error:
                    _log.debug("A pipe was not closed: %s", error)

    def _receive(self) -> None:
        stdout = self._process.stdout
        try:
            while stdout is not None and (plain := _read(stdout)) is not None:
                id, symbols, packed, imports, spaces = plain
                self._done.put((id, Extract(symbols, packed, imports, spaces)))
        except (OSError, ValueError, TypeError, EOFError):
            _log.warning("The parsing process broke off")
        self._done.put(None)


def serve(stdin: IO[bytes], stdout: IO[bytes]) -> int:
    """Parse the files that `stdin` names until it ends; the exit code."""
    while (plain := _read(stdin)) is not None:
        id, path, file = plain
        found = extract(path, os.fsdecode(file))
        row = (id, list(found.symbols), found.uses, list(found.imports), list(found.spaces))
        stdout.write(_frame(row))
        stdout.flush()
    return 0


def _frame(plain: tuple[Any, ...]) -> bytes:
    data = marshal.dumps(plain)
    return _LENGTH.pack(len(data)) + data


def _read(stream: IO[bytes]) -> tuple[Any, ...] | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    # Both ends are this program, on this machine: nobody else writes into the pipe.
    return marshal.loads(stream.read(*_LENGTH.unpack(head)))  # noqa: S302
