"""Text as editors count it: lines, offsets, and positions in utf-8, utf-16 and utf-32.

An *offset* is a number of characters (code points) from the start of the text. A *position* is
LSP's: a line and a number of code units of the negotiated encoding within that line. Line ends
are LSP's three and no others: `\\n`, `\\r\\n`, `\\r`
(https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from homespun.core.units import Encoding, index, width

__all__ = ["Encoding", "Position", "Range", "Snapshot", "Span", "content", "split_lines"]

# What `str.splitlines` takes for line ends and LSP doesn't.
_NO_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text as LSP names it; `character` counts code units of the encoding in use."""

    line: int
    character: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Two positions, `end` exclusive."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a text in characters, `end` exclusive."""

    start: int
    end: int


def split_lines(text: str) -> list[str]:
    """`text` cut after each LSP line end, ends kept; joining gives `text` back.

    Always at least one line: the text after the last line end is a line even where it is empty,
    as editors count it.
    """
    if any(mark in text for mark in _NO_LINE_ENDS):
        lines: list[str] = _LINE.findall(text)
    else:
        lines = text.splitlines(keepends=True)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def content(line: str) -> str:
    """`line` without its line end."""
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


class Snapshot:
    """One document at one moment, never changing: what a job saw and is compared against.

    Made from lines (with their ends) in O(1); everything else is derived when first needed.
    """

    def __init__(
        self,
        uri: str,
        lines: Sequence[str],
        version: int | None = None,
        language_id: str = "",
    ) -> None:
        """`lines` as `split_lines` gives them; `version` is the editor's, None for a disk file."""
        self.uri: Final = uri
        self.lines: Final[tuple[str, ...]] = tuple(lines)
        self.version: Final = version
        self.language_id: Final = language_id

    @classmethod
    def of(cls, uri: str, text: str, version: int | None = None, language_id: str = "") -> Snapshot:
        """A snapshot of `text`."""
        snapshot = cls(uri, split_lines(text), version, language_id)
        snapshot.__dict__["text"] = text
        return snapshot

    @cached_property
    def text(self) -> str:
        """The whole text, joined when first asked for."""
        return "".join(self.lines)

    @cached_property
    def _starts(self) -> list[int]:
        """The offset of each line's start, and last the length of the text."""
        return list(accumulate(map(len, self.lines), initial=0))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The offset of `position`; past the end of a line or of the text it is the end of it.

        A position inside a surrogate pair or a utf-8 sequence is moved to the character's start.
        """
        if position.line < 0:
            return 0
        if position.line >= len(self.lines):
            return self._starts[-1]
        line = content(self.lines[position.line])
        return self._starts[position.line] + index(line, position.character, encoding)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of `offset` (clamped to the text; between `\\r` and `\\n`, before both)."""
        line = self.line_at(offset)
        column = max(0, offset - self._starts[line])
        return Position(line, width(content(self.lines[line])[:column], encoding))

    def span(self, range_: Range, encoding: Encoding) -> Span:
        """The span of `range_`, clamped, and never reversed."""
        start, end = self.offset(range_.start, encoding), self.offset(range_.end, encoding)
        return Span(min(start, end), max(start, end))

    def range(self, span: Span, encoding: Encoding) -> Range:
        """The range of `span`."""
        return Range(self.position(span.start, encoding), self.position(span.end, encoding))

    def line_at(self, offset: int) -> int:
        """The line (from 0) that holds `offset`."""
        return max(0, min(bisect_right(self._starts, offset), len(self.lines)) - 1)

    def line_span(self, first: int, last: int) -> Span:
        """The span of the whole lines `first` to `last` (from 0, both included, ends included).

        Lines that the text doesn't have are left out.
        """
        count = len(self.lines)
        start = self._starts[max(0, min(first, count))]
        return Span(start, max(start, self._starts[max(0, min(last + 1, count))]))

    @cached_property
    def line_end(self) -> str:
        """The line end that most lines of the text have; `\\n` where there is none."""
        pairs = self.text.count("\r\n")
        counts = {
            "\n": self.text.count("\n") - pairs,
            "\r\n": pairs,
            "\r": self.text.count("\r") - pairs,
        }
        return max(counts, key=counts.__getitem__)
