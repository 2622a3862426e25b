"""A place in a text that goes on being changed, followed without keeping any of the texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from homespun.core.text import Position, Range, Snapshot, split_lines
from homespun.core.units import Encoding, width


@dataclass(frozen=True, slots=True)
class Change:
    """Which part of a text was replaced, and where the new text in its place ends."""

    start: Position
    end: Position
    new_end: Position

    @classmethod
    def of(cls, range_: Range, text: str, encoding: Encoding) -> Change:
        """The change that puts `text` in place of `range_` (a reversed one is taken as meant)."""
        start, end = sorted((range_.start, range_.end))
        lines = split_lines(text)
        before = start.character if len(lines) == 1 else 0
        new_end = Position(start.line + len(lines) - 1, before + width(lines[-1], encoding))
        return cls(start, end, new_end)

    @classmethod
    def between(cls, before: Snapshot, after: Snapshot, encoding: Encoding) -> Change:
        """The one change, as small as can be, that makes `after` of `before`."""
        start = _shared(before.text, after.text)
        end = _shared(before.text[start:][::-1], after.text[start:][::-1])
        return cls(
            before.position(start, encoding),
            before.position(len(before.text) - end, encoding),
            after.position(len(after.text) - end, encoding),
        )

    def followed(self, place: Range) -> Range | None:
        """`place` once this is made: with what came into it. None where nothing is left of it.

        An empty place stays empty, and is gone with its line. What is put in at the very start of
        a line that a place starts with comes before the place: mostly it is a line of its own.
        """
        if self._replaces(place):
            return None
        empty = place.start == place.end
        above = place.start.character == 0 and self.start == self.end == place.start
        start = self.new_end if above else self._moved(place.start, self.start)
        return Range(start, start if empty else self._moved(place.end, self.new_end))

    def _replaces(self, place: Range) -> bool:
        if place.start < place.end:
            return self.start <= place.start and place.end <= self.end
        line = Position(place.start.line, 0)
        whole = self.start <= line < self.end and place.end <= self.end
        return whole and self.start.line < self.end.line

    def _moved(self, at: Position, within: Position) -> Position:
        """A position once this is made; `within` is for those in the part that was replaced."""
        if at <= self.start:
            return at
        if at < self.end:
            return within
        if at.line > self.end.line:
            return Position(at.line + self.new_end.line - self.end.line, at.character)
        beyond = at.character - self.end.character
        return Position(self.new_end.line, self.new_end.character + beyond)


def followed(place: Range, changes: Iterable[Change]) -> Range | None:
    """`place` once `changes` are made one after the other; None where one of them replaced it."""
    for change in changes:
        moved = change.followed(place)
        if moved is None:
            return None
        place = moved
    return place


def _shared(one: str, other: str) -> int:
    """The number of characters that both begin with; by halves, for comparing slices is quick."""
    known, most = 0, min(len(one), len(other))
    while known < most:
        middle = (known + most + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            most = middle - 1
    return known
