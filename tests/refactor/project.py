"""A project of a function and its many users, and a model that renames it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from refactor.model import shown

WANTED = "Rename `fetch_row` to `load_row`, everywhere."
_WORD = re.compile(r"\bfetch_row\b")


def project(files: int) -> dict[str, str]:
    """`files` texts by path: one defines the function, a tenth use it through one of the others."""
    texts = {"app/__init__.py": "", "app/base.py": _base()}
    for number in range(files - 1):
        through = f"part_{number - number % 10}" if number % 10 == 9 else "base"
        texts[f"app/part_{number}.py"] = _user(number, through)
    return texts


def renamed(texts: Mapping[str, str]) -> dict[str, str]:
    """The same after the refactor."""
    return {path: _WORD.sub("load_row", text) for path, text in texts.items()}


def written(folder: Path, texts: Mapping[str, str]) -> None:
    """Write `texts` below `folder`."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def right(message: str, paths: list[str]) -> str:
    """The answer of a model that does as it is told: one hunk for each line."""
    if not paths:
        return "I will do it file by file."
    updates = [update(path, shown(message, path)) for path in paths]
    return json.dumps({"summary": "Renamed.", "updated_files": updates})


def update(path: str, text: str) -> dict[str, object]:
    """The update of one file."""
    lines = text.splitlines(keepends=True)
    wanted = dict.fromkeys(line for line in lines if _WORD.search(line))
    hunks = [{"find": line, "replace": _WORD.sub("load_row", line)} for line in wanted]
    return {"action": "edit", "file": path, "hunks": hunks}


def _base() -> str:
    return 'def fetch_row(table, key):\n    """One row of a table."""\n    return table[key]\n'


def _user(number: int, through: str) -> str:
    filler = "".join(
        f"\n\ndef step_{number}_{line}(value):\n    return value * {line} + {number}\n"
        for line in range(12)
    )
    return (
        f"from app.{through} import fetch_row\n\n\n"
        f"def row_{number}(table):\n    return fetch_row(table, {number})\n{filler}"
    )
