"""One change of a diff by lines, and which lines the changes of a diff remove and add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Block(NamedTuple):
    """Lines `before_start:before_end` were replaced by lines `after_start:after_end`.

    A tuple, since a diff makes thousands, and a frozen dataclass takes thrice as long to make.
    """

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


def removed(before: Sequence[str], changes: Iterable[Block]) -> set[str]:
    """The lines that the changes take out of `before`, each once."""
    return {line for change in changes for line in before[change.before_start : change.before_end]}


def added(after: Sequence[str], changes: Iterable[Block]) -> set[str]:
    """The lines that the changes bring into `after`, each once."""
    return {line for change in changes for line in after[change.after_start : change.after_end]}


def moves(before: Sequence[str], after: Sequence[str], changes: Sequence[Block]) -> bool:
    """Whether any line was removed in one place and added in another.

    Where none was, the changes match as many copies of each line as both texts have: no diff of
    the two is smaller.
    """
    return not removed(before, changes).isdisjoint(added(after, changes))
