"""Text as editors count it: lines, offsets, and positions in utf-8, utf-16 and utf-32.

An *offset* is a number of characters (code points) from the start of the text. A *position* is
LSP's: a line and a number of code units of the negotiated encoding within that line. Line ends
are LSP's three and no others: `\\n`, `\\r\\n`, `\\r`
(https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]


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
    raise NotImplementedError


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
        raise NotImplementedError

    @classmethod
    def of(cls, uri: str, text: str, version: int | None = None, language_id: str = "") -> Snapshot:
        """A snapshot of `text`."""
        raise NotImplementedError

    uri: str
    version: int | None
    language_id: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole text, joined when first asked for."""
        raise NotImplementedError

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The offset of `position`; past the end of a line or of the text it is the end of it.

        A position inside a surrogate pair or a utf-8 sequence is moved to the character's start.
        """
        raise NotImplementedError

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of `offset` (clamped to the text)."""
        raise NotImplementedError

    def span(self, range_: Range, encoding: Encoding) -> Span:
        """The span of `range_`, clamped, and never reversed."""
        raise NotImplementedError

    def range(self, span: Span, encoding: Encoding) -> Range:
        """The range of `span`."""
        raise NotImplementedError

    def line_at(self, offset: int) -> int:
        """The line (from 0) that holds `offset`."""
        raise NotImplementedError

    def line_span(self, first: int, last: int) -> Span:
        """The span of the whole lines `first` to `last` (from 0, both included, ends included)."""
        raise NotImplementedError

    @property
    def line_end(self) -> str:
        """The line end that most lines of the text have; `\\n` where there is none."""
        raise NotImplementedError
