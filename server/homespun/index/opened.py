"""Keeps an index open for reading, whatever becomes of its file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from homespun.index.schema import APPLICATION, VERSION

T = TypeVar("T")

_WAIT = 0.25
"""Seconds to wait for a lock: a writer holds none that a reader needs for longer."""
_PASSING = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_SCHEMA,
)  # fmt: skip
"""What happens to a reader while an index is made anew beneath it."""


class Opened:
    """One database, which may not be there yet, or be made anew at any time."""

    def __init__(self, database: Path) -> None:
        """Nothing is opened before it is asked. It may be asked by any thread."""
        self.damaged = False
        self._database = database
        self._lock = threading.Lock()
        self._open: tuple[object, sqlite3.Connection] | None = None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._release()

    def ask(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What `ask` finds, one after the other; `nothing` where no index of ours can be read.

        `damaged` is set where that is why.
        """
        with self._lock:
            try:
                db = self._connection()
                return nothing if db is None else ask(db)
            except sqlite3.DatabaseError as error:
                self._release()
                code = error.sqlite_errorcode & 0xFF
                self.damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
                if not self.damaged and code not in _PASSING:
                    raise
            return nothing

    def _connection(self) -> sqlite3.Connection | None:
        """A connection to the file that is there now; None where that is no index of ours."""
        try:
            status = os.stat(self._database)
        except OSError:
            self._release()
            return None
        identity = (status.st_dev, status.st_ino)
        if self._open is not None and self._open[0] == identity:
            return self._open[1]
        self._release()
        address = f"{self._database.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(address, uri=True, timeout=_WAIT, check_same_thread=False)
        try:
            versions = [
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version")
            ]
        except sqlite3.Error:
            db.close()
            raise
        if versions != [APPLICATION, VERSION]:
            db.close()
            return None
        self._open = identity, db
        return db

    def _release(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
