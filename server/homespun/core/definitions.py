"""The definition around a place, found by its indentation: fast, and the same in any language.

Code that is laid out as its language's formatter would lay it out shows its structure by
indentation. That is enough to offer an edit of "this function" within a millisecond, while a
parser for each language would have to be loaded and would still fail on text that does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homespun.core.text import Snapshot, Span

_NAME = r"[A-Za-z_$][\w$]*[?!]?"
_HEADERS = (
    re.compile(
        rf"(?:export\s+|default\s+|declare\s+|abstract\s+|public\s+|private\s+|protected\s+|"
        rf"internal\s+|static\s+|final\s+|sealed\s+|partial\s+|async\s+|unsafe\s+|virtual\s+|"
        rf"override\s+|inline\s+|local\s+|pub(?:\([^)]*\))?\s+|const\s+)*"
        rf"(?P<kind>def|class|function\*?|func|fn|fun|interface|struct|enum|trait|impl|module|"
        rf"namespace|record|object|protocol|extension|type|sub|proc|defmodule|defp?|macro)\b"
        rf"\s*(?:\([^)]*\)\s*)?(?:<[^>]*>\s*)?(?P<name>[\w$.:]+[?!]?)?"
    ),
    re.compile(
        rf"(?:export\s+)?(?:const|let|var)\s+(?P<name>{_NAME})\s*(?::[^=]+)?=\s*"
        rf"(?:async\s*)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>|{_NAME}\s*=>)(?P<kind>)"
    ),
    re.compile(
        rf"(?!(?:if|for|while|switch|catch|return|else|elif|with|do|try|when|match|throw|new|"
        rf"await|yield|assert|raise|import|from|using|lock)\b)"
        rf"(?:[\w$<>\[\],.:&*~?@]+\s+)*\*?&?(?P<name>[~\w$:]+)\s*\([^;]*\)?[^;=]*(?:\{{\s*)?$(?P<kind>)"
    ),
)
_DECORATOR = re.compile(r"\s*(?:@|#\[|\[\w|///|//!|\*|/\*\*|template\s*<)")
_MAX_LINES = 4000
"""How far a definition may reach; more is not one definition that a model could edit."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class or the like: whole lines, with its decorators and doc comment above."""

    name: str
    span: Span
    first_line: int
    last_line: int


def enclosing(snapshot: Snapshot, first: int, last: int) -> Definition | None:
    """The smallest definition that holds the lines `first` to `last` (from 0); None for none."""
    lines = snapshot.lines
    limit = _indent_at(lines, first)
    for number in range(min(first, len(lines) - 1), max(-1, first - _MAX_LINES), -1):
        line = lines[number]
        if not line.strip():
            continue
        indent = _width(line)
        if number != first and indent >= limit:
            continue
        limit = min(limit, indent) if number != first else limit
        name = _header(line)
        if name is None:
            continue
        end = _end(lines, number, indent)
        if end >= last and end > number or number == first == last:
            start = _start(lines, number, indent)
            return Definition(name, snapshot.line_span(start, end), start, end)
    return None


def _indent_at(lines: Sequence[str], number: int) -> int:
    """How far the code at `number` is indented; at a blank line, the code before it."""
    for above in range(min(number, len(lines) - 1), max(-1, number - 200), -1):
        if lines[above].strip():
            extra = 1 if above != number else 0
            return _width(lines[above]) + extra
    return 0


def _width(line: str) -> int:
    expanded = line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4)
    return len(expanded)


def _header(line: str) -> str | None:
    text = line.strip()
    if not text or text[0] in "#/*@}])\"'":
        return None
    for pattern in _HEADERS:
        found = pattern.match(text)
        if found is not None:
            return found["name"] or found["kind"] or ""
    return None


def _end(lines: Sequence[str], header: int, indent: int) -> int:
    """The last line of the definition whose header is at line `header`."""
    last = header
    signature_open = True
    for number in range(header + 1, min(header + _MAX_LINES, len(lines))):
        text = lines[number].strip()
        if not text:
            continue
        width = _width(lines[number])
        if width > indent:
            last = number
            signature_open = False
            continue
        if width == indent and text[0] in "{":
            last = number
            continue
        if width == indent and (text[0] in "})]" or text.startswith(("end", "fi", "done", "esac"))):
            last = number
            if text[0] in ")]" and text[-1] in ":{>" or (text[0] == ")" and signature_open):
                continue
            if text.endswith("{"):
                continue
        break
    return last


def _start(lines: Sequence[str], header: int, indent: int) -> int:
    """The first line: decorators, attributes and doc comments directly above belong to it."""
    first = header
    while first > 0 and _width(lines[first - 1]) in (indent, indent + 1):
        if not _DECORATOR.match(lines[first - 1]):
            break
        first -= 1
    return first
