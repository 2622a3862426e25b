"""The tables of an index. It holds nothing that is not on disk: another version is made anew."""

from __future__ import annotations

VERSION = 3
"""Raised whenever the tables, or what is put in them, change."""

APPLICATION = 0x486F6D65
"""SQLite's `application_id`: a file of ours."""

TABLES = f"""
CREATE TABLE file (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, folder TEXT NOT NULL, name TEXT NOT NULL,
    size INTEGER NOT NULL, changed INTEGER NOT NULL, doc INTEGER NOT NULL, parsed INTEGER NOT NULL
) STRICT;
CREATE INDEX file_name ON file (name);
CREATE INDEX file_folder ON file (folder);
CREATE INDEX file_doc ON file (doc);
CREATE INDEX file_changed ON file (changed);
CREATE INDEX file_parsed ON file (id) WHERE parsed = 0;
CREATE VIRTUAL TABLE words USING fts5(
    text, content = '', tokenize = "unicode61 tokenchars '_'", detail = full
);
INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);
CREATE TABLE symbol (
    file INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, line INTEGER NOT NULL,
    end_line INTEGER NOT NULL, container TEXT NOT NULL, signature TEXT NOT NULL
) STRICT;
CREATE INDEX symbol_name ON symbol (name);
CREATE INDEX symbol_file ON symbol (file);
CREATE TABLE uses (file INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT;
CREATE TABLE import (file INTEGER NOT NULL, spec TEXT NOT NULL, key TEXT NOT NULL) STRICT;
CREATE INDEX import_key ON import (key);
CREATE INDEX import_file ON import (file);
CREATE TABLE space (file INTEGER NOT NULL, name TEXT NOT NULL) STRICT;
CREATE INDEX space_name ON space (name);
CREATE INDEX space_file ON space (file);
CREATE TABLE skipped (
    path TEXT PRIMARY KEY, reason TEXT NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL
) STRICT;
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""  # noqa: S608 - numbers of our own
"""`changed` is in nanoseconds since 1970. `doc` is the file's row in `words`, 0 for none: a file
that changes gets a new row there, and the old one is dead. `hashsize`: bytes of words that are
gathered in memory before they are written; a fifth less work than with SQLite's one megabyte.
`about` has `state`, as JSON."""
