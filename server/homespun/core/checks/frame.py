"""The frame of a text that a model gives whole: line ends, BOM, last line end, neighbours.

Models get the substance right and the frame wrong. The frame is the file's own, so it is put
back rather than held against the change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from homespun.core.text import Snapshot, Span, content, split_lines
from homespun.errors import Malformed

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n|\r")
_REPEATS = 2
"""Fewer lines than these may be alike by chance."""
_PROVES = 4
"""So many lines from around the region, in one run, are no chance."""


def settle(before: str, proposed: str) -> str:
    """`proposed` with the line ends, the BOM and the last line end that `before` has.

    Where `before` mixes line ends, lines that are still there keep their own. A `before` that
    is empty has no frame to keep.
    """
    if not before:
        return proposed
    bom = _BOM if before.startswith(_BOM) else ""
    text = _with_last_line_end(before, proposed.removeprefix(_BOM))
    return bom + _with_line_ends(before, text)


def _with_line_ends(before: str, text: str) -> str:
    wanted = Snapshot.of("", before).line_end
    if len(set(_LINE_END.findall(before))) > 1:
        return _with_own_line_ends(before, text, wanted)
    return _LINE_END.sub(lambda _: wanted, text)


def _with_own_line_ends(before: str, text: str, wanted: str) -> str:
    own = {said: end for said, end in map(_cut_end, reversed(split_lines(before))) if said and end}
    pieces: list[str] = []
    for said, end in map(_cut_end, split_lines(text)):
        ended = said + (own.get(said, wanted) if end else "")
        if ended == "\n" and pieces and pieces[-1].endswith("\r"):
            ended = "\r"  # Else the two would be one line end.
        pieces.append(ended)
    return "".join(pieces)


def _cut_end(line: str) -> tuple[str, str]:
    """What `line` says, and its line end ("" where it has none)."""
    said = content(line)
    return said, line[len(said) :]


def _with_last_line_end(before: str, text: str) -> str:
    if not text.strip():
        return text
    if not before.endswith(("\n", "\r")):
        return text.rstrip("\r\n")
    return text if text.endswith(("\n", "\r")) else text + "\n"


def trim_region(text: str, span: Span, proposed: str) -> str:
    """`proposed`, the new text of `span`, without lines from around it that it repeats.

    Two lines or more that stand right before or after `span` are taken off, unless the span's
    own text begins or ends with them too. Raises `Malformed` where lines from around it stand
    in the midst of `proposed`, or nothing else does: then it is not certain what belongs to the
    region.
    """
    above = _lines(text[: span.start])
    below = _lines(text[span.end :])
    old, new = _lines(text[span.start : span.end]), _lines(proposed)
    head = _repeated_head(above, old, new)
    tail = _repeated_head(below[::-1], old[::-1], new[::-1])
    tail = min(tail, len(new) - head)
    kept = new[head : len(new) - tail]
    nothing_else = (head or tail) and not _said(kept)
    midst = (_said(above)[-_PROVES:], _said(below)[:_PROVES])
    if nothing_else or any(_holds(kept, run, old) for run in midst):
        raise Malformed(
            "The reply repeats lines from around the region, in the place of its own.",
            "Ask again for the region's own lines and no others.",
        )
    return "".join(split_lines(proposed)[head : len(new) - tail]) if head or tail else proposed


def _lines(text: str) -> list[str]:
    lines = [content(line).rstrip() for line in split_lines(text)]
    return lines if lines[-1] else lines[:-1]


def _repeated_head(around: Sequence[str], old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines `new` begins with that `around` ends with, and `old` does not begin with."""
    for size in range(min(len(around), len(new)), _REPEATS - 1, -1):
        repeated = around[len(around) - size :]
        if new[:size] == repeated and len(_said(repeated)) >= _REPEATS and old[:size] != repeated:
            return size
    return 0


def _said(lines: Sequence[str]) -> list[str]:
    """The lines that are not blank."""
    return [line for line in lines if line]


def _holds(lines: Sequence[str], run: Sequence[str], old: Sequence[str]) -> bool:
    """Whether `run` stands in `lines`, blank lines aside, and did not stand in `old`."""
    if len(run) < _PROVES:
        return False
    return _has_run(_said(lines), run) and not _has_run(_said(old), run)


def _has_run(lines: Sequence[str], run: Sequence[str]) -> bool:
    size = len(run)
    return any(lines[at : at + size] == run for at in range(len(lines) - size + 1))
