"""A file's hunks on what its text has become meanwhile: each follows its lines, or is refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import accumulate

from homespun.core.diff import Block, Edit, apply, blocks
from homespun.core.merge import Conflict, merge
from homespun.core.plan import FileChange, Hunk
from homespun.core.text import split_lines


def rebase(file: FileChange, now: str) -> FileChange:
    """`file` with `now` as the text before: the same hunks, in the same order, where they are now.

    A hunk whose lines have changed meanwhile in another way is refused; one that has been made
    meanwhile changes nothing more. The text after is what `merge` says, or the file is refused.
    """
    before = file.before or ""
    if now == before:
        return file
    taken = [index for index, hunk in enumerate(file.hunks) if hunk.made]
    left = [index for index, hunk in enumerate(file.hunks) if not hunk.made]
    lines = _Lines(before)
    clean, fitting = _fitting(file, now, taken, lines)
    # What was left out is only shown: it must not get in the way of what was taken.
    _, shown = _fitting(file, now, left, lines)
    hunks = _moved(file.hunks, lines, now, {*fitting, *shown})
    rebased = replace(file, before=now, hunks=hunks)
    if taken and (not fitting or rebased.after != clean):
        return rebased.refused(_meanwhile(lines, file.hunks[taken[0]]))
    return rebased


class _Lines:
    """Where the lines of a text start."""

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)
        self.starts = list(accumulate(map(len, self.lines), initial=0))

    def of(self, hunk: Hunk) -> tuple[int, int]:
        """The whole lines (from 0, end exclusive) that `hunk` replaces."""
        return self._at(hunk.edit.start), self._at(hunk.edit.end)

    def _at(self, offset: int) -> int:
        """The first line that starts at `offset`; the last of them is an empty one, or none."""
        line = bisect_right(self.starts, offset) - 1
        while line and self.starts[line - 1] == offset:
            line -= 1
        return line


def _fitting(
    file: FileChange, now: str, among: Sequence[int], lines: _Lines
) -> tuple[str, Sequence[int]]:
    """The merged text, and which hunks are in it: as many of `among` as merge cleanly."""
    before, left = file.before or "", list(among)
    while left:
        merged = merge(before, now, apply(before, [file.hunks[index].edit for index in left]))
        if merged.clean:
            return merged.text, left
        hit = [i for i in left if _touches(lines.of(file.hunks[i]), merged.conflicts)]
        left = [index for index in left if index not in hit] if hit else []
    return now, ()


def _touches(lines: tuple[int, int], conflicts: Sequence[Conflict]) -> bool:
    start, end = lines
    return any(start <= one.base_end and end >= one.base_start for one in conflicts)


def _moved(
    hunks: Sequence[Hunk], before: _Lines, now: str, fitting: Collection[int]
) -> tuple[Hunk, ...]:
    after = _Lines(now)
    changes = blocks(before.lines, after.lines)
    return tuple(
        replace(
            hunk,
            edit=_edit(hunk, before.of(hunk), changes, after),
            refusal=hunk.refusal or ("" if index in fitting else _meanwhile(before, hunk)),
        )
        for index, hunk in enumerate(hunks)
    )


def _edit(hunk: Hunk, lines: tuple[int, int], changes: Sequence[Block], after: _Lines) -> Edit:
    """The hunk's edit at its lines' place in `after`; where they have changed, at that change."""
    start, end = lines
    hit = [one for one in changes if one.before_start <= end and one.before_end >= start]
    if hit:
        # It fits all the same only where the very same change was made already.
        at = after.starts[hit[0].after_start]
        return Edit(at, at, "")
    earlier = [one for one in changes if one.before_end < start]
    shift = earlier[-1].after_end - earlier[-1].before_end if earlier else 0
    return Edit(after.starts[start + shift], after.starts[end + shift], hunk.edit.text)


def _meanwhile(lines: _Lines, hunk: Hunk) -> str:
    return f"the text has changed meanwhile around line {lines.of(hunk)[0] + 1}"
