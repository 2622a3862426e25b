"""The words that a second process gathers while an index is made."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from homespun.index.schema import HALF, PAGE


class Half:
    """The words of some files in a file of its own, for an index that is made by two processes.

    Nothing in it is safe from a crash: it is thrown away then.
    """

    def __init__(self, path: Path) -> None:
        """Raises `sqlite3.Error` or `OSError`."""
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
        self._db = sqlite3.connect(path)
        self._db.execute(f"PRAGMA page_size = {PAGE}")
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -4000"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(HALF)

    def put(self, row: int, text: str) -> None:
        """Take in a file's words."""
        self._db.execute("INSERT INTO half (rowid, text) VALUES (?, ?)", (row, text))

    def close(self) -> None:
        """Write all of it."""
        self._db.commit()
        self._db.close()
