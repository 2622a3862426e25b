"""Reads one index. Everything here may be called from any thread, and takes milliseconds."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from homespun.core.symbols import Hit, IndexedFile, IndexState, Reference, Skipped, Symbol
from homespun.index import uses
from homespun.index.imports import IMPORTS, Tree
from homespun.index.languages import tongue
from homespun.index.schema import APPLICATION, VERSION

T = TypeVar("T")

_TABLES = "words", "half"
"""Those that hold words."""
_WAIT = 0.25
"""Seconds to wait for a lock: a writer holds none that a reader needs for longer."""
_PASSING = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_SCHEMA,
)  # fmt: skip
"""What happens to a reader while an index is made anew beneath it."""
_TOLD = 100
_FILES = 5_000
"""Files that are looked through for the uses of names."""
_COMMON_WORD = 500, 40
"""A word is common that is in more files than so many, and in more than one of so many."""
_OUTLINES = 500
"""Files whose outlines are kept in memory."""
_IMPORTERS = 2_000
"""Imports that are looked at for one file; more share a word with nearly everything."""
_SYMBOL = "file.path, symbol.name, kind, line, end_line, container, signature"


class Reader:
    """The index of one workspace folder, as far as it is written by now."""

    def __init__(self, folder: str, database: Path) -> None:
        """`database` may not be there yet, or be made anew at any time."""
        self.folder = folder
        self.database = database
        self.damaged = False
        self._lock = threading.Lock()
        self._open: tuple[object, sqlite3.Connection] | None = None
        self._outlines: dict[str, tuple[object, Sequence[Symbol]]] = {}

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._release()

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
        """The files that hold any of the words, the best first.

        Words that are in very many files count only where there are no others: all of those files
        would have to be weighed, to learn next to nothing.
        """

        def ask(db: sqlite3.Connection) -> list[Hit]:
            (files,) = db.execute("SELECT count(*) FROM file").fetchone()
            common = max(_COMMON_WORD[0], files // _COMMON_WORD[1])
            told = {word for word in words if len(_holding(db, word, common + 1)) <= common}
            wanted = _match([word for word in words if word in told] or words)
            if not wanted:
                return []
            hits = [
                Hit(self.folder, path, -rank)
                for table in _TABLES
                for path, rank in db.execute(
                    f"SELECT file.path, {table}.rank FROM {table} CROSS JOIN file"  # noqa: S608
                    f" ON file.doc = {table}.rowid WHERE {table} MATCH ?"
                    f" ORDER BY {table}.rank LIMIT ?",
                    (wanted, limit),
                )
            ]
            return sorted(hits, key=lambda hit: -hit.score)[:limit]

        return self._ask(ask, [])

    def definitions(self, names: Sequence[str], limit: int) -> Sequence[Symbol]:
        """Where the names are defined."""
        query = (
            f"SELECT {_SYMBOL} FROM json_each(?) AS wanted JOIN symbol ON symbol.name ="  # noqa: S608
            " wanted.value JOIN file ON file.id = symbol.file LIMIT ?"
        )
        return self._symbols(query, (json.dumps(list(dict.fromkeys(names))), limit))

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
        near: Sequence[str] = (),
    ) -> Sequence[Reference]:
        """Where the names are used: the words tell in which files, those files' symbols where.

        A name that is in more files than `common` is looked for in the files `near` alone.
        """

        def ask(db: sqlite3.Connection) -> list[Reference]:
            found: list[Reference] = []
            held = {name: _holding(db, name, common + 1) for name in names}
            for path, packed in _packed(db, held, common, near):
                for name, line, inside in uses.find(packed, names):
                    found.append(Reference(self.folder, path, name, line, inside))
                if len(found) >= limit:
                    break
            return found[:limit]

        return self._ask(ask, [])

    def used_names(self, path: str) -> Sequence[Reference]:
        """The names that one file uses, from its top."""

        def ask(db: sqlite3.Connection) -> list[Reference]:
            query = "SELECT packed FROM file JOIN uses ON uses.file = file.id WHERE path = ?"
            found = [
                Reference(self.folder, path, name, line, inside)
                for (packed,) in db.execute(query, (path,))
                for name, line, inside in uses.unpack(packed)
            ]
            return sorted(found, key=lambda one: one.line)

        return self._ask(ask, [])

    def imports(self, path: str) -> Sequence[str]:
        """The files that one file imports."""

        def ask(db: sqlite3.Connection) -> list[str]:
            query = (
                "SELECT DISTINCT spec FROM file JOIN import ON import.file = file.id"
                " WHERE path = ? ORDER BY import.rowid"
            )
            specs = [spec for (spec,) in db.execute(query, (path,))]
            return _leading_to(path, specs, _Files(db))

        return self._ask(ask, [])

    def importers(self, path: str) -> Sequence[str]:
        """The files that import one file: those that share a key with it, if they lead to it."""
        language = tongue(path)
        if language is None:
            return []
        own = IMPORTS[language.imports]

        def ask(db: sqlite3.Connection) -> list[str]:
            query = "SELECT space.name FROM file JOIN space ON space.file = file.id WHERE path = ?"
            spaces = [name for (name,) in db.execute(query, (path,))]
            keys = json.dumps(list(own.own_keys(path, spaces)))
            rows = db.execute(
                "SELECT DISTINCT file.path, spec FROM json_each(?) AS wanted JOIN import ON"
                " import.key = wanted.value JOIN file ON file.id = import.file LIMIT ?",
                (keys, _IMPORTERS),
            ).fetchall()
            files = _Files(db)
            found = (
                importer
                for importer, spec in rows
                if importer != path and path in _leading_to(importer, [spec], files)
            )
            return sorted(set(found))

        return self._ask(ask, [])

    def _state(self, db: sqlite3.Connection) -> IndexState:
        state = _told(db)
        (files,) = db.execute("SELECT count(*) FROM file").fetchone()
        (count,) = db.execute("SELECT count(*) FROM skipped").fetchone()
        rows = db.execute(
            "SELECT path, reason FROM skipped ORDER BY changed > 0, path LIMIT ?", (_TOLD,)
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
        now = {path: tuple(stamp) for path, *stamp in rows}
        kept = self._outlines
        new = [path for path, stamp in now.items() if kept.get(path, ((),))[0] != stamp]
        query = (
            f"SELECT {_SYMBOL} FROM json_each(?) AS wanted JOIN file ON file.path ="  # noqa: S608
            " wanted.value JOIN symbol ON symbol.file = file.id"
            " ORDER BY wanted.key, line, symbol.rowid"
        )
        read: dict[str, list[Symbol]] = {path: [] for path in new}
        for row in db.execute(query, (json.dumps(new),)) if new else ():
            read[row[0]].append(Symbol(self.folder, *row))
        late = list(kept.items())[-_OUTLINES:]
        self._outlines = {**dict(late), **{path: (now[path], read[path]) for path in new}}
        return {path: self._outlines[path][1] for path in now}

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
            status = os.stat(self.database)
        except OSError:
            self._release()
            return None
        identity = (status.st_dev, status.st_ino)
        if self._open is not None and self._open[0] == identity:
            return self._open[1]
        self._release()
        address = f"{self.database.absolute().as_uri()}?mode=ro"
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
        self._outlines = {}
        if self._open is not None:
            self._open[1].close()
            self._open = None


class _Files:
    """The files of the index, for who resolves imports; each question is asked once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[tuple[str, str], bool] = {}

    def has(self, path: str) -> bool:
        return self._is("SELECT 1 FROM file WHERE path = ?", path)

    def holds(self, folder: str) -> bool:
        query = "SELECT 1 FROM file WHERE path > ?1 || '/' AND path < ?1 || '0' LIMIT 1"
        return self._is(query, folder)

    def inside(self, folder: str) -> Sequence[str]:
        return self._all("SELECT path FROM file WHERE folder = ? ORDER BY path", folder)

    def named(self, name: str) -> Sequence[str]:
        return self._all("SELECT path FROM file WHERE name = ? ORDER BY path", name)

    def declaring(self, space: str) -> Sequence[str]:
        query = (
            "SELECT path FROM space JOIN file ON file.id = space.file WHERE space.name = ?"
            " ORDER BY path"
        )
        return self._all(query, space)

    def _is(self, query: str, value: str) -> bool:
        known = self._known.get((query, value))
        if known is None:
            known = self._db.execute(query, (value,)).fetchone() is not None
            self._known[query, value] = known
        return known

    def _all(self, query: str, value: str) -> list[str]:
        return [path for (path,) in self._db.execute(query, (value,))]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _told(db: sqlite3.Connection) -> dict[str, Any]:
    told = db.execute("SELECT value FROM about WHERE key = 'state'").fetchone()
    return cast("dict[str, Any]", json.loads(told[0])) if told else {}


