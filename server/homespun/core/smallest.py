"""All smallest diffs of two texts at once: which lines does each of them pair, and pair alike?

Myers' furthest reaching paths (https://doi.org/10.1007/BF01840446), once from the start and once
from the end. On a diagonal, the number of changes to a point never falls. So the two tell how many
changes it takes to come to any point and to go on from it, and a point lies on a smallest diff
where both together are as many as the whole diff has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from homespun.core.alignment import equal_from

_Reached = Sequence[Mapping[int, int]]
"""By the number of changes: on each diagonal (line of the base less line of the other text), how
many lines of the base can be behind."""


def loose(
    base: Sequence[str], lines: Sequence[str], most: int
) -> tuple[int, list[tuple[int, int]]] | None:
    """How many lines a smallest diff changes, and which of `base` (from, to) any of them may.

    All others are paired with the same line by every smallest diff. None where it takes more than
    `most` changes. Takes time as the square of the changes, and as the lines.
    """
    ahead = _reached(base, lines, most)
    if ahead is None:
        return None
    back = _reached(base[::-1], lines[::-1], most) or ()
    paths = dict(_on_paths(ahead, back, len(base), len(base) - len(lines)))
    paired, gone, put = ([0] * (len(base) + 2) for _ in range(3))
    for (changes, diagonal), (first, last) in paths.items():
        _count(paired, first, last - 1)
        if removed := paths.get((changes + 1, diagonal + 1)):
            _count(gone, max(first, removed[0] - 1), min(last, removed[1] - 1))
        if added := paths.get((changes + 1, diagonal - 1)):
            _count(put, max(first, added[0]), min(last, added[1]))
    loosely = zip(*(list(accumulate(rows))[: len(base)] for rows in (paired, gone)), strict=True)
    return len(ahead) - 1, list(_ranges(list(loosely), list(accumulate(put))))


def _count(rows: list[int], first: int, last: int) -> None:
    """One more for the rows `first` to `last`, once `rows` are summed up."""
    if first <= last:
        rows[first] += 1
        rows[last + 1] -= 1


def _reached(base: Sequence[str], lines: Sequence[str], most: int) -> _Reached | None:
    """How far each number of changes reaches, up to that which reaches the ends."""
    found: list[dict[int, int]] = []
    last: dict[int, int] = {-1: -1}
    for changes in range(most + 1):
        now: dict[int, int] = {}
        for diagonal in range(-changes, changes + 1, 2):
            removed, added = last.get(diagonal - 1, -2) + 1, last.get(diagonal + 1, -1)
            ends = [at for at in (removed, added) if _within(at, diagonal, base, lines)]
            if ends:
                at = max(ends)
                now[diagonal] = at + equal_from(base, at, lines, at - diagonal)
        found.append(now)
        if now.get(len(base) - len(lines)) == len(base):
            return found
        last = now
    return None


def _within(at: int, diagonal: int, base: Sequence[str], lines: Sequence[str]) -> bool:
    return 0 <= at <= len(base) and 0 <= at - diagonal <= len(lines)


def _on_paths(
    ahead: _Reached, back: _Reached, size: int, end: int
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The points on smallest diffs, by the changes before them and their diagonal: lines from, to.

    `size`: lines of the base; `end`: the diagonal on which both texts end.
    """
    for changes, reached in enumerate(ahead):
        rest = back[len(ahead) - 1 - changes]
        for diagonal, last in reached.items():
            first = size - rest.get(end - diagonal, -1)
            if first <= last:
                yield (changes, diagonal), (first, last)


def _ranges(lines: Sequence[tuple[int, int]], put: Sequence[int]) -> Iterator[tuple[int, int]]:
    """What is loose, by how many ways pair each line, leave it out, and put one before it."""
    points = [(row, row + 1) for row, ways in enumerate(lines) if ways != (1, 0)]
    points += ((row, row) for row, ways in enumerate(put) if ways)
    return joined(sorted(points))


def joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The ranges, in order, those that overlap or touch as one."""
    start = end = -1
    for first, last in ranges:
        if first <= end:
            end = max(end, last)
            continue
        if end >= 0:
            yield start, end
        start, end = first, last
    if end >= 0:
        yield start, end
