"""A second process that works beside the one that builds an index, where there are two cores."""

from __future__ import annotations

import logging
import marshal
import os
import queue
import struct
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from homespun.index.extract import Extract, extract
from homespun.index.half import Half
from homespun.index.scan import Stamp
from homespun.index.tasks import Task, Tasks
from homespun.index.texts import NoText, Text, read

_log = logging.getLogger(__name__)

_LENGTH = struct.Struct("<I")
_FEW, _MANY = 4_000_000, 8_000_000
"""The weight of tasks that it may owe before it is given more: it never waits itself."""
_PIPE = 256 * 1024
"""Bytes that wait in a pipe. With Linux's 64 KB a process would wait for one that parses."""
_TOGETHER = 50
"""Answers that are sent at once: each time, another process is woken."""
_SENT = 64 * 1024
"""Bytes of answers that are sent however few they are."""


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
            bufsize=_PIPE,
            pipesize=_PIPE,
        )
        self._done: queue.SimpleQueue[Answer | EOFError] = queue.SimpleQueue()
        self._given: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._owed = Tasks()
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
        """The weight of tasks that it could do with; 0 as long as it has enough to do."""
        return _MANY - self._owed.weight if self._alive and self._owed.weight < _FEW else 0

    @property
    def owed(self) -> Tasks:
        """What it has not done yet; not to be waited for where it does not live."""
        return self._owed

    def give(self, tasks: Sequence[Task]) -> None:
        """Have something done; it is done in order."""
        self._owed.extend(tasks)
        plain = [(task.what, task.number, task.path, os.fsencode(task.file)) for task in tasks]
        self._given.put(_frame(plain))

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
            yield self._owed.pop(), found

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
    work = _Work(half)
    while (tasks := _read(stdin)) is not None:
        answers = bytearray()
        for count, (what, number, path, file) in enumerate(tasks, 1):
            answers += _frame(work.do(what, number, path, os.fsdecode(file)))
            if count % _TOGETHER == 0 or count == len(tasks) or len(answers) > _SENT:
                stdout.write(answers)
                stdout.flush()
                answers.clear()
    return 0


class _Work:
    """The tasks of one process, as plain values for `marshal`; see `_answer`."""

    def __init__(self, half: Path) -> None:
        self._path = half
        self._half: Half | None = None

    def do(self, what: str, number: int, path: str, file: str) -> tuple[Any, ...]:
        match what:
            case "symbols":
                return what, *_extracted(extract(path, file))
            case "words":
                return what, *self._gathered(read(file), number)
            case _:
                if self._half is not None:
                    self._half.close()
                self._half = None
                return (what,)

    def _gathered(self, text: Text | NoText, number: int) -> tuple[Stamp | None, str]:
        if isinstance(text, NoText):
            return text.stamp, text.reason
        self._half = self._half or Half(self._path)
        self._half.put(number, text.data.decode("utf-8", "replace"))
        return text.stamp, ""


def _extracted(found: Extract) -> tuple[Any, ...]:
    symbols = [tuple(one) for one in found.symbols]
    return symbols, found.uses, found.specs, found.keys, list(found.spaces)


def _answer(what: str, *plain: Any) -> Answer:
    match what:
        case "symbols":
            return Extract(*plain)
        case "words":
            return Taken(*plain)
        case _:
            return None


def _frame(plain: Any) -> bytes:
    data = marshal.dumps(plain)
    return _LENGTH.pack(len(data)) + data


def _read(stream: IO[bytes]) -> Any:
    """What the other end has framed; None where it is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    # Both ends are this program, on this machine: nobody else writes into the pipe.
    return marshal.loads(stream.read(*_LENGTH.unpack(head)))  # noqa: S302
