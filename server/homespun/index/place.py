"""Where the index of a workspace folder is kept, and who may write it."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from pathlib import Path
from types import TracebackType

_UNUSED = 60 * 86_400
"""Seconds after which an index that nobody opens is forgotten."""


def database(folder: str, cache: Path) -> Path:
    """The file of the index of a workspace folder; readable by its name, one for each path."""
    real = os.path.realpath(folder)
    name = re.sub(r"[^A-Za-z0-9]+", "-", os.path.basename(real)).strip("-")[:40] or "folder"
    digest = hashlib.sha256(real.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache / f"{name}-{digest}.db"


def parts(database: Path) -> tuple[Path, ...]:
    """The database with the files that are kept beside it."""
    beside = (database.with_name(database.name + end) for end in ("", "-wal", "-shm"))
    return (*beside, half(database))


def half(database: Path) -> Path:
    """Where a second process gathers words while the index is made."""
    return database.with_name(f"{database.name}-half")


def remove(database: Path) -> None:
    """Forget an index. Raises `OSError`."""
    for part in reversed(parts(database)):
        part.unlink(missing_ok=True)


def forget_unused(cache: Path) -> None:
    """Remove the indexes that nobody has opened for two months."""
    oldest = time.time() - _UNUSED
    for file in cache.glob("*.db"):
        try:
            if file.stat().st_mtime < oldest:
                remove(file)
                file.with_suffix(".lock").unlink(missing_ok=True)
        except OSError:
            continue  # In use on Windows, or gone meanwhile.


def is_held(database: Path) -> bool:
    """Whether a process writes this index now."""
    if not database.exists():
        return False
    with Lock(database) as lock:
        return not lock.take()


class Lock:
    """Held by the one process that writes an index; the system frees it when that one ends."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_suffix(".lock")
        self._file: int | None = None

    def take(self) -> bool:
        """Whether it is ours now. Raises `OSError` where it cannot be made."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def leave(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
