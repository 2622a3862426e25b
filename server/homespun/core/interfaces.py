"""What a text defines, and how that changed: enough of it for those who use it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(
    r"[ \t]*(?:export\s+|default\s+|declare\s+|abstract\s+|public\s+|private\s+|protected\s+|"
    r"internal\s+|static\s+|final\s+|sealed\s+|partial\s+|async\s+|unsafe\s+|virtual\s+|"
    r"override\s+|inline\s+|local\s+|pub(?:\([^)]*\))?\s+)*"
    r"(?:def|class|function\*?|func|fn|fun|interface|struct|enum|trait|impl|module|namespace|"
    r"record|object|protocol|extension|type|sub|proc|defmodule|defp|macro)\s+"
    r"(?:\([^)]*\)\s*)?(?P<name>[A-Za-z_$][\w$]*)"
)
_VALUE = re.compile(
    r"(?:(?:export\s+)?(?:const|let|var|static|val)\s+)?(?P<name>[A-Za-z_$][\w$]*)"
    r"\s*(?::[^=\n]{1,80})?=(?!=)"
)
_MOST_LINES = 12
"""Lines of one signature; a longer one is cut."""
_MOST_CHARACTERS = 400


def signatures(text: str) -> list[tuple[str, str]]:
    """Each definition's name and signature, in order; found by its first line, in any language.

    Functions and types at any depth, values only at the top.
    """
    lines = text.splitlines()
    found: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        header = _HEADER.match(line)
        if header is not None:
            found.append((header["name"], _signature(lines, number)))
        elif (value := _VALUE.match(line)) is not None:
            found.append((value["name"], line.strip()[:_MOST_CHARACTERS]))
    return found


def changes(before: str, after: str) -> list[str]:
    """What signatures went (`- ...`) and came (`+ ...`), in the order of the texts.

    Values that only got another value are no change for who uses them.
    """
    old, new = signatures(before), signatures(after)
    gone = _without(old, new)
    come = _without(new, old)
    return [f"- {one}" for one in gone] + [f"+ {one}" for one in come]


def _without(some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> list[str]:
    known = {_key(name, signature) for name, signature in others}
    return [signature for name, signature in some if _key(name, signature) not in known]


def _key(name: str, signature: str) -> str:
    return name if _VALUE.match(signature) and not _HEADER.match(signature) else signature


def _signature(lines: Sequence[str], number: int) -> str:
    """The header that begins at a line, up to where its brackets are closed."""
    taken: list[str] = []
    depth = 0
    for line in lines[number : number + _MOST_LINES]:
        taken.append(line.strip())
        depth += sum(map(line.count, "([")) - sum(map(line.count, ")]"))
        if depth <= 0:
            break
    return " ".join(taken)[:_MOST_CHARACTERS].rstrip("{ ")
