"""Which changes of a text are settled while its new text still comes, line by line?

A change is settled once as many lines have come unchanged after it as it takes away: then no later
line makes another reading of it much better. It is for a view: the whole text decides.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from homespun.core.alignment import blocks
from homespun.core.block import Block

_CERTAIN = 2
"""So many unchanged lines are asked for at least; three where the first of them is not unique."""
_BACK = 50
"""Lines that are looked back over for where the unchanged ones begin."""


class Settling:
    """The changes from `old` to a text that comes line by line; in time linear in its length."""

    def __init__(self, old: Sequence[str]) -> None:
        """`old`: the lines without their ends."""
        self._old = old
        self._new: list[str] = []
        self._places = _places(old)
        self._old_done = self._new_done = 0
        self._run: tuple[int, int, int] | None = None
        """Where unchanged lines begin in both texts, and how many are asked for."""

    def feed(self, lines: Sequence[str]) -> list[Block]:
        """The changes that `lines`, the next ones, settled: in order, each once."""
        found: list[Block] = []
        for line in lines:
            self._new.append(line)
            if self._open or not self._goes_on(self._old_done, line):
                found += self._follow(line)
            else:
                self._old_done += 1
                self._new_done += 1
        return found

    @property
    def _open(self) -> bool:
        """Whether a change has begun that is not settled."""
        return self._new_done < len(self._new) - 1

    def _goes_on(self, at: int, line: str) -> bool:
        return at < len(self._old) and self._old[at] == line

    def _follow(self, line: str) -> list[Block]:
        """`line` belongs to an open change, or to the unchanged lines after it."""
        if self._run is not None:
            old, new, _ = self._run
            if not self._goes_on(old + len(self._new) - 1 - new, line):
                self._run = None
        if self._run is None:
            self._run = self._begin(line)
        return self._settle() if self._run is not None else []

    def _begin(self, line: str) -> tuple[int, int, int] | None:
        """The run of unchanged lines that ends with `line`, if it stands further down in `old`."""
        places = self._places.get(line, ())
        at = bisect_left(places, self._old_done)
        if at == len(places):
            return None
        old, new = places[at], len(self._new) - 1
        most = min(old - self._old_done, new - self._new_done, _BACK)
        back = 0
        while back < most and self._old[old - back - 1] == self._new[new - back - 1]:
            back += 1
        certain = _CERTAIN if len(places) == 1 else _CERTAIN + 1
        return old - back, new - back, max(certain, old - back - self._old_done)

    def _settle(self) -> list[Block]:
        """The changes before the run, once it is long enough."""
        if self._run is None:
            return []
        old, new, needed = self._run
        size = len(self._new) - new
        if size < needed:
            return []
        before = self._old[self._old_done : old + size]
        found = blocks(before, self._new[self._new_done :])
        found = [block.moved(self._old_done, self._new_done) for block in found]
        self._old_done, self._new_done, self._run = old + size, len(self._new), None
        return found

    def lines(self, block: Block) -> Sequence[str]:
        """The new lines of a settled change."""
        return self._new[block.after_start : block.after_end]


def _places(lines: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Where each line stands; blank ones prove nothing."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.strip():
            places.setdefault(line, []).append(number)
    return places
