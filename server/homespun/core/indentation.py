"""One indentation brought into another: a model's levels to those that a file really has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from homespun.core.line_index import indentation, smallest_step

_TAB = 4
"""How wide a tab counts when levels are compared; only the order matters."""
_WIDEST_STEP = 4
"""Spaces; a wider one is more likely two, and guessing would put code into another block."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Which indentation of the file belongs to which of the model's.

    `file_unit` is "" where nothing of the file is indented: then the model's own way counts.
    `first` is the first line's own, where the model left out just that line's indentation.
    """

    known: Mapping[str, str]
    model_unit: str
    file_unit: str
    first: str | None = None

    def indent(self, lines: Sequence[str], number: int) -> str | None:
        """Line `number` of the model's new `lines`, indented as the file is; None: can't tell."""
        line = lines[number]
        if not line.strip():
            return line
        level = indentation(line)
        if number == 0 and not level and self.first is not None:
            return self.first + line
        new = self._level(level)
        return None if new is None else new + line[len(level) :]

    def _level(self, level: str) -> str | None:
        """The file's indentation for `level`: as known, else reckoned from its nearest known."""
        if level in self.known:
            return self.known[level]
        shallower = [known for known in self.known if level.startswith(known)]
        if shallower:
            nearest = max(shallower, key=len)
            more = self._converted(level[len(nearest) :], level)
            return None if more is None else self.known[nearest] + more
        deeper = [known for known in self.known if known.startswith(level)]
        if not deeper:
            return None
        nearest = min(deeper, key=len)
        surplus = self._converted(nearest[len(level) :], nearest)
        found = self.known[nearest]
        return None if surplus is None or not found.endswith(surplus) else found[: -len(surplus)]

    def _converted(self, steps: str, level: str) -> str | None:
        """`steps` of the model's indentation, at the end of `level`, as the file writes them.

        None where it writes them otherwise, and how wide one of the model's is cannot be told.
        """
        for ours, theirs in self._seen_steps():
            if converted := _times(steps, ours, theirs):
                return converted
        if not self._other_style(level):
            return steps
        if len(self.model_unit) > _WIDEST_STEP:
            return None
        return _times(steps, self.model_unit, self.file_unit) or steps

    def _seen_steps(self) -> list[tuple[str, str]]:
        """How known levels that follow each other differ, in the model's text and in the file."""
        ordered = sorted(self.known, key=len)
        return [
            (b[len(a) :], self.known[b][len(self.known[a]) :])
            for a, b in pairwise(ordered)
            if b.startswith(a) and self.known[b].startswith(self.known[a])
        ]

    def _other_style(self, level: str) -> bool:
        """Whether it is tabs where the file has spaces, or only spaces where it has tabs."""
        if not self.file_unit:
            return False
        tabs = "\t" in level
        return tabs != (self.file_unit == "\t") and not (tabs and " " in level)


def _times(steps: str, ours: str, theirs: str) -> str:
    """`theirs`, as often as `steps` is `ours`; "" where it is not just that."""
    count, rest = divmod(len(steps), len(ours))
    return theirs * count if not rest and ours * count == steps else ""


def learn(
    found: Sequence[str], model: Sequence[str], new: Sequence[str], unit: str
) -> Levels | None:
    """How the file's lines `found` are indented where the model wrote `model`.

    Both say the same, line by line. `new` is what the model wants there instead, `unit` the
    file's step. None where no order of levels explains it: then it is another place.
    """
    pairs = [
        (indentation(ours), indentation(theirs))
        for ours, theirs in zip(model, found, strict=True)
        if ours.strip()
    ]
    model_unit = smallest_step([*model, *new])
    known = _consistent(pairs)
    if known is not None:
        return Levels(known, model_unit, unit)
    if pairs[0][0]:
        return None
    known = _consistent(pairs[1:])
    if known is None or "" in known:
        return None
    return Levels(known, model_unit, unit, pairs[0][1])


def _consistent(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str] | None:
    known = dict(pairs)
    if all(ours == theirs for ours, theirs in pairs):
        return known
    if any(known[ours] != theirs for ours, theirs in pairs):
        return None
    ordered = sorted(known, key=_width)
    widths = [_width(known[level]) for level in ordered]
    return known if all(a < b for a, b in pairwise(widths)) else None


def _width(level: str) -> int:
    return len(level.expandtabs(_TAB))
