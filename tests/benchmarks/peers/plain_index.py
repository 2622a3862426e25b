"""What a plain script needs for the same: SQLite's FTS5 for the words, tree-sitter for the names.

One process, one pass each, with the same libraries; no rules of what to leave out but the size, no
imports, and nothing that follows changes.
Prints the seconds until the words are in, and until the names are too.
"""

import json
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tree_sitter import Parser, Query, QueryCursor
from tree_sitter_language_pack import get_language

LARGEST = 1_000_000
TABLES = """
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize="unicode61 tokenchars '_'");
CREATE TABLE name (name TEXT, kind TEXT, file INTEGER, line INTEGER);
"""
NAMES = """
(function_definition name: (identifier) @define)
(class_definition name: (identifier) @define)
(call function: (identifier) @use)
(attribute attribute: (identifier) @use)
(argument_list (identifier) @use)
"""


def main(root: str) -> None:
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "index.db")
        db.executescript(TABLES)
        texts = [path for path in Path(root).rglob("*") if path.is_file()]
        texts = [path for path in texts if path.stat().st_size <= LARGEST]
        for number, path in enumerate(texts):
            text = path.read_bytes().decode("utf-8", "replace")
            db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, text))
        db.commit()
        words = time.perf_counter() - began
        python = get_language("python")
        query = Query(python, NAMES)
        for number, path in enumerate(texts):
            if path.suffix == ".py":
                tree = Parser(python).parse(path.read_bytes())
                captures = QueryCursor(query).captures(tree.root_node)
                rows = [
                    (node.text.decode("utf-8", "replace"), kind, number, node.start_point.row)
                    for kind, nodes in captures.items()
                    for node in nodes
                ]
                db.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", rows)
        db.execute("CREATE INDEX name_name ON name (name)")
        db.commit()
        print(json.dumps([words, time.perf_counter() - began]))


if __name__ == "__main__":
    main(sys.argv[1])
