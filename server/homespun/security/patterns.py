"""The patterns of `.gitignore`, exactly as git reads them, in time that no pattern can blow up.

Source: https://git-scm.com/docs/gitignore and git's own `dir.c` and `wildmatch.c`; git itself is
the oracle of the tests. A pattern is matched part by part of the path, and within a part each
`*` takes the first fit and never looks back, so a hostile pattern costs no more than its length
times the path's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": r"\x21-\x7e", "lower": "a-z", "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~", "space": r" \t\n\r\f\v", "upper": "A-Z", "xdigit": "0-9a-fA-F",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern. `line` counts from 1. `globs`: one for each part of a path; None is `**`.

    `negated` (`!`) lets through, `only_folders` (a `/` at its end) passes files by, `anywhere`
    (no other `/`) looks at the last part of the path alone.
    """

    line: int
    globs: tuple[re.Pattern[str] | None, ...]
    negated: bool
    only_folders: bool
    anywhere: bool

    def matches(self, parts: Sequence[str], *, folder: bool) -> bool:
        """Whether this is about the path made of `parts`, relative to the pattern's own folder."""
        if self.only_folders and not folder:
            return False
        return _matches(self.globs, parts[-1:] if self.anywhere else parts)


def parse(text: str, *, any_case: bool) -> tuple[Rule, ...]:
    """The rules in the text of an ignore file, in its order; what can never match is left out.

    `any_case`: letter case doesn't count, as on the file systems of Windows and macOS.
    """
    lines = enumerate(text.removeprefix("\N{BYTE ORDER MARK}").split("\n"), start=1)
    rules = (_rule(line.removesuffix("\r"), number, any_case) for number, line in lines)
    return tuple(rule for rule in rules if rule is not None)


def decisive(rules: Sequence[Rule], parts: Sequence[str], *, folder: bool) -> Rule | None:
    """The rule that decides about a path: the last that matches; None where none does."""
    return next((rule for rule in reversed(rules) if rule.matches(parts, folder=folder)), None)


def _rule(line: str, number: int, any_case: bool) -> Rule | None:
    pattern = _without_trailing_spaces(line)
    if not pattern or pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    pattern = pattern.removeprefix("!")
    only_folders = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    try:
        parts = [_glob(part) for part in _parts(_tokens(pattern.removeprefix("/")))]
    except _NeverMatches:
        return None
    if parts[-1] is None:
        parts.append(".*")  # A `**` at the end needs something to stand for.
    flags = re.DOTALL | (re.IGNORECASE if any_case else re.NOFLAG)
    globs = tuple(None if part is None else re.compile(part, flags) for part in parts)
    return Rule(number, globs, negated, only_folders, anywhere="/" not in pattern)


def _without_trailing_spaces(line: str) -> str:
    """`line` without the spaces at its end, save one that a backslash keeps."""
    stripped = line.rstrip(" ")
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if backslashes % 2 and stripped != line else stripped


class _NeverMatches(Exception):
    """The pattern is broken, and git lets it match nothing."""


_SEPARATOR = "/"
_STAR = "*"
_STARS = "**"


def _tokens(pattern: str) -> Iterator[str]:
    """Separators, stars, and for everything else a regular expression of one character."""
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "*":
            end = at + len(pattern[at:]) - len(pattern[at:].lstrip("*"))
            yield _STAR if end == at + 1 else _STARS
            at = end
        elif character == "[":
            token, at = _bracket(pattern, at)
            yield token
        elif character == "\\":
            if at + 1 == len(pattern):
                raise _NeverMatches
            yield _literal(pattern[at + 1])
            at += 2
        else:
            yield "." if character == "?" else _literal(character)
            at += 1


def _literal(character: str) -> str:
    return _SEPARATOR if character == "/" else f"(?:{re.escape(character)})"


def _parts(tokens: Iterator[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == _SEPARATOR:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _glob(tokens: Sequence[str]) -> str | None:
    """One part of a pattern as a regular expression that never looks back; None for `**`."""
    if tokens == [_STARS]:
        return None
    pieces: list[str] = [""]
    for token in tokens:
        if token in (_STAR, _STARS):
            pieces.append("")
        else:
            pieces[-1] += token
    first, *rest = pieces
    if not rest:
        return first
    # All pieces have a fixed length: the first fit leaves the most room for those that follow.
    return first + "".join(f"(?>.*?{piece})" for piece in rest[:-1]) + ".*" + rest[-1]


def _bracket(pattern: str, start: int) -> tuple[str, int]:
    """The set that begins at `start`, and where it ends (as `wildmatch.c` reads it)."""
    at = start + 1
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    items, previous, first = "", "", True
    while first or _at(pattern, at) != "]":
        first = False
        item, previous, at = _item(pattern, at, previous)
        items += item
    if not items:
        return ("." if negated else "(?!)"), at + 1
    return f"[{'^' if negated else ''}{items}]", at + 1


def _item(pattern: str, at: int, previous: str) -> tuple[str, str, int]:
    """One item of a set: its expression, the character a range may start from, the next place."""
    character = _at(pattern, at)
    if character == "-" and previous and _at(pattern, at + 1) != "]":
        at += 1 + (_at(pattern, at + 1) == "\\")
        end = _at(pattern, at)
        return (f"{re.escape(previous)}-{re.escape(end)}" if previous <= end else ""), "", at + 1
    if character == "[" and _at(pattern, at + 1) == ":":
        close = pattern.find("]", at + 2)
        if close < 0:
            raise _NeverMatches
        if pattern[close - 1] == ":" and close > at + 2:
            return _class(pattern[at + 2 : close - 1]), "", close + 1
    if character == "\\":
        at += 1
    character = _at(pattern, at)
    return re.escape(character), character, at + 1


def _class(name: str) -> str:
    if name not in _CLASSES:
        raise _NeverMatches
    return _CLASSES[name]


def _at(pattern: str, at: int) -> str:
    if at >= len(pattern):
        raise _NeverMatches
    return pattern[at]


def _matches(globs: Sequence[re.Pattern[str] | None], parts: Sequence[str]) -> bool:
    """Whether all of `parts` fit; a `**` takes as few as it can, the last one gives way first."""
    at = part = 0
    retry_at = retry_part = -1
    while part < len(parts):
        glob = globs[at] if at < len(globs) else _NOTHING
        if glob is None:
            at, retry_at, retry_part = at + 1, at + 1, part
        elif glob.fullmatch(parts[part]):
            at, part = at + 1, part + 1
        elif retry_at >= 0:
            retry_part += 1
            at, part = retry_at, retry_part
        else:
            return False
    return all(glob is None for glob in globs[at:])


_NOTHING = re.compile("(?!)")
