"""Two texts to the smallest edits between them, so that untouched lines stay untouched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from homespun.core.alignment import blocks
from homespun.core.block import Block
from homespun.core.text import split_lines
from homespun.core.unified import unified
from homespun.core.words import Edit, refine

__all__ = ["Block", "Edit", "apply", "blocks", "edits", "unified"]


def edits(before: str, after: str) -> tuple[Edit, ...]:
    """The minimal edits, in order, not overlapping, that turn `before` into `after`.

    By lines first, then by words within lines that changed: a one-word change is one small edit.
    """
    old, new = split_lines(before), split_lines(after)
    starts = list(accumulate(map(len, old), initial=0))
    found: list[Edit] = []
    for block in blocks(old, new):
        lines = old[block.before_start : block.before_end]
        replacement = new[block.after_start : block.after_end]
        found += refine(lines, replacement, starts[block.before_start])
    return tuple(_joined(found))


def _joined(found: Iterable[Edit]) -> Iterator[Edit]:
    """The same edits, those that touch as one: editors need not agree which comes first."""
    last: Edit | None = None
    for edit in found:
        if last is not None and last.end == edit.start:
            last = Edit(last.start, edit.end, last.text + edit.text)
            continue
        if last is not None:
            yield last
        last = edit
    if last is not None:
        yield last


def apply(text: str, changes: Sequence[Edit]) -> str:
    """`text` with `changes` made (in order, not overlapping, offsets in `text`)."""
    pieces: list[str] = []
    at = 0
    for change in changes:
        pieces += (text[at : change.start], change.text)
        at = change.end
    return "".join((*pieces, text[at:]))
