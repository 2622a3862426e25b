"""Writes an index: one SQLite file, one writer."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homespun.index import place
from homespun.index.extract import Extract
from homespun.index.scan import Stamp
from homespun.index.schema import APPLICATION, PAGE, TABLES, VERSION

_WAIT = 10.0
"""Seconds to wait for a reader that holds a lock for a moment."""
_CHECKPOINT = 5_000
"""Pages that are written beside the file before they go into it. Much of an index changes again
and again while it is made: of a few megabytes, all of that would be written each time."""
_SORTED = 20_000
"""Files whose imports are sorted at once: some ten megabytes."""
_DEAD = 5_000
"""Rows of `words` and `half` that belong to no file any more, and are borne with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is put in of a file whose words are row `row`, or that is left out for a `reason`.

    `stamp`: as it was when it was read; None for one that is gone.
    """

    path: str
    stamp: Stamp | None
    row: int
    reason: str = ""
    has_symbols: bool = False


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
        self._next_row = 1 + self._one(
            "SELECT max((SELECT coalesce(max(id), 0) FROM words_docsize),"
            " (SELECT coalesce(max(id), 0) FROM half_docsize))"
        )
        self._waiting: dict[str, Entry] = {}
        self.half = place.half(path)
        """The file that a `Half` is to be made in."""

    def close(self) -> None:
        """Put everything into the one file, and let it go."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def stamps(self) -> dict[str, Stamp]:
        """Every file that was read, as it was then, whether it was taken in or passed over."""
        rows = self._db.execute(
            "SELECT path, size, changed FROM file UNION ALL"
            " SELECT path, size, changed FROM skipped WHERE changed > 0"
        )
        return {path: (size, changed) for path, size, changed in rows}

    def new_row(self) -> int:
        """A number for a file's words that no file has had."""
        self._next_row += 1
        return self._next_row - 1

    @property
    def has_room_for_half(self) -> bool:
        """Whether nothing is in the table `half` yet."""
        return not self._one("SELECT EXISTS (SELECT 1 FROM half_docsize)")

    def adopt_half(self, entries: Iterable[Entry]) -> None:
        """Take in the words that a `Half` has gathered in the file `half`, and their files.

        FTS5 keeps all of an index in these tables, https://sqlite.org/fts5.html (section 9).
        """
        self.commit()
        self._db.execute("ATTACH ? AS other", (str(self.half),))
        for table in ("data", "idx", "docsize"):
            self._db.execute(f"DELETE FROM half_{table}")  # noqa: S608 - names of our own
            self._db.execute(f"INSERT INTO half_{table} SELECT * FROM other.half_{table}")  # noqa: S608
        for entry in entries:
            self.put(entry)
        self.commit()
        self._db.execute("DETACH other")

    def put_words(self, row: int, text: str) -> None:
        """Take in a file's words."""
        self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (row, text))

    def put(self, entry: Entry) -> None:
        """Take in a file, in place of what it was."""
        if entry.stamp is not None and not entry.reason:
            self._waiting[entry.path] = entry
            return
        self.remove(entry.path)
        if entry.stamp is not None:
            row = (entry.path, entry.reason, *entry.stamp)
            self._db.execute("INSERT INTO skipped VALUES (?, ?, ?, ?)", row)

    def id(self, path: str) -> int | None:
        """The number of a file that is in the index, after `commit`."""
        found = self._db.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
        return found[0] if found else None

    def put_extract(self, id: int, found: Extract) -> None:
        """Take in a file's symbols and imports, for what they were.

        Where it is gone, or was parsed meanwhile, this comes too late and counts for nothing.
        """
        match self._db.execute("SELECT parsed FROM file WHERE id = ?", (id,)).fetchone():
            case None | (1,):
                return
            case (2,):
                self._forget_extract(id)
            case _:
                pass  # There is nothing to forget, as there is of no file in a new index.
        self._db.execute("UPDATE file SET parsed = 1 WHERE id = ?", (id,))
        rows = [(id, number, *row) for number, row in enumerate(found.symbols)]
        self._db.executemany("INSERT INTO symbol VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        if found.uses:
            self._db.execute("INSERT INTO uses VALUES (?, ?)", (id, found.uses))
        if found.specs:
            self._db.execute("INSERT INTO import VALUES (?, ?, ?)", (id, found.specs, found.keys))
            self._db.execute("INSERT INTO importer_awaited VALUES (?)", (id,))
        self._db.executemany(
            "INSERT INTO space VALUES (?, ?)", [(id, name) for name in found.spaces]
        )

    def sort_imports(self) -> bool:
        """Let the imports of new extracts be found by what they lead to; whether there were any.

        Not all are sorted at once where there are very many.
        """
        last = self._one(
            "SELECT max(file) FROM (SELECT file FROM importer_awaited ORDER BY file LIMIT ?)",
            _SORTED,
        )
        if last is None:
            return False
        self._db.execute(
            # For SQLite two keys are the same where they are up to a NUL.
            "INSERT OR IGNORE INTO importer SELECT own.key, import.file, own.value"
            " FROM importer_awaited CROSS JOIN import ON import.file = importer_awaited.file,"
            " json_each(keys) AS own"
            " WHERE importer_awaited.file <= ? ORDER BY own.key, import.file",
            (last,),
        )
        self._db.execute("DELETE FROM importer_awaited WHERE file <= ?", (last,))
        return True

    def remove(self, path: str) -> None:
        """Forget a file."""
        self._waiting.pop(path, None)
        for (id,) in self._db.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchall():
            self._forget_extract(id)
            self._db.execute("DELETE FROM file WHERE id = ?", (id,))
        self._db.execute("DELETE FROM skipped WHERE path = ?", (path,))

    def skip_anew(self, skipped: Mapping[str, str]) -> None:
        """Note what a walk passed over, in place of what the one before did."""
        self._db.execute("DELETE FROM skipped WHERE changed = 0")
        rows = [(path, reason) for path, reason in skipped.items()]
        self._db.executemany("INSERT OR REPLACE INTO skipped VALUES (?, ?, 0, 0)", rows)

    def inside(self, folder: str) -> Sequence[str]:
        """The paths of all files in a folder, at any depth."""
        self._write_files()
        rows = self._db.execute(
            "SELECT path FROM file WHERE path >= ? AND path < ?", (f"{folder}/", f"{folder}0")
        )
        return [path for (path,) in rows]

    def unparsed(self) -> list[tuple[int, str, int]]:
        """The files whose symbols are not in the index yet: id, path and size in bytes."""
        self._write_files()
        return self._db.execute("SELECT id, path, size FROM file WHERE parsed != 1").fetchall()

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
        self._write_files()
        self._db.commit()

    def settle(self) -> None:
        """After much was written: merge what queries would have to look through."""
        for table in ("words", "half"):
            self._db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', 500)")  # noqa: S608
        self._db.commit()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _write_files(self) -> None:
        """Write the files that wait for it.

        Not one by one: at each upsert SQLite takes a savepoint, at which FTS5 writes out all that
        it has gathered in memory.
        """
        files, skipped = list[tuple[object, ...]](), list[tuple[str]]()
        for path, entry in self._waiting.items():
            folder, _, name = path.rpartition("/")
            parsed = int(not entry.has_symbols)
            files.append((path, folder, name, *(entry.stamp or (0, 0)), entry.row, parsed))
            skipped.append((path,))
        self._waiting.clear()
        self._db.executemany("DELETE FROM skipped WHERE path = ?", skipped)
        self._db.executemany(
            "INSERT INTO file (path, folder, name, size, changed, doc, parsed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET size = excluded.size,"
            " changed = excluded.changed, doc = excluded.doc,"
            " parsed = CASE excluded.parsed WHEN 0 THEN 2 ELSE 1 END",
            files,
        )

    def _forget_extract(self, id: int) -> None:
        self._db.execute(
            "DELETE FROM importer WHERE file = ?1 AND key IN"
            " (SELECT own.key FROM import, json_each(keys) AS own WHERE import.file = ?1)",
            (id,),
        )
        for table in ("symbol", "uses", "import", "importer_awaited", "space"):
            self._db.execute(f"DELETE FROM {table} WHERE file = ?", (id,))  # noqa: S608

    def _mostly_dead(self) -> bool:
        """Whether the texts that files had before they changed outweigh those that they have."""
        files = self._one("SELECT count(*) FROM file")
        rows = "SELECT (SELECT count(*) FROM words_docsize) + (SELECT count(*) FROM half_docsize)"
        return self._one(rows) > 2 * files + _DEAD

    def _one(self, query: str, *values: object) -> Any:
        return self._db.execute(query, values).fetchone()[0]


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
    db.execute(f"PRAGMA page_size = {PAGE}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA cache_size = -16000")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
    return db
