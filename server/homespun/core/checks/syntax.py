"""Does the text still parse, where it did before? Only what the change broke is held against it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping

from homespun.core.checks.brackets import PATTERNS, unbalanced_at
from homespun.core.checks.change import Change, Finding
from homespun.core.python_tree import tree_of

_MAX_LENGTH = 1_000_000
"""Characters; longer texts are data, and parsing them would be felt."""
_MAX_TOML_LINE = 10_000
"""Characters; tomllib takes time in the square of a dotted key's parts."""
_WITH_COMMENTS = re.compile(
    r"(?:[tj]sconfig.*|settings|launch|tasks|extensions|devcontainer)\.json"
)
_NEWER_PYTHON = re.compile(r"\s*type \w+.*=|\s*(?:async )?(?:def|class) \w+\[|\s*except\b")

Parse = Callable[[str], str]
"""What is wrong with a text, "" where nothing is or where it can't be told."""


def broken_syntax(change: Change) -> Iterator[Finding]:
    """Refuse Python, JSON and TOML that the change broke, or that is new and broken."""
    parse = _PARSERS.get(change.suffix)
    if parse is None or len(change.after) > _MAX_LENGTH:
        return
    problem = parse(change.after) if change.after.strip() else ""
    if problem and not _was_broken(change, parse):
        doubtful = change.suffix in ("py", "pyi", "pyw") and _may_be_newer(change, problem)
        yield Finding("syntax", f"the new text does not parse: {problem}", fatal=not doubtful)


def _was_broken(change: Change, parse: Parse) -> bool:
    """Whether it did not parse before either; a new file may be of a kind that we don't know."""
    before = change.before or ""
    if not before.strip():
        return _WITH_COMMENTS.fullmatch(change.name) is not None
    return len(before) > _MAX_LENGTH or bool(parse(before))


def unbalanced_brackets(change: Change) -> Iterator[Finding]:
    """Show brackets that the change left open, in languages that are not parsed."""
    pattern = PATTERNS.get(change.suffix)
    if pattern is None or len(change.after) > _MAX_LENGTH:
        return
    line = unbalanced_at(change.after, pattern)
    if line is not None and unbalanced_at(change.before or "", pattern) is None:
        message = f"a bracket at line {line} has no counterpart"
        yield Finding("brackets", message, fatal=False)


def _python(text: str) -> str:
    try:
        tree_of(text)
    except SyntaxError as error:
        return f"line {error.lineno or 1}: {_without_quotes(error.msg)}"
    except ValueError:
        return "it holds a NUL character"
    except (RecursionError, MemoryError):
        return ""
    return ""


def _without_quotes(message: str) -> str:
    """Python's message without names from the text: messages never hold the user's text."""
    return re.sub(r" '[^']{4,}'", "", message)


def _may_be_newer(change: Change, problem: str) -> bool:
    """Whether it may be the syntax of a newer Python than this one (PEP 695, 701, 758)."""
    line = re.match(r"line (\d+)", problem)
    number = int(line[1]) - 1 if line else 0
    there = change.new_lines[number] if number < len(change.new_lines) else ""
    return "f-string" in problem or _NEWER_PYTHON.match(there) is not None


def _json(text: str) -> str:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError):
        return ""
    return ""


def _toml(text: str) -> str:
    if any(len(line) > _MAX_TOML_LINE for line in text.splitlines()):
        return ""
    try:
        tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        return _without_quotes(str(error))
    except (ValueError, RecursionError):
        return ""
    return ""


_PARSERS: Mapping[str, Parse] = {
    "py": _python,
    "pyi": _python,
    "pyw": _python,
    "json": _json,
    "toml": _toml,
}
