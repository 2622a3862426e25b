"""Writes an index: one SQLite file, one writer."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from homespun.index import place
from homespun.index.extract import Extract
from homespun.index.scan import Stamp
from homespun.index.schema import APPLICATION, TABLES, VERSION

_WAIT = 10.0
"""Seconds to wait for a reader that holds a lock for a moment."""


_DEAD = 5_000
"""Rows of `words` that belong to no file any more, and are borne with."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file of the index. `parsed`: its symbols are in it, or it has none."""

    id: int
    stamp: Stamp
    parsed: bool


class Store:
    """One index, open for writing. All that is put in is there for readers after `commit`."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it anew where it is damaged or of another version.

        Raises `sqlite3.Error` or `OSError` where none can be made.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._db = _opened(path)
        if self._mostly_dead():
            self._db.close()
            place.remove(path)
            self._db = _prepared(path)
        self._next_doc = self._one("SELECT coalesce(max(id), 0) FROM words_docsize") + 1

    def close(self) -> None:
        """Put everything into the one file, and let it go."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def known(self) -> dict[str, Known]:
        """Every file by path."""
        rows = self._db.execute("SELECT path, id, size, changed, parsed FROM file")
        return {
            path: Known(id, (size, changed), bool(parsed))
            for path, id, size, changed, parsed in rows
        }

    def passed_over(self) -> dict[str, Stamp]:
        """The files that were read and not taken in, as they were then."""
        rows = self._db.execute("SELECT path, size, changed FROM skipped WHERE changed > 0")
        return {path: (size, changed) for path, size, changed in rows}

    def put_words(self, path: str, stamp: Stamp, text: str, *, has_symbols: bool) -> int:
        """Take in a file's text, in place of what it was; the file's id."""
        doc, self._next_doc = self._next_doc, self._next_doc + 1
        folder, _, name = path.rpartition("/")
        self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (doc, text))
        row = (*stamp, doc, int(not has_symbols), path)
        # An upsert would have SQLite take a savepoint, at which FTS5 writes out all that it has
        # gathered in memory: for each file.
        renewed = self._db.execute(
            "UPDATE file SET size = ?, changed = ?, doc = ?, parsed = ? WHERE path = ?", row
        )
        if not renewed.rowcount:
            self._db.execute(
                "INSERT INTO file (size, changed, doc, parsed, path, folder, name)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*row, folder, name),
            )
        (id,) = self._db.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
        self._db.execute("DELETE FROM skipped WHERE path = ?", (path,))
        return id

    def put_extract(self, id: int, found: Extract) -> None:
        """Take in a file's symbols and imports, for what they were.

        Where it is gone, or was parsed meanwhile, this comes too late and counts for nothing.
        """
        awaited = self._db.execute("UPDATE file SET parsed = 1 WHERE id = ? AND parsed = 0", (id,))
        if not awaited.rowcount:
            return
        self._forget_extract(id)
        rows = [(id, *row) for row in found.symbols]
        self._db.executemany("INSERT INTO symbol VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        if found.uses:
            self._db.execute("INSERT INTO uses VALUES (?, ?)", (id, found.uses))
        self._db.executemany(
            "INSERT INTO import VALUES (?, ?, ?)", [(id, *row) for row in found.imports]
        )
        self._db.executemany(
            "INSERT INTO space VALUES (?, ?)", [(id, name) for name in found.spaces]
        )

    def remove(self, path: str) -> None:
        """Forget a file."""
        for (id,) in self._db.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchall():
            self._forget_extract(id)
            self._db.execute("DELETE FROM file WHERE id = ?", (id,))
        self._db.execute("DELETE FROM skipped WHERE path = ?", (path,))

    def skip(self, path: str, reason: str, stamp: Stamp = (0, 0)) -> None:
        """Note that a file or folder is not in the index, in place of what it was."""
        self.remove(path)
        self._db.execute("INSERT INTO skipped VALUES (?, ?, ?, ?)", (path, reason, *stamp))

    def skip_anew(self, skipped: Mapping[str, str]) -> None:
        """Note what a walk passed over, in place of what the one before did."""
        self._db.execute("DELETE FROM skipped WHERE changed = 0")
        rows = [(path, reason) for path, reason in skipped.items()]
        self._db.executemany("INSERT OR REPLACE INTO skipped VALUES (?, ?, 0, 0)", rows)

    def inside(self, folder: str) -> Sequence[str]:
        """The paths of all files in a folder, at any depth."""
        rows = self._db.execute(
            "SELECT path FROM file WHERE path >= ? AND path < ?", (f"{folder}/", f"{folder}0")
        )
        return [path for (path,) in rows]

    def unparsed(self) -> list[tuple[int, str]]:
        """The files whose symbols are not in the index yet, by id and path."""
        return self._db.execute("SELECT id, path FROM file WHERE parsed = 0").fetchall()

    def tell(self, *, words: bool, symbols: bool, walked: bool) -> None:
        """Let readers know how far the index is; `walked`: it is now as the folder is."""
        state = json.dumps(
            {
                "words": words,
                "symbols": symbols,
                "walked": time.time() if walked else 0.0,
            }
        )
        self._db.execute("INSERT OR REPLACE INTO about VALUES ('state', ?)", (state,))

    def commit(self) -> None:
        """Let readers see all this."""
        self._db.commit()

    def settle(self) -> None:
        """After much was written: merge what queries would have to look through."""
        self._db.execute("INSERT INTO words (words, rank) VALUES ('merge', 500)")
        self._db.commit()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget_extract(self, id: int) -> None:
        for table in ("symbol", "uses", "import", "space"):
            self._db.execute(f"DELETE FROM {table} WHERE file = ?", (id,))  # noqa: S608

    def _mostly_dead(self) -> bool:
        """Whether the texts that files had before they changed outweigh those that they have."""
        files = self._one("SELECT count(*) FROM file")
        return self._one("SELECT count(*) FROM words_docsize") > 2 * files + _DEAD

    def _one(self, query: str) -> int:
        return self._db.execute(query).fetchone()[0]


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return _prepared(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        place.remove(path)
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` for what is no database."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = _connected(path)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if (application, version) == (APPLICATION, VERSION):
        return db
    db.close()
    place.remove(path)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = _connected(path)
    db.executescript(TABLES)
    db.commit()
    return db


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA cache_size = -16000")
    db.execute("PRAGMA temp_store = MEMORY")
    return db
