"""Texts of files that are not open, as the disk has them."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from homespun.core.text import Snapshot
from homespun.errors import HomespunError, Refused

MAX_BYTES = 10_000_000
"""The largest file that is read as text."""
_KEPT = 2_000_000
"""Characters of all texts together that are kept: some eight megabytes, with their lines."""
_SETTLED = 2 * 10**9
"""Nanoseconds: the coarsest clock of a file system (FAT). Of a file that changed no longer ago, the
next change may not show."""


class _Stamp(NamedTuple):
    """What changes whenever a file does; times in nanoseconds."""

    device: int
    inode: int
    size: int
    written: int
    changed: int
    """When it was last written, renamed or given other rights; on Windows when it was made."""


def read_text(path: str) -> str | None:
    """The text of `path` to the letter, BOM and line ends included; None for no such file.

    Raises `Refused` for what is no plain file, no UTF-8 text, larger than 10 MB, or cannot be read.
    """
    found = _read(path)
    return None if found is None else found[1]


class DiskTexts:
    """Reads many files, most of them again and again. May be called from any thread."""

    def __init__(self, to_path: Callable[[str], str]) -> None:
        """`to_path` makes a path of a URI; it may raise `HomespunError`.

        The texts of files that have not changed are kept, as far as they are not many.
        """
        self._to_path = to_path
        self._kept: dict[str, tuple[_Stamp, Snapshot]] = {}
        self._lock = threading.Lock()

    def readable(self, uris: Iterable[str]) -> Mapping[str, Snapshot]:
        """The texts by URI, as the disk has them now; without those that `read_text` refuses."""
        found: dict[str, Snapshot] = {}
        for uri in uris:
            with suppress(HomespunError):
                if (snapshot := self._snapshot(uri, self._to_path(uri))) is not None:
                    found[uri] = snapshot
        self._forget()
        return found

    def _snapshot(self, uri: str, path: str) -> Snapshot | None:
        stamp, snapshot = self._kept.get(uri, (None, None))
        if stamp is None or snapshot is None or stamp != _stamp(path):
            if (read := _read(path)) is None:
                return None
            stamp, snapshot = read[0], Snapshot.of(uri, read[1])
        with self._lock:
            self._kept.pop(uri, None)
            if max(stamp.written, stamp.changed) < time.time_ns() - _SETTLED:
                self._kept[uri] = stamp, snapshot
        return snapshot

    def _forget(self) -> None:
        """Let go of what was not asked for the longest, until the rest is small enough."""
        with self._lock:
            length = sum(len(snapshot.text) for _, snapshot in self._kept.values())
            for uri, (_, snapshot) in list(self._kept.items()):
                if length <= _KEPT:
                    return
                del self._kept[uri]
                length -= len(snapshot.text)


def _stamp(path: str) -> _Stamp | None:
    try:
        return _stamp_of(os.stat(path))
    except (OSError, ValueError):
        return None


def _stamp_of(status: os.stat_result) -> _Stamp:
    changes = status.st_size, status.st_mtime_ns, status.st_ctime_ns
    return _Stamp(status.st_dev, status.st_ino, *changes)


def _read(path: str) -> tuple[_Stamp, str] | None:
    """A text, and the stamp of what it was read from, or of what that was a moment before."""
    try:
        # Only plain files are opened: a pipe or device would block, or never end.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Refused(f"{path} is not a plain file.", "Name a text file.")
        with open(path, "rb") as file:
            stamp = _stamp_of(os.fstat(file.fileno()))
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no valid path"
        raise Refused(f"{path} cannot be read: {reason}.", "Check its rights.") from error
    if len(data) > MAX_BYTES:
        raise Refused(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.", "Name a smaller file.")
    try:
        return stamp, data.decode()
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path} is not UTF-8 text (byte {error.start} is not).",
            "Convert it to UTF-8, or leave it to other tools.",
        ) from error
