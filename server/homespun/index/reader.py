"""Reads one index. Everything here may be called from any thread, and takes milliseconds."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from homespun.core.symbols import Hit, IndexedFile, IndexState, Reference, Skipped, Symbol
from homespun.index import fulltext, importing, uses
from homespun.index.opened import Opened

T = TypeVar("T")

TOLD = 100
"""Files of which it is told why they were skipped."""
_FILES = 5_000
"""Files that are looked through for the uses of names."""
_OUTLINES = 500
"""Files whose outlines are kept in memory."""
_SYMBOL = "file.path, symbol.name, kind, line, end_line, container, signature"


class Reader:
    """The index of one workspace folder, as far as it is written by now."""

    def __init__(self, folder: str, database: Path) -> None:
        """`database` may not be there yet, or be made anew at any time."""
        self.folder = folder
        self.database = database
        self._opened = Opened(database)
        self._outlines: dict[str, tuple[object, Sequence[Symbol]]] = {}
        self._common: dict[str, int] = {}
        self._counted: tuple[object, IndexState] | None = None

    @property
    def damaged(self) -> bool:
        """Whether the file could not be read for what is in it."""
        return self._opened.damaged

    @damaged.setter
    def damaged(self, damaged: bool) -> None:
        self._opened.damaged = damaged

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def state(self) -> IndexState:
        """How far it is; nothing known where there is none yet."""
        return self._ask(self._state, IndexState(place=str(self.database)))

    def walked(self) -> float:
        """When the index was last brought up to date with all of the folder; 0.0 for never."""
        return self._ask(lambda db: float(_told(db).get("walked", 0.0)), 0.0)

    def files(self) -> Sequence[IndexedFile]:
        """All files by path."""
        return self._listed("SELECT path, size, changed FROM file ORDER BY path", ())

    def named(self, stems: Sequence[str]) -> Sequence[IndexedFile]:
        """The files whose names are `stems` before their last dot, by path."""
        query = (
            # All that begins with a stem and a dot: "/" comes right after "." in any encoding.
            "SELECT DISTINCT file.path, size, changed FROM json_each(?) AS wanted JOIN file ON"
            " name > wanted.value || '.' AND name < wanted.value || '/' ORDER BY file.path"
        )
        found = self._listed(query, (json.dumps(list(stems)),))
        return [one for one in found if _stem(one.path) in stems]

    def edited(self, since: float, limit: int) -> Sequence[IndexedFile]:
        """The files that changed after `since`, in seconds since 1970, the latest first."""
        query = (
            "SELECT path, size, changed FROM file WHERE changed > ? ORDER BY changed DESC LIMIT ?"
        )
        return self._listed(query, (int(since * 1e9), limit))

    def words(self, words: Sequence[str], limit: int) -> Sequence[Hit]:
        """The files that hold any of the words, the best first; see `fulltext.ranked`."""
        found = self._ask(lambda db: fulltext.ranked(db, words, limit, self._common), [])
        return [Hit(self.folder, path, score) for path, score in found]

    def definitions(
        self, names: Sequence[str], limit: int, common: int | None = None
    ) -> Sequence[Symbol]:
        """Where the names are defined; without those that have more than `common` definitions."""
        query = (
            f"SELECT {_SYMBOL} FROM"  # noqa: S608 - names of our own
            " (SELECT value FROM json_each(?1) WHERE ?2 < 0 OR (SELECT count(*) FROM"
            " (SELECT 1 FROM symbol WHERE symbol.name = value LIMIT ?2 + 1)) <= ?2) AS wanted"
            " CROSS JOIN symbol ON symbol.name = wanted.value"
            " JOIN file ON file.id = symbol.file LIMIT ?3"
        )
        most = -1 if common is None else common
        return self._symbols(query, (json.dumps(list(dict.fromkeys(names))), most, limit))

    def outline(self, path: str) -> Sequence[Symbol]:
        """The definitions of one file, from its top."""
        return self.outlines([path])[path]

    def outlines(self, paths: Sequence[str]) -> Mapping[str, Sequence[Symbol]]:
        """The definitions of each of the files, from its top."""
        return {**dict.fromkeys(paths, ()), **self._ask(lambda db: self._outlined(db, paths), {})}

    def references(
        self,
        names: Sequence[str],
        limit: int,
        common: int = _FILES,
        near: Sequence[str] | None = None,
    ) -> Sequence[Reference]:
        """Where the names are used: the words tell in which files, those files' symbols where.

        For a name that is in more files than `common`, see `fulltext.users`.
        """

        def ask(db: sqlite3.Connection) -> list[Reference]:
            found: list[Reference] = []
            for path, packed in fulltext.users(db, names, common, near):
                for name, line, inside in uses.find(packed, names):
                    found.append(Reference(self.folder, path, name, line, inside))
                if len(found) >= limit:
                    break
            return found[:limit]

        return self._ask(ask, [])

    def imports(self, path: str) -> Sequence[str]:
        """The files that one file imports."""
        return self._ask(lambda db: importing.imports(db, path), [])

    def importers(self, path: str) -> Sequence[str]:
        """The files that import one file, as far as the index has come."""
        return self._ask(lambda db: importing.importers(db, path), [])

    def _state(self, db: sqlite3.Connection) -> IndexState:
        """Counted anew only where another connection has written since."""
        written = db, db.execute("PRAGMA data_version").fetchone()
        if self._counted is None or self._counted[0] != written:
            self._counted = written, self._count(db)
        return self._counted[1]

    def _count(self, db: sqlite3.Connection) -> IndexState:
        state = _told(db)
        (files,) = db.execute("SELECT count(*) FROM file").fetchone()
        (count,) = db.execute("SELECT count(*) FROM skipped").fetchone()
        rows = db.execute(
            "SELECT path, reason FROM skipped ORDER BY changed > 0, path LIMIT ?", (TOLD,)
        )
        skipped = tuple(Skipped(path, reason) for path, reason in rows)
        words, symbols = bool(state.get("words")), bool(state.get("symbols"))
        place, size = str(self.database), os.stat(self.database).st_size
        return IndexState(files, words, symbols, skipped, count, place=place, size=size)

    def _outlined(
        self, db: sqlite3.Connection, paths: Sequence[str]
    ) -> Mapping[str, Sequence[Symbol]]:
        """Those of files that have not changed are kept."""
        rows = db.execute(
            "SELECT file.path, file.id, doc, parsed FROM json_each(?) AS wanted JOIN file"
            " ON file.path = wanted.value",
            (json.dumps(list(paths)),),
        )
        now = {path: (db, *stamp) for path, *stamp in rows}
        kept = {path: self._outlines[path] for path in now if path in self._outlines}
        new = [path for path, stamp in now.items() if kept.get(path, ((),))[0] != stamp]
        query = (
            f"SELECT {_SYMBOL} FROM json_each(?) AS wanted JOIN file ON file.path ="  # noqa: S608
            " wanted.value JOIN symbol ON symbol.file = file.id"
            " ORDER BY wanted.key, symbol.number"
        )
        read: dict[str, list[Symbol]] = {path: [] for path in new}
        for row in db.execute(query, (json.dumps(new),)) if new else ():
            read[row[0]].append(Symbol(self.folder, *row))
        kept |= {path: (now[path], read[path]) for path in new}
        self._outlines = {**dict(list(self._outlines.items())[-_OUTLINES:]), **kept}
        return {path: symbols for path, (_, symbols) in kept.items()}

    def _listed(self, query: str, values: Sequence[object]) -> Sequence[IndexedFile]:
        def ask(db: sqlite3.Connection) -> list[IndexedFile]:
            rows = db.execute(query, values)
            return [IndexedFile(self.folder, path, size, at / 1e9) for path, size, at in rows]

        return self._ask(ask, [])

    def _symbols(self, query: str, values: Sequence[object]) -> Sequence[Symbol]:
        def ask(db: sqlite3.Connection) -> list[Symbol]:
            return [Symbol(self.folder, *row) for row in db.execute(query, values)]

        return self._ask(ask, [])

    def _ask(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """The answer of the index; `nothing` where there is none that can be read."""
        return self._opened.ask(ask, nothing)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _told(db: sqlite3.Connection) -> dict[str, Any]:
    told = db.execute("SELECT value FROM about WHERE key = 'state'").fetchone()
    return cast("dict[str, Any]", json.loads(told[0])) if told else {}
