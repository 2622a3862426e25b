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
        r"(?:export\s+|default\s+|declare\s+|abstract\s+|public\s+|private\s+|protected\s+|"
        r"internal\s+|static\s+|final\s+|sealed\s+|partial\s+|async\s+|unsafe\s+|virtual\s+|"
        r"override\s+|inline\s+|local\s+|pub(?:\([^)]*\))?\s+|const\s+)*"
        r"(?P<kind>def|class|function\*?|func|fn|fun|interface|struct|enum|trait|impl|module|"
        r"namespace|record|object|protocol|extension|type|sub|proc|defmodule|defp?|macro)\b"
        r"\s*(?:\([^)]*\)\s*)?(?:<[^>]*>\s*)?(?P<name>[\w$]+(?:(?:\.|::?)[\w$]+)*[?!]?)?"
    ),
    re.compile(
        rf"(?:export\s+)?(?:const|let|var)\s+(?P<name>{_NAME})\s*(?::[^=]+)?=\s*"
        rf"(?:async\s*)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>|{_NAME}\s*=>)(?P<kind>)"
    ),
)
_CALLABLE = re.compile(
    r"(?!(?:if|for|while|switch|catch|return|else|elif|with|do|try|when|match|throw|new|await|"
    r"yield|assert|raise|import|from|using|lock)\b)"
    r"(?:[\w$<>\[\],.:&*~?@]+\s+)*[*&]*(?P<name>[~\w$:]+)\s*\([^;]*$"
)
"""A function or method without a keyword, as C, Java and TypeScript write it, up to its `{`."""
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
    first = _decorated(lines, min(first, len(lines) - 1))
    last = max(first, last)
    limit = _indent_at(lines, first)
    for number in range(first, max(-1, first - _MAX_LINES), -1):
        if limit <= 0 and number != first:
            return None
        text = lines[number].strip()
        indent = _width(lines[number])
        if not text or (number != first and indent >= limit):
            continue
        if number != first:
            limit = indent + 1 if _goes_on(text) else indent
        name = _header(lines, number)
        if name is None:
            continue
        end = _end(lines, number, indent)
        if end >= last:
            start = _start(lines, number, indent)
            return Definition(name, snapshot.line_span(start, end), start, end)
    return None


def _decorated(lines: Sequence[str], number: int) -> int:
    """From a decorator or an attribute to the line that it stands for."""
    while number + 1 < len(lines) and lines[number].lstrip().startswith(("@", "#[")):
        number += 1
    return number


def _goes_on(text: str) -> bool:
    """Whether a line belongs to the construct that began above it, at the same indentation."""
    return text[0] in "{})]" or text.startswith(("where", "end", "fi", "done", "esac"))


def _indent_at(lines: Sequence[str], number: int) -> int:
    """How far the code at `number` is indented; at a blank line, the code before it."""
    for above in range(min(number, len(lines) - 1), max(-1, number - 200), -1):
        if lines[above].strip():
            extra = 1 if above != number else 0
            return _width(lines[above]) + extra
    return 0


def _width(line: str) -> int:
    if line[:1] not in (" ", "\t"):
        return 0
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4))


def _header(lines: Sequence[str], number: int) -> str | None:
    text = lines[number].strip()
    if not text or text[0] in "#/*@}])\"'":
        return None
    for pattern in _HEADERS:
        found = pattern.match(text)
        if found is not None:
            return found["name"] or found["kind"] or ""
    found = _CALLABLE.match(text)
    if found is None or not _opens_block(lines, number):
        return None
    return found["name"]


def _opens_block(lines: Sequence[str], number: int) -> bool:
    if lines[number].rstrip().endswith("{"):
        return True
    return number + 1 < len(lines) and lines[number + 1].strip() == "{"


def _end(lines: Sequence[str], header: int, indent: int) -> int:
    """The last line of the definition whose header is at line `header`."""
    last = header
    for number in range(header + 1, min(header + _MAX_LINES, len(lines))):
        text = lines[number].strip()
        if not text:
            continue
        width = _width(lines[number])
        if width < indent or (width == indent and not _goes_on(text)):
            break
        last = number
        if width == indent and _closes(text):
            break
    return last


def _closes(text: str) -> bool:
    """Whether a line at the header's own indentation ends the definition."""
    return not text.endswith((":", "{", "(", "[", "=", "=>")) and not text.startswith("where")


def _start(lines: Sequence[str], header: int, indent: int) -> int:
    """The first line: decorators, attributes and doc comments directly above belong to it."""
    first = header
    while first > 0 and _width(lines[first - 1]) in (indent, indent + 1):
        if not _DECORATOR.match(lines[first - 1]):
            break
        first -= 1
    return first
