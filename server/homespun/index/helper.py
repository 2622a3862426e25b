"""A second process that works beside the one that builds an index, where there are two cores."""

from __future__ import annotations

import logging
import marshal
import os
import queue
import struct
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from homespun.index.extract import Extract, extract
from homespun.index.half import Half
from homespun.index.scan import Stamp
from homespun.index.texts import NoText, Text, read

_log = logging.getLogger(__name__)

_LENGTH = struct.Struct("<I")
_FEW, _MANY = 500, 1_000
"""Tasks that may be left in the helper's input before it is filled up: it never waits itself."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do with the file at the absolute path `file`, in its workspace `path`.

    `number` is the row of `words` that is to be the file's where its words are gathered, and the
    file's id where its symbols are found. "end": no more words are to be gathered.
    """

    what: Literal["words", "symbols", "end"]
    number: int = 0
    path: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """That a file's words were gathered, as it was then; or why not (as `NoText`)."""

    stamp: Stamp | None
    reason: str = ""


Answer = Taken | Extract | None


class Helper:
    """Does tasks elsewhere. It may end at any time: what it was given is then still owed."""

    def __init__(self, command: Sequence[str], half: Path) -> None:
        """`command` runs `serve`, with the file `half` for words. Raises `OSError`."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            (*command, str(half)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._done: queue.SimpleQueue[Answer | EOFError] = queue.SimpleQueue()
        self._given: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._owed: deque[Task] = deque()
        self._alive = True
        threading.Thread(target=self._receive, daemon=True).start()
        # A pipe holds a few kilobytes; whoever writes more waits until somebody reads.
        threading.Thread(target=self._send, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether more can be expected of it."""
        return self._alive

    @property
    def room(self) -> int:
        """The tasks that it could do with; 0 as long as it has enough to do."""
        return _MANY - len(self._owed) if self._alive and len(self._owed) < _FEW else 0

    @property
    def owed(self) -> Sequence[Task]:
        """What it has not done yet; not to be waited for where it does not live."""
        return self._owed

    def give(self, tasks: Sequence[Task]) -> None:
        """Have something done; it is done in order."""
        self._owed.extend(tasks)
        plain = ((task.what, task.number, task.path, os.fsencode(task.file)) for task in tasks)
        self._given.put(b"".join(map(_frame, plain)))

    def done(self, wait: float = 0.0) -> Iterator[tuple[Task, Answer]]:
        """What it has done since; where that is nothing, waits for up to `wait` seconds."""
        while True:
            try:
                found = self._done.get(timeout=wait) if wait else self._done.get_nowait()
            except queue.Empty:
                return
            wait = 0.0
            if isinstance(found, EOFError):
                self._alive = False
                return
            yield self._owed.popleft(), found

    def close(self) -> None:
        """End it."""
        self._given.put(b"")
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError as error:
                    _log.debug("A pipe was not closed: %s", error)

    def _send(self) -> None:
        stdin = self._process.stdin
        try:
            while stdin is not None and (frames := self._given.get()):
                stdin.write(frames)
                stdin.flush()
        except (OSError, ValueError):
            _log.debug("The second process reads no more")

    def _receive(self) -> None:
        stdout = self._process.stdout
        try:
            while stdout is not None and (plain := _read(stdout)) is not None:
                self._done.put(_answer(*plain))
        except (OSError, ValueError, TypeError, EOFError):
            _log.warning("The second process broke off")
        self._done.put(EOFError())


def serve(stdin: IO[bytes], stdout: IO[bytes], half: Path) -> int:
    """Do the tasks on `stdin` until it ends, words into the file `half`; the exit code."""
    words: Half | None = None
    while (plain := _read(stdin)) is not None:
        what, number, path, file = plain
        file = os.fsdecode(file)
        if what == "symbols":
            found = extract(path, file)
            row = (
                [tuple(one) for one in found.symbols],
                found.uses,
                found.specs,
                found.keys,
                list(found.spaces),
            )
            stdout.write(_frame(("symbols", *row)))
        elif what == "words":
            words = words or Half(half)
            stdout.write(_frame(("words", *_gathered(read(file), number, words))))
        else:
            if words is not None:
                words.close()
            words = None
            stdout.write(_frame(("end",)))
        stdout.flush()
    return 0


def _gathered(text: Text | NoText, number: int, words: Half) -> tuple[Stamp | None, str]:
    if isinstance(text, NoText):
        return text.stamp, text.reason
    words.put(number, text.data.decode("utf-8", "replace"))
    return text.stamp, ""


def _answer(what: str, *plain: Any) -> Answer:
    match what:
        case "symbols":
            return Extract(*plain)
        case "words":
            return Taken(*plain)
        case _:
            return None


def _frame(plain: tuple[Any, ...]) -> bytes:
    data = marshal.dumps(plain)
    return _LENGTH.pack(len(data)) + data


def _read(stream: IO[bytes]) -> tuple[Any, ...] | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    # Both ends are this program, on this machine: nobody else writes into the pipe.
    return marshal.loads(stream.read(*_LENGTH.unpack(head)))  # noqa: S302
