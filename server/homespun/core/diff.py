"""Two texts to the smallest edits between them, so that untouched lines stay untouched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `start` to `end` (offsets in the text before) by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `before_start:before_end` were replaced by lines `after_start:after_end`."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


def blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """What changed between two lists of lines, in order, never touching each other."""
    raise NotImplementedError


def edits(before: str, after: str) -> tuple[Edit, ...]:
    """The minimal edits, in order, not overlapping, that turn `before` into `after`.

    By lines first, then by words within lines that changed: a one-word change is one small edit.
    """
    raise NotImplementedError


def apply(text: str, changes: Sequence[Edit]) -> str:
    """`text` with `changes` made (in order, not overlapping, offsets in `text`)."""
    raise NotImplementedError


def unified(before: str, after: str, path: str, *, context: int = 3) -> str:
    """A unified diff for people and `patch`, "" where nothing changed.

    `path` stands in both headers (`a/`, `b/`); a missing final newline is marked as git does.
    """
    raise NotImplementedError
