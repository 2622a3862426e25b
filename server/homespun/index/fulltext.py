"""Looks for words in an index, and for the files that may use a name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

_TABLES = "words", "half"
"""Those that hold words."""
_COMMON_WORD = 500, 40
"""A word is common that is in more files than so many, and in more than one of so many."""


def ranked(
    db: sqlite3.Connection, words: Sequence[str], limit: int, known_common: dict[str, int]
) -> list[tuple[str, float]]:
    """The paths of files that hold any of the words, and how good each is, the best first.

    Words that are in very many files count only where there are no others: all of those files
    would have to be weighed, to learn next to nothing. `known_common` keeps such words, which come
    again and again, each with the number of files that it is in more of.
    """
    # About as many as there are files, known without counting them.
    (files,) = db.execute("SELECT coalesce(max(id), 0) FROM file").fetchone()
    common = max(_COMMON_WORD[0], files // _COMMON_WORD[1])
    unsure = [word for word in words if known_common.get(word) != common]
    told = {word for word in unsure if _count(db, word, common + 1) <= common}
    known_common.update((word, common) for word in unsure if word not in told)
    wanted = _match([word for word in words if word in told] or words)
    if not wanted:
        return []
    found = [
        (path, -rank)
        for table in _TABLES
        for path, rank in db.execute(
            f"SELECT file.path, {table}.rank FROM {table} CROSS JOIN file"  # noqa: S608
            f" ON file.doc = {table}.rowid WHERE {table} MATCH ? ORDER BY {table}.rank LIMIT ?",
            (wanted, limit),
        )
    ]
    return sorted(found, key=lambda one: -one[1])[:limit]


def _holding(db: sqlite3.Connection, word: str, most: int) -> list[int]:
    """The rows of texts that hold a word, at most `most` of each table."""
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


def _count(db: sqlite3.Connection, word: str, most: int) -> int:
    """In how many texts a word is, as far as `most` in each table."""
    wanted = _match([word])
    if not wanted:
        return 0
    return sum(
        db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT ?)",  # noqa: S608
            (wanted, most),
        ).fetchone()[0]
        for table in _TABLES
    )


def users(
    db: sqlite3.Connection, names: Sequence[str], common: int, near: Sequence[str] | None
) -> Iterator[tuple[str, bytes]]:
    """The paths of files that may use the names, with their packed uses.

    Of those that hold a name, at most `common`; where there are more, the files `near` instead of
    them, if that is not None.
    """
    held = {name: _holding(db, name, common + 1) for name in names}
    everywhere = {name for name, rows in held.items() if len(rows) > common and near is not None}
    rows = {row for name in held if name not in everywhere for row in held[name][:common]}
    yield from db.execute(
        "SELECT file.path, packed FROM json_each(?) AS held CROSS JOIN file"
        " ON file.doc = held.value JOIN uses ON uses.file = file.id",
        (json.dumps(sorted(rows)),),
    )
    if everywhere:
        found = db.execute(
            "SELECT file.path, packed, doc FROM json_each(?) AS wanted CROSS JOIN file"
            " ON file.path = wanted.value JOIN uses ON uses.file = file.id",
            (json.dumps(list(near or ())),),
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
