"""Which lines of two texts belong together: what every diff and merge of ours stands on.

Common head and tail first, since most changes are one hunk. Then anchors, lines that are surely
the same, and between two anchors a longest common subsequence, bit-parallel in rapidfuzz. Where
changes are few and short, anchors are looked for only near them: most lines are then compared but
never hashed. Last, an insertion or deletion that could as well stand elsewhere ("one more blank
line") is moved to a certain place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, count
from operator import ne

from homespun.core.anchors import NOWHERE, numbered_places, unique_places
from homespun.core.block import Block, moves

# A longest common subsequence takes one bit for each pair of lines: 8 MB, some 20 ms.
_MAX_PAIRS = 1 << 26

# An anchor is near a change within so many lines, and changes are few where each has so many for
# itself.
_NEAR = 64
_FOR_ITSELF = 16


def blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """What changed between two lists of lines, in order, never touching each other.

    Near-linear in the number of lines; where thousands repeat on both sides, quicker rather than
    smallest.
    """
    head = _common_head(before, after)
    if head == len(before) == len(after):
        return []
    tail = _common_tail(before, after, min(len(before), len(after)) - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    found = _nearby(old, new, head)
    if found is None:
        found = [block.moved(head, head) for block in _between(old, new)]
    return _settled(found, before, after)


def blocks_from_end(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """The same, read from the end: where lines repeat, changes may stand elsewhere."""
    lines, others = len(before), len(after)
    return [
        Block(
            lines - block.before_end,
            lines - block.before_start,
            others - block.after_end,
            others - block.after_start,
        )
        for block in reversed(blocks(before[::-1], after[::-1]))
    ]


def _common_head(before: Sequence[str], after: Sequence[str]) -> int:
    most = min(len(before), len(after))
    return next(compress(count(), map(ne, before, after)), most)


def _common_tail(before: Sequence[str], after: Sequence[str], most: int) -> int:
    found = compress(count(), map(ne, reversed(before), reversed(after)))
    return min(next(found, most), most)


def _nearby(old: Sequence[str], new: Sequence[str], head: int) -> list[Block] | None:
    """The changes, `head` lines further down, each ended at the first anchor near it.

    Nothing where that may not be the smallest diff, or where changes are too long or too many.
    """
    found: list[Block] = []
    i = j = 0
    while i < len(old) or j < len(new):
        left, right = old[i : i + _NEAR], new[j : j + _NEAR]
        gap = _gap(left, right)
        if gap is None or len(found) > _FOR_ITSELF + i // _FOR_ITSELF:
            return None
        one, other = gap
        found += (block.moved(i, j) for block in smallest(left[:one], right[:other]))
        run = equal_from(old, i + one, new, j + other)
        i, j = i + one + run, j + other + run
    if moves(old, new, found):
        return None
    return [block.moved(head, head) for block in found] if head else found


def _gap(left: Sequence[str], right: Sequence[str]) -> tuple[int, int] | None:
    """How many lines of each come before the first that surely agree; None where none is near."""
    if left[1:4] == right[1:4]:
        return len(left[:1]), len(right[:1])
    places = unique_places(left, right)
    first = next((at for at, place in enumerate(places) if place != NOWHERE), None)
    if first is not None:
        return first, places[first]
    return (len(left), len(right)) if max(len(left), len(right)) < _NEAR else None


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """The changes, cut up at the lines that surely agree."""
    if len(old) <= 1 or len(new) <= 1:
        yield from smallest(old, new)
        return
    for gap in _around(unique_places(old, new), old, new):
        left = old[gap.before_start : gap.before_end]
        right = new[gap.after_start : gap.after_end]
        for block in smallest(left, right):
            yield block.moved(gap.before_start, gap.after_start)


def _around(places: Sequence[int], old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """What lies between the runs of equal lines that begin at the anchors.

    `places` are those of the lines of `old` in `new`, where they are known.
    """
    i = j = 0
    while i < len(old) or j < len(new):
        # A run may have gone past the place of a line that is not unique.
        anchor = next((at for at in range(i, len(old)) if places[at] >= j), len(old))
        place = places[anchor] if anchor < len(old) else len(new)
        if anchor > i or place > j:
            yield Block(i, anchor, j, place)
        run = equal_from(old, anchor, new, place)
        i, j = anchor + run, place + run


def equal_from(old: Sequence[str], i: int, new: Sequence[str], j: int) -> int:
    """How many lines are equal from `i` and `j` on."""
    run, step = 0, 64
    while True:
        left, right = old[i + run : i + run + step], new[j + run : j + run + step]
        if left != right or not left:
            return run + _common_head(left, right)
        run += len(left)
        step *= 2


def smallest(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """The changes around a longest common subsequence, or one nearly as long where that costs."""
    if set(old).isdisjoint(new):
        if old or new:
            yield Block(0, len(old), 0, len(new))
        return
    if len(old) * len(new) > _MAX_PAIRS:
        yield from _around(numbered_places(old, new), old, new)
        return
    from rapidfuzz.distance import Indel

    # Numbers, since rapidfuzz compares a string of one character as that character's number.
    numbers: dict[str, int] = {}
    left = [numbers.setdefault(line, len(numbers)) for line in old]
    right = [numbers.setdefault(line, len(numbers)) for line in new]
    i = j = 0
    for match in Indel.opcodes(left, right).as_matching_blocks():
        if match.a != i or match.b != j:
            yield Block(i, match.a, j, match.b)
        i, j = match.a + match.size, match.b + match.size


def _settled(found: list[Block], before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """The same changes, each insertion or deletion where it joins another, else furthest down.

    Git does so too, hence two diffs of one base meet where git's would.
    """
    settled: list[Block] = []
    todo = found[::-1]
    while todo:
        block = todo.pop()
        above = block.before_start - settled[-1].before_end if settled else -1
        if _slide(block, -1, above, before, after) == above:
            todo.append(settled.pop().through(block.moved(-above, -above)))
            continue
        below = (todo[-1].before_start if todo else len(before)) - block.before_end
        down = _slide(block, 1, below, before, after)
        block = block.moved(down, down)
        if todo and down == below:
            todo.append(block.through(todo.pop()))
        else:
            settled.append(block)
    return settled


def _slide(block: Block, step: int, most: int, before: Sequence[str], after: Sequence[str]) -> int:
    """How far, up to `most` lines, `block` can move up (`step` -1) or down (1)."""
    if block.before_start == block.before_end:
        lines, start, end = after, block.after_start, block.after_end
    elif block.after_start == block.after_end:
        lines, start, end = before, block.before_start, block.before_end
    else:
        return 0
    leaves, enters = (start, end) if step > 0 else (end - 1, start - 1)
    moved = 0
    while moved < most and lines[leaves + moved * step] == lines[enters + moved * step]:
        moved += 1
    return moved
