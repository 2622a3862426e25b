"""The text of a file or of a region, as it comes line by line: to edits of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from homespun.core.diff import Edit
from homespun.core.line_index import indentation
from homespun.core.region import framed
from homespun.core.settling import Settling
from homespun.core.text import Snapshot, Span, content, split_lines

_BOM = "\ufeff"


class GrowingText:
    """The changes that are settled while the new text still comes; for a view.

    The frame is the file's: line ends, BOM, and of a region its base indentation.
    """

    def __init__(self, text: str, region: Span | None) -> None:
        """`region`: the part that the new text is of, None for all of `text`."""
        span = region or Span(len(text) - len(text.removeprefix(_BOM)), len(text))
        lines, above = text[span.start : span.end], ""
        if region is not None:
            above, lines, _ = framed(lines)
        start = span.start + len(above)
        self._starts = list(accumulate(map(len, split_lines(lines)), initial=start))
        self._line_end = Snapshot.of("", text).line_end
        self._old = [content(line) for line in split_lines(lines)] if lines else []
        self._settling = Settling(self._old)
        self._around = frozenset(map(str.strip, split_lines(text[: span.start]))) - {""}
        self._indented: tuple[str, str] | None = None if region else ("", "")
        self._readable = True

    def feed(self, text: str) -> Sequence[Edit]:
        """The edits that `text`, the next whole lines, settled: in order, not overlapping."""
        lines = [content(line) for line in split_lines(text.removeprefix(_BOM))[:-1]]
        if not self._old:
            start = self._starts[0]
            return [Edit(start, start, "".join(line + self._line_end for line in lines))]
        if self._indented is None:
            lines = self._begin(lines)
        if not self._readable or self._indented is None:
            return ()
        given, wanted = self._indented
        if given != wanted:
            self._readable = all(line.startswith(given) for line in lines if line.strip())
            lines = [wanted + line.removeprefix(given) if line.strip() else line for line in lines]
        return [
            Edit(
                self._starts[block.before_start],
                self._starts[block.before_end],
                "".join(line + self._line_end for line in self._settling.lines(block)),
            )
            for block in self._settling.feed(lines)
        ]

    def _begin(self, lines: list[str]) -> list[str]:
        """Learn from the first line that says something how the region's text is indented.

        The lines from there on. One that repeats what stands above the region will be mended when
        all is there; until then it cannot be told what belongs to the region.
        """
        while lines and not lines[0].strip():
            lines = lines[1:]
        if lines:
            first, old = lines[0], self._old[0]
            self._readable = first.strip() == old.strip() or first.strip() not in self._around
            self._indented = indentation(first), indentation(old)
        return lines
