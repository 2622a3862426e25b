"""Embeddings that were made before, in a file of their own: numbers and digests, no text."""

from __future__ import annotations

import logging
import sqlite3
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

_LARGEST = 64 * 1024 * 1024
"""Bytes above which the oldest quarter is forgotten: 20,000 vectors of 768 numbers."""
_WAIT = 0.5
"""Seconds to wait for another server that writes: making a vector again takes little longer."""
_MOST_AT_ONCE = 500
_VERSION = 1
_TABLE = f"""
CREATE TABLE vector (
    id INTEGER PRIMARY KEY, model TEXT NOT NULL, digest BLOB NOT NULL, numbers BLOB NOT NULL,
    UNIQUE (model, digest)
) STRICT;
PRAGMA user_version = {_VERSION};
"""

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class VectorFile:
    """Vectors by model and by the digest of the text that they are of; shared by all servers.

    Whatever is wrong with the file, nothing fails: what it does not hold is made again.
    """

    def __init__(self, file: Path, largest: int = _LARGEST) -> None:
        """`file` is made when there is something to keep; it takes about `largest` bytes."""
        self._file = file
        self._largest = largest

    def found(self, model: str, digests: Sequence[bytes]) -> Mapping[bytes, tuple[float, ...]]:
        """Those of `digests` that are known, at most 500 of them."""
        asked = digests[:_MOST_AT_ONCE]
        marks = ", ".join("?" * len(asked))
        query = f"SELECT digest, numbers FROM vector WHERE model = ? AND digest IN ({marks})"  # noqa: S608 - marks only
        if not asked or not self._file.exists():
            return {}

        def read(db: sqlite3.Connection) -> Mapping[bytes, tuple[float, ...]]:
            rows: list[tuple[bytes, bytes]] = db.execute(query, (model, *asked)).fetchall()
            return {digest: tuple(array("f", numbers)) for digest, numbers in rows}

        return self._done(read) or {}

    def keep(self, model: str, vectors: Mapping[bytes, Sequence[float]]) -> None:
        """Know these from now on, and forget the oldest where that is too much."""
        rows = [(model, digest, array("f", vector).tobytes()) for digest, vector in vectors.items()]

        def write(db: sqlite3.Connection) -> None:
            db.executemany(
                "INSERT OR REPLACE INTO vector (model, digest, numbers) VALUES (?, ?, ?)", rows
            )
            if _bytes_used(db) > self._largest:
                db.execute(
                    "DELETE FROM vector WHERE id IN"
                    " (SELECT id FROM vector ORDER BY id LIMIT (SELECT count(*) / 4 FROM vector))"
                )

        self._done(write)

    def forget(self, model: str) -> None:
        """Know none of this model any more."""
        self._done(lambda db: db.execute("DELETE FROM vector WHERE model = ?", (model,)))

    def _done(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """What `work` gives, in one transaction; None where the file does not let it."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as db:
                _prepare(db)
                with db:
                    return work(db)
        except (sqlite3.Error, OSError) as error:
            _log.warning("embeddings cannot be kept: %s", type(error).__name__)
            if _is_damage(error):
                self._remove()
        return None

    def _remove(self) -> None:
        # On Windows it may be in use: then the next one tries again.
        with suppress(OSError):
            self._file.unlink(missing_ok=True)


def _prepare(db: sqlite3.Connection) -> None:
    """The table, made anew where the file is of another version."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        db.executescript(f"BEGIN IMMEDIATE; DROP TABLE IF EXISTS vector; {_TABLE} COMMIT;")


def _bytes_used(db: sqlite3.Connection) -> int:
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return (code & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
