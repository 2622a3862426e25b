"""A text's lines, to be found by what they say."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from homespun.core.text import Snapshot, content, split_lines

_USUAL = "    "


def indentation(line: str) -> str:
    """The white space that `line` begins with."""
    return line[: len(line) - len(line.lstrip())]


class LineIndex:
    """The lines of `text` without their ends; what stands after the last line end is no line."""

    def __init__(self, text: str) -> None:
        cut = split_lines(text)
        if not cut[-1]:
            cut.pop()
        self.text = text
        self.lines = [content(line) for line in cut]
        self._lengths = [len(line) for line in cut]

    @cached_property
    def starts(self) -> Sequence[int]:
        """The offset of each line's start, and last the length of the text."""
        return list(accumulate(self._lengths, initial=0))

    @cached_property
    def keys(self) -> Sequence[str]:
        """What each line says, without the white space around it."""
        return [line.strip() for line in self.lines]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The lines (from 0) that say a thing, by what they say."""
        places: dict[str, list[int]] = {}
        for number, key in enumerate(self.keys):
            places.setdefault(key, []).append(number)
        return places

    @cached_property
    def line_end(self) -> str:
        """The line end that most lines have."""
        return Snapshot.of("", self.text).line_end

    @cached_property
    def indent_unit(self) -> str:
        """One step of indentation: a tab, or so many spaces as most steps have (else four).

        "" where no line is indented.
        """
        return indent_unit(self.lines)

    def end_of(self, line: int) -> int:
        """The offset of the end of line `line`, before its line end."""
        return self.starts[line] + len(self.lines[line])

    def line_at(self, offset: int) -> int:
        """The line (from 0) that holds `offset`."""
        return bisect_right(self.starts, offset, hi=len(self.lines)) - 1


def indent_unit(lines: Iterable[str]) -> str:
    """The step by which `lines` are indented: a tab or some spaces; four where none tells.

    "" where no line is indented.
    """
    levels = [indentation(line) for line in lines if line.strip()]
    if not any(levels):
        return ""
    if _has_tabs(levels):
        return "\t"
    steps = Counter(len(b) - len(a) for a, b in pairwise(levels) if len(b) - len(a) > 1)
    return " " * steps.most_common(1)[0][0] if steps else _USUAL


def smallest_step(lines: Iterable[str]) -> str:
    """The same for a few lines in no certain order: the smallest difference between levels."""
    levels = {indentation(line) for line in lines if line.strip()}
    if _has_tabs(levels):
        return "\t"
    widths = sorted({0, *map(len, levels)})
    return " " * min((b - a for a, b in pairwise(widths) if b - a > 1), default=len(_USUAL))


def _has_tabs(levels: Collection[str]) -> bool:
    tabs = sum(level.startswith("\t") for level in levels)
    return tabs > sum(level.startswith(" ") for level in levels)
