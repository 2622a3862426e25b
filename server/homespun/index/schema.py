"""The tables of an index. It holds nothing that is not on disk: another version is made anew."""

from __future__ import annotations

VERSION = 6
"""Raised whenever the tables, or what is put in them, change."""

APPLICATION = 0x486F6D65
"""SQLite's `application_id`: a file of ours."""

PAGE = 16_384
"""Bytes of a page: with SQLite's 4,096 putting in symbols is a quarter more work."""

_WORDS = """
CREATE VIRTUAL TABLE {0} USING fts5(
    text, content = '', tokenize = "unicode61 tokenchars '_'", detail = full
);
INSERT INTO {0} ({0}, rank) VALUES ('hashsize', 8388608);
INSERT INTO {0} ({0}, rank) VALUES ('automerge', {1});
"""
HALF = _WORDS.format("half", 0)
"""The table `half` alone, as a second process fills it, and nobody after that."""
TABLES = f"""
CREATE TABLE file (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, folder TEXT NOT NULL, name TEXT NOT NULL,
    size INTEGER NOT NULL, changed INTEGER NOT NULL, doc INTEGER NOT NULL, parsed INTEGER NOT NULL
) STRICT;
CREATE INDEX file_name ON file (name);
CREATE INDEX file_folder ON file (folder);
CREATE INDEX file_doc ON file (doc);
CREATE INDEX file_changed ON file (changed);
CREATE INDEX file_parsed ON file (id) WHERE parsed != 1;
{_WORDS.format("words", 4)}
{HALF}
CREATE TABLE symbol (
    file INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    line INTEGER NOT NULL, end_line INTEGER NOT NULL, container TEXT NOT NULL,
    signature TEXT NOT NULL, PRIMARY KEY (file, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX symbol_name ON symbol (name);
CREATE TABLE uses (file INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT;
CREATE TABLE import (file INTEGER PRIMARY KEY, specs TEXT NOT NULL, keys TEXT NOT NULL) STRICT;
CREATE TABLE importer (
    key TEXT NOT NULL, file INTEGER NOT NULL, specs TEXT NOT NULL, PRIMARY KEY (key, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE importer_awaited (file INTEGER PRIMARY KEY) STRICT;
CREATE TABLE space (file INTEGER NOT NULL, name TEXT NOT NULL) STRICT;
CREATE INDEX space_name ON space (name);
CREATE INDEX space_file ON space (file);
CREATE TABLE skipped (
    path TEXT PRIMARY KEY, reason TEXT NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL
) STRICT;
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""
"""`changed` is in nanoseconds since 1970. `parsed` is 1 where the symbols are those of the file as
it is, 0 where there are none yet, 2 where they are those of an older text. `doc` is the file's row
in `words` or `half`: a file that changes gets a new row there, and the old one is dead. `half` is
like `words`, for rows that were gathered by a second process when the index was made. `hashsize`:
bytes of words that are gathered in memory before they are written; a fifth less work than with
SQLite's one megabyte.
`import` has a file's specs, and the numbers of those that have each key, as JSON; `importer` has
the same by key, but for the files that `importer_awaited` names: many keys at once, in order, are
put in with a third of the work.
`about` has `state`, as JSON."""
