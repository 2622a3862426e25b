"""Which files of an index import which: the specs are kept there, and resolved when asked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from homespun.index.imports import IMPORTS, Imports, Tree
from homespun.index.languages import tongue

_IMPORTERS = 2_000
"""Files that are looked at for one file; some names (`const.py`) are those of many more."""


def imports(db: sqlite3.Connection, path: str) -> list[str]:
    """The files that one file imports."""
    query = "SELECT specs FROM file JOIN import ON import.file = file.id WHERE path = ?"
    found = db.execute(query, (path,)).fetchone()
    own = _language(path)
    if found is None or own is None:
        return []
    files = _Files(db)
    leads = (one for spec in json.loads(found[0]) for one in own.resolve(spec, path, files))
    return list(dict.fromkeys(one for one in leads if one != path))


def importers(db: sqlite3.Connection, path: str) -> list[str]:
    """The files that import one file: those that share a key with it, if they lead to it.

    Those in the file's own folder are looked at first, should there be too many.
    """
    own = _language(path)
    if own is None:
        return []
    query = "SELECT space.name FROM file JOIN space ON space.file = file.id WHERE path = ?"
    spaces = [name for (name,) in db.execute(query, (path,))]
    keys = own.own_keys(path, spaces)
    folder = path[: path.rfind("/") + 1]
    rows = db.execute(
        "SELECT likely.path, import.specs, likely.specs FROM"
        " (SELECT file.path, file.id, importer.specs FROM json_each(?) AS wanted"
        " JOIN importer ON importer.key = wanted.value JOIN file ON file.id = importer.file"
        " ORDER BY substr(file.path, 1, ?) != ? LIMIT ?) AS likely"
        " JOIN import ON import.file = likely.id",
        (json.dumps(list(keys)), len(folder), folder, _IMPORTERS),
    ).fetchall()
    files = _Files(db)
    found = {
        importer
        for importer, specs, numbers in rows
        if importer != path and _leads(importer, _chosen(specs, numbers), path, files)
    }
    return sorted(found)


def _chosen(specs: str, numbers: str) -> list[str]:
    every = json.loads(specs)
    return [every[number] for number in json.loads(numbers)]


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


def _language(path: str) -> Imports | None:
    language = tongue(path)
    return None if language is None else IMPORTS[language.imports]


def _leads(importer: str, specs: Sequence[str], path: str, files: Tree) -> bool:
    own = _language(importer)
    if own is None:
        return False
    likely = (spec for spec in specs if own.may_lead(spec, importer, path))
    return any(path in own.resolve(spec, importer, files) for spec in likely)
