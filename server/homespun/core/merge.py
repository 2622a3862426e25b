"""Three-way merge: what was proposed for one text, brought into what it has become."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from homespun.core.alignment import blocks, blocks_from_end, smallest
from homespun.core.ambiguity import reach
from homespun.core.block import Block, moves
from homespun.core.smallest import loose
from homespun.core.text import split_lines

_FEW = 64
"""So many changed lines are few: what another diff may change is then worked out."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed these lines of the base (from 0, end exclusive), in different ways."""

    base_start: int
    base_end: int
    current: tuple[str, ...]
    proposed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged text, and what could not be merged (there, `text` keeps what is current)."""

    text: str
    conflicts: tuple[Conflict, ...]

    @property
    def clean(self) -> bool:
        """Whether both sides are wholly in `text`."""
        return not self.conflicts


def merge(base: str, current: str, proposed: str) -> Merge:
    """Both sides' changes of `base` in one text, as `git merge-file` would give it.

    Adjacent or overlapping changes that differ are conflicts; the same change on both sides is
    one change. Never clean where git sees a conflict.

    Where lines repeat, there are several smallest diffs, and git may take another than ours: what
    depends on that choice is a conflict, too. So a merge is refused that git would make where two
    changes are apart in git's diff, but touch in another one that is as small.
    """
    old, ours, theirs = _lines(base), _lines(current), _lines(proposed)
    sides = [_Side(old, lines, blocks(old, lines)) for lines in (ours, theirs)]
    merged = _merge(old, *sides)
    if merged.clean and not any(side.moves for side in sides):
        return merged
    sides = [side.narrowed() for side in sides]
    merged = _merge(old, *sides)
    if not merged.clean or not any(side.moves for side in sides):
        return merged
    again = _merge(old, *(side.from_end() for side in sides))
    if merged == again or not again.clean:
        return again
    return Merge(current, (Conflict(0, len(old), tuple(ours), tuple(theirs)),))


def _lines(text: str) -> list[str]:
    """The lines of `text`; an empty one after the last line end is none, as git sees it."""
    lines = split_lines(text)
    if not lines[-1]:
        lines.pop()
    return lines


class _Side:
    """One side's lines, and where the base's lines are among them."""

    def __init__(self, base: Sequence[str], lines: Sequence[str], changes: Sequence[Block]) -> None:
        self.reach = reach(base, lines, changes)
        self.moves = moves(base, lines, changes)
        self._base = base
        self._lines = lines
        self._changes = changes
        self._starts = [change.before_start for change in changes]
        self._ends = [change.before_end for change in changes]

    def narrowed(self) -> _Side:
        """The same with just what a smallest diff may change in its reach, where it changes little.

        No line has moved then, as far as the merge goes: each smallest diff has the same text
        between lines that all of them leave alone.
        """
        found = loose(self._base, self._lines, _FEW)
        if found is None:
            return self
        changes, count = self._changes, found[0]
        if _count(changes) > count:
            changes = list(smallest(self._base, self._lines))
        if (
            _count(changes) > count
        ):  # Texts as long as that are not looked through for the smallest.
            return self
        side = _Side(self._base, self._lines, changes)
        side.reach, side.moves = found[1], False
        return side

    def from_end(self) -> _Side:
        """The same, by a diff that is read from the end."""
        if not self.moves:
            return self
        return _Side(self._base, self._lines, blocks_from_end(self._base, self._lines))

    def part(self, start: int, end: int) -> Sequence[str]:
        """What this side has for the base's lines `start:end`, changes that touch them included."""
        first = start + self._shift(bisect_left(self._ends, start))
        last = end + self._shift(bisect_right(self._starts, end))
        return self._lines[first:last]

    def _shift(self, count: int) -> int:
        """How far the first `count` changes move what follows them."""
        if count == 0:
            return 0
        change = self._changes[count - 1]
        return change.after_end - change.before_end


def _count(changes: Iterable[Block]) -> int:
    """How many lines are removed and added."""
    return sum(b.before_end - b.before_start + b.after_end - b.after_start for b in changes)


def _merge(base: Sequence[str], ours: _Side, theirs: _Side) -> Merge:
    """Both sides' changes in one text, by one reading of what each side changed."""
    text: list[str] = []
    conflicts: list[Conflict] = []
    at = 0
    for start, end in _regions((*ours.reach, *theirs.reach)):
        text += base[at:start]
        at = end
        unchanged, mine, other = base[start:end], ours.part(start, end), theirs.part(start, end)
        text += other if mine == unchanged else mine
        if mine != unchanged and other not in (unchanged, mine):
            conflicts.append(Conflict(start, end, tuple(mine), tuple(other)))
    text += base[at:]
    return Merge("".join(text), tuple(conflicts))


def _regions(changed: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts of the base that were changed on either side, as far as they overlap or touch."""
    start = end = -1
    for first, last in sorted(changed):
        if first <= end:
            end = max(end, last)
            continue
        if end >= 0:
            yield start, end
        start, end = first, last
    if end >= 0:
        yield start, end
