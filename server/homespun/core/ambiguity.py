"""How sure a diff is: which unchanged lines another diff of the same texts might call changed.

Where lines repeat, two texts have several smallest diffs: of two blank lines, either may be the
new one. A line is sure where all of them agree. Be a diff smallest, and no line both removed in
one place and added in another. Then it matches, of each line, as many as both texts have; so does
every other smallest diff, hence each matches all copies of a line that this one leaves alone, one
by one in their order. So: lines equal to no changed line are sure, others perhaps not. Where lines
moved, those that they passed may be unsure as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from homespun.core.block import Block, added, moves, removed


def reach(
    base: Sequence[str], lines: Sequence[str], changes: Sequence[Block]
) -> list[tuple[int, int]]:
    """The lines of `base` (from, to) that were changed, or might be, by another smallest diff."""
    whole = _with_passed(base, lines, changes) if moves(base, lines, changes) else changes
    changed = removed(base, whole) | added(lines, whole)
    found: list[tuple[int, int]] = []
    reached = 0
    for change in whole:
        # From where the last one reached to: no line is looked at twice.
        start, end = change.before_start, max(change.before_end, reached)
        while start > reached and base[start - 1] in changed:
            start -= 1
        while end < len(base) and base[end] in changed:
            end += 1
        found.append((start, end))
        reached = end
    return found


def _with_passed(
    base: Sequence[str], lines: Sequence[str], changes: Sequence[Block]
) -> list[Block]:
    """The changes; two of them as one where lines moved from one to the other.

    That is, where they passed no more unique lines than they are: then it may as well be those
    between that moved.
    """
    unique = _unique(base) & _unique(lines)
    whole = list(changes[:1])
    for last, change in pairwise(changes):
        between = base[last.before_end : change.before_start]
        moved = _moved(base, lines, last, change)
        if moved and sum(line in unique for line in between) <= moved:
            whole[-1] = whole[-1].through(change)
        else:
            whole.append(change)
    return whole


def _unique(lines: Sequence[str]) -> set[str]:
    return {line for line, times in Counter(lines).items() if times == 1}


def _moved(base: Sequence[str], lines: Sequence[str], one: Block, other: Block) -> int:
    """How many lines left one of two changes and are in the other."""
    up = removed(base, [other])
    down = removed(base, [one])
    return max(
        sum(line in up for line in lines[one.after_start : one.after_end]),
        sum(line in down for line in lines[other.after_start : other.after_end]),
    )
