"""The new text of a region, as a model gives it, made to fit where the old one stands.

Models get the substance right and the frame wrong: they drop the base indentation, add or lose
the last line end, and fence the text. The frame is the file's, so it is put back here.
"""

from __future__ import annotations

from homespun.core.text import Snapshot, Span, split_lines


def whole_lines(snapshot: Snapshot, span: Span) -> Span:
    """`span` widened to whole lines; a line that it only touches at its start stays out."""
    first = snapshot.line_at(span.start)
    last = snapshot.line_at(max(span.start, span.end - 1))
    return snapshot.line_span(first, last)


def fit_region(original: str, proposed: str) -> str:
    """`proposed` with the base indentation, the blank lines around and the final line end of
    `original`.

    An empty `proposed` deletes the region, line ends included.
    """
    if not proposed.strip():
        return ""
    before, body, after = framed(original)
    text = _indented_as(body, proposed.strip("\r\n"))
    return before + text + _final_line_end(body or original) + after


def framed(text: str) -> tuple[str, str, str]:
    """The blank lines that `text` begins with, what is between, and those that it ends with."""
    lines = split_lines(text)
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return "", "", ""
    first, last = filled[0], filled[-1] + 1
    return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])


def _final_line_end(text: str) -> str:
    for end in ("\r\n", "\n", "\r"):
        if text.endswith(end):
            return end
    return ""


def _indented_as(original: str, proposed: str) -> str:
    """Indent or dedent all of `proposed` where it starts at another level than `original`."""
    wanted, given = _base(original), _base(proposed)
    if wanted == given or _smallest(proposed) != given:
        return proposed
    if wanted != _smallest(original):
        return proposed
    return "".join(
        wanted + line[len(given) :] if line.strip() else line for line in split_lines(proposed)
    )


def _base(text: str) -> str:
    """The indentation of the first line that is not blank."""
    for line in split_lines(text):
        if line.strip():
            return _indentation(line)
    return ""


def _smallest(text: str) -> str:
    levels = [_indentation(line) for line in split_lines(text) if line.strip()]
    return min(levels, key=len, default="")


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
