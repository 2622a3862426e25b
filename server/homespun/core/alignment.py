"""Which lines of two texts belong together: what every diff and merge of ours stands on.

Common head and tail first, since most changes are one hunk. Then patience anchors: lines that
each side has exactly once are surely the same line (https://bramcohen.livejournal.com/73318.html).
Between two anchors a longest common subsequence, bit-parallel in rapidfuzz. Last, an insertion or
deletion that could as well stand elsewhere ("one more blank line") is moved to a certain place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count, pairwise
from operator import ne

# A longest common subsequence takes one bit for each pair of lines: 8 MB, some 20 ms.
_MAX_PAIRS = 1 << 26

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `before_start:before_end` were replaced by lines `after_start:after_end`."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int

    def moved(self, before: int, after: int) -> Block:
        """The same, so many lines further down on each side."""
        return Block(
            self.before_start + before,
            self.before_end + before,
            self.after_start + after,
            self.after_end + after,
        )

    def through(self, last: Block) -> Block:
        """This block, `last` further down, and what lies between them, as one."""
        return Block(self.before_start, last.before_end, self.after_start, last.after_end)


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
    found = [block.moved(head, head) for block in _between(old, new)]
    return _settled(found, before, after)


def _common_head(before: Sequence[str], after: Sequence[str]) -> int:
    most = min(len(before), len(after))
    return next(compress(count(), map(ne, before, after)), most)


def _common_tail(before: Sequence[str], after: Sequence[str], most: int) -> int:
    found = compress(count(), map(ne, reversed(before), reversed(after)))
    return min(next(found, most), most)


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """The changes, cut up at the lines that surely agree."""
    if not old or not new:
        yield Block(0, len(old), 0, len(new))
        return
    for gap in _around(_rising(_unique_pairs(old, new)), len(old), len(new)):
        yield from _within(old, new, gap)


def _unique_pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Where the lines stand that `old` and `new` each have exactly once."""
    old_places, old_repeated = _places(old)
    new_places, new_repeated = _places(new)
    repeated = old_repeated | new_repeated
    return [
        (i, new_places[line])
        for line, i in old_places.items()
        if line in new_places and line not in repeated
    ]


def _places(lines: Sequence[str]) -> tuple[dict[str, int], set[str]]:
    """The last place of each line, and the lines that have more than one."""
    places = dict(zip(lines, range(len(lines)), strict=True))
    if len(places) == len(lines):
        return places, set()
    return places, {line for at, line in enumerate(lines) if places[line] != at}


def _numbered_pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The same for lines that repeat: the third "}" of `old` goes with the third of `new`."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(reversed(new)):
        places[line].append(len(new) - 1 - at)
    return [(at, places[line].pop()) for at, line in enumerate(old) if places[line]]


def _rising(pairs: list[Pair]) -> list[Pair]:
    """The longest choice of `pairs`, given in rising order of one side, that rises on both."""
    if all(one[1] < next_[1] for one, next_ in pairwise(pairs)):
        return pairs
    lowest: list[int] = []  # the lowest end of a chain of each length
    holder: list[int] = []  # which pair that end is
    before: list[int] = []  # for each pair, the pair before it in its chain
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(lowest, place)
        before.append(holder[length - 1] if length else -1)
        lowest[length : length + 1] = [place]
        holder[length : length + 1] = [number]
    chain: list[Pair] = []
    number = holder[-1]
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _around(anchors: Iterable[Pair], old_end: int, new_end: int) -> Iterator[Block]:
    """What lies between the anchors."""
    i = j = 0
    for anchor_i, anchor_j in (*anchors, (old_end, new_end)):
        if anchor_i != i or anchor_j != j:
            yield Block(i, anchor_i, j, anchor_j)
        i, j = anchor_i + 1, anchor_j + 1


def _within(old: Sequence[str], new: Sequence[str], gap: Block) -> Iterator[Block]:
    """The changes within a gap that has no anchors left."""
    left = old[gap.before_start : gap.before_end]
    right = new[gap.after_start : gap.after_end]
    if left == right:
        return
    if len(left) * len(right) <= _MAX_PAIRS:
        yield from (b.moved(gap.before_start, gap.after_start) for b in _smallest(left, right))
        return
    for rest in _around(_rising(_numbered_pairs(left, right)), len(left), len(right)):
        yield rest.moved(gap.before_start, gap.after_start)


def _smallest(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """The changes around a longest common subsequence."""
    if not old or not new:
        yield Block(0, len(old), 0, len(new))
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
