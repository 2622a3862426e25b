"""Tells whether settings files have changed since they were read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[int, int, int]


class Watch:
    """Remembers how files were, and compares: one `stat` for each, cheap enough to poll.

    Make it before the files are read, so that a change in between is seen.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._stamps = {file: _stamp(file) for file in files}

    def stale(self) -> bool:
        """Whether any of the files was changed, made or removed since."""
        return any(_stamp(file) != stamp for file, stamp in self._stamps.items())


def _stamp(file: Path) -> Stamp | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
