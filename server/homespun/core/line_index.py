"""A text's lines, to be found by what they say."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from operator import sub

from homespun.core.text import Snapshot, content, split_lines

_USUAL = "    "
_SAMPLE = 3_000
"""Lines of a text that tell how it is indented."""
_LEVEL = re.compile(r"^([^\S\n]*)\S", re.MULTILINE)


def indentation(line: str) -> str:
    """The white space that `line` begins with."""
    return line[: len(line) - len(line.lstrip())]


class LineIndex:
    """The lines of `text` without their ends; what stands after the last line end is no line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines, self.starts = _cut(text)
        """The lines, and the offset of each one's start; last the length of the text."""

    @cached_property
    def keys(self) -> Sequence[str]:
        """What each line says, without the white space around it."""
        return list(map(str.strip, self.lines))

    @property
    def said(self) -> Collection[str]:
        """Everything that any line says, once."""
        return self._last.keys()

    def places(self, key: str) -> Sequence[int]:
        """The lines (from 0) that say `key`."""
        last = self._last.get(key)
        if last is None:
            return ()
        return self._repeated.get(key, (last,))

    @cached_property
    def _last(self) -> Mapping[str, int]:
        """The last line that says a thing."""
        return dict(zip(self.keys, range(len(self.keys)), strict=True))

    @cached_property
    def _repeated(self) -> Mapping[str, Sequence[int]]:
        """The lines that say what others say too. Most lines say what no other does."""
        places: dict[str, list[int]] = {
            key: [] for number, key in enumerate(self.keys) if self._last[key] != number
        }
        for number, key in enumerate(self.keys):
            if key in places:
                places[key].append(number)
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
        return indent_unit(self.lines[:_SAMPLE])

    def end_of(self, line: int) -> int:
        """The offset of the end of line `line`, before its line end."""
        return self.starts[line] + len(self.lines[line])

    def line_at(self, offset: int) -> int:
        """The line (from 0) that holds `offset`."""
        return bisect_right(self.starts, offset, hi=len(self.lines)) - 1


def _cut(text: str) -> tuple[Sequence[str], Sequence[int]]:
    """The lines of `text` without their ends, and their starts with the end of the last."""
    if "\r" in text:
        ended = split_lines(text)
        lines, lengths = [content(line) for line in ended], map(len, ended)
    else:
        lines = text.split("\n")
        lengths = map((1).__add__, map(len, lines))
    starts = list(accumulate(lengths, initial=0))
    if not lines[-1]:
        lines.pop()
        starts.pop()
    starts[-1] = len(text)
    return lines, starts


def indent_unit(lines: Iterable[str]) -> str:
    """The step by which `lines` are indented: a tab or some spaces; four where none tells.

    "" where no line is indented.
    """
    levels: list[str] = _LEVEL.findall("\n".join(lines))
    if not any(levels):
        return ""
    if _has_tabs(Counter(levels)):
        return "\t"
    widths = list(map(len, levels))
    steps = Counter(map(sub, widths[1:], widths))
    return next((" " * step for step, _ in steps.most_common() if step > 1), _USUAL)


def smallest_step(lines: Iterable[str]) -> str:
    """The same for a few lines in no certain order: the smallest difference between levels."""
    levels = {indentation(line) for line in lines if line.strip()}
    if _has_tabs(Counter(levels)):
        return "\t"
    widths = sorted({0, *map(len, levels)})
    return " " * min((b - a for a, b in pairwise(widths) if b - a > 1), default=len(_USUAL))


def _has_tabs(levels: Mapping[str, int]) -> bool:
    """Whether more of `levels` (with how often they come) begin with a tab than with a space."""
    tabs = sum(count for level, count in levels.items() if level.startswith("\t"))
    return tabs > sum(count for level, count in levels.items() if level.startswith(" "))