def _leading_to(path: str, specs: Sequence[str], files: Tree) -> list[str]:
    language = tongue(path)
    if language is None:
        return []
    own = IMPORTS[language.imports]
    found = (one for spec in specs for one in own.resolve(spec, path, files))
    return list(dict.fromkeys(one for one in found if one != path))


def _holding(db: sqlite3.Connection, word: str, most: int) -> list[int]:
    """The rows of at most so many texts that hold a word, of each table."""
    wanted = _match([word])
    if not wanted:
        return []
    return [
        row
        for table in _TABLES
        for (row,) in db.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? LIMIT ?",  # noqa: S608
            (wanted, most),
        )
    ]


def _packed(
    db: sqlite3.Connection, held: Mapping[str, list[int]], common: int, near: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """The files that may use the names whose rows are `held`, with their uses."""
    rows = {row for rows in held.values() if len(rows) <= common for row in rows}
    yield from db.execute(
        "SELECT file.path, packed FROM json_each(?) AS held CROSS JOIN file"
        " ON file.doc = held.value JOIN uses ON uses.file = file.id",
        (json.dumps(sorted(rows)),),
    )
    if any(len(rows) > common for rows in held.values()):
        found = db.execute(
            "SELECT file.path, packed, doc FROM json_each(?) AS wanted CROSS JOIN file"
            " ON file.path = wanted.value JOIN uses ON uses.file = file.id",
            (json.dumps(list(near)),),
        )
        yield from ((path, packed) for path, packed, row in found if row not in rows)


def _match(words: Sequence[str]) -> str:
    """FTS5's query for any of the words; "" where none can be looked for."""
    quoted = [
        '"' + word.replace('"', " ").replace("\0", " ") + '"'
        for word in dict.fromkeys(words)
        if any(character.isalnum() or character == "_" for character in word)
    ]
    return " OR ".join(quoted)
