"""The places of a text where a hunk's find-text stands: as it is, or with other white space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from homespun.core.diff import Edit, blocks
from homespun.core.indentation import Levels, learn
from homespun.core.line_index import LineIndex
from homespun.core.reply import FindReplace
from homespun.core.text import content, split_lines

MAX_MATCHES = 20
"""More places than these are not told apart."""
_RUNS = frozenset("=-+<>&|*/#!.:~^%@")
"""Marks that mean something else when they stand twice; brackets and quotes do not."""
_LINE_BORDERS = ("", "\n", "\r")
"""What may stand next to the first and the last character of a line; "" is the text's border."""


@dataclass(frozen=True, slots=True)
class Match:
    """One place for a hunk: its span, its first line (from 0), and what would be edited there.

    `edits` is None where the new lines cannot be indented as the file is.
    """

    start: int
    end: int
    line: int
    edits: tuple[Edit, ...] | None


@dataclass(frozen=True, slots=True)
class _Lines:
    """A hunk as whole lines, without line ends."""

    find: Sequence[str]
    new: Sequence[str]


def matches(index: LineIndex, hunk: FindReplace) -> list[Match]:
    """Every place where `hunk` may belong, at most `MAX_MATCHES`.

    Whole lines that are exactly so come first and rule out the rest. Without any, lines that
    differ in white space count as much as text that starts within a line: which of the two was
    meant is not to be guessed.
    """
    whole = _Lines(hunk_lines(hunk.find), hunk_lines(hunk.replace))
    if exact := _exact_matches(index, whole):
        return exact
    tolerant = _tolerant_matches(index, whole)
    inside = [
        match
        for match in _within_lines(index, hunk)
        if not any(other.start <= match.start < other.end for other in tolerant)
    ]
    return (tolerant + inside)[:MAX_MATCHES]


def line_matches(index: LineIndex, hunk: FindReplace) -> list[Match]:
    """The same for whole lines alone."""
    whole = _Lines(hunk_lines(hunk.find), hunk_lines(hunk.replace))
    return _exact_matches(index, whole) or _tolerant_matches(index, whole)


def hunk_lines(text: str) -> list[str]:
    """The lines of a model's text, without line ends; nothing is no line at all."""
    lines = split_lines(text)
    if not lines[-1]:
        lines.pop()
    return [content(line) for line in lines]


def _exact(index: LineIndex, wanted: Sequence[str]) -> list[int]:
    size = len(wanted)
    found = (at for at in _candidates(index, wanted) if index.lines[at : at + size] == wanted)
    return list(islice(found, MAX_MATCHES))


def _candidates(index: LineIndex, wanted: Sequence[str]) -> Iterator[int]:
    """Where `wanted` would start, for each place of its rarest line."""
    keys = [line.strip() for line in wanted]
    counts = [(len(index.places(key)), offset) for offset, key in enumerate(keys) if key]
    if not counts:
        return
    _, offset = min(counts)
    for place in index.places(keys[offset]):
        at = place - offset
        if at >= 0 and index.keys[at : at + len(keys)] == keys:
            yield at


def _exact_matches(index: LineIndex, hunk: _Lines) -> list[Match]:
    return [match for at in _exact(index, hunk.find) if (match := _match(index, hunk, at))]


def _tolerant_matches(index: LineIndex, hunk: _Lines) -> list[Match]:
    return _tolerant(index, hunk) or _tolerant(index, _without_blank_borders(hunk))


def _tolerant(index: LineIndex, hunk: _Lines) -> list[Match]:
    tried = (_match(index, hunk, at) for at in _candidates(index, hunk.find))
    return list(islice((match for match in tried if match is not None), MAX_MATCHES))


def _match(index: LineIndex, hunk: _Lines, at: int) -> Match | None:
    """The match of `hunk` at line `at`, where its lines say the same; None: not so indented."""
    end = at + len(hunk.find)
    levels = learn(index.lines[at:end], hunk.find, hunk.new, index.indent_unit)
    if levels is None:
        return None
    return Match(index.starts[at], index.starts[end], at, _edits(index, hunk, at, levels))


def _without_blank_borders(hunk: _Lines) -> _Lines:
    """The hunk without the blank lines that `find` begins or ends with, nor as many in `new`."""
    find, new = list(hunk.find), list(hunk.new)
    for border in (0, -1):
        while find and not find[border].strip():
            find.pop(border)
            if new and not new[border].strip():
                new.pop(border)
    return _Lines(find, new)


def _edits(index: LineIndex, hunk: _Lines, at: int, levels: Levels) -> tuple[Edit, ...] | None:
    """What changes: lines that the hunk only repeats stay as the file has them."""
    edits: list[Edit] = []
    for block in blocks(hunk.find, hunk.new):
        added = range(block.after_start, block.after_end)
        lines = [levels.indent(hunk.new, number) for number in added]
        known = [line for line in lines if line is not None]
        if len(known) < len(lines):
            return None
        edits.append(line_edit(index, at + block.before_start, at + block.before_end, known))
    return tuple(edits)


def line_edit(index: LineIndex, first: int, end: int, lines: Sequence[str]) -> Edit:
    """Put `lines` in the place of the lines `first` to `end` (exclusive).

    New lines end as the file's do; a text without a line end at its end stays without one.
    """
    text = "".join(line + index.line_end for line in lines)
    start, stop = index.starts[first], index.starts[end]
    open_end = stop == len(index.text) and end > 0 and index.end_of(end - 1) == stop
    if not open_end:
        return Edit(start, stop, text)
    if first == end:
        return Edit(stop, stop, index.line_end + text.removesuffix(index.line_end))
    if not lines and first > 0:
        start = index.end_of(first - 1)
    return Edit(start, stop, text.removesuffix(index.line_end))


@dataclass(frozen=True, slots=True)
class _Part:
    """A hunk as a part of lines, and whether it has to begin or to end where a line does."""

    find: str
    new: str
    begins_line: bool
    ends_line: bool

    def fits(self, text: str, at: int) -> bool:
        """Whether the lines of `text` begin and end around `at` as the find-text says."""
        end = at + len(self.find)
        begins = not self.begins_line or text[max(0, at - 1) : at] in _LINE_BORDERS
        return begins and (not self.ends_line or text[end : end + 1] in _LINE_BORDERS)


def _part(hunk: FindReplace, line_end: str) -> _Part:
    """`hunk` without one line end at either border of its find-text, nor the same of the new text.

    What a model writes there tells lines apart; the file's own line ends stay, or lines would join.
    """
    find, new = (_with_line_end(text, line_end) for text in (hunk.find, hunk.replace))
    ends_line = find.endswith(line_end)
    if ends_line:
        find, new = find.removesuffix(line_end), new.removesuffix(line_end)
    begins_line = find.startswith(line_end)
    if begins_line:
        find, new = find.removeprefix(line_end), new.removeprefix(line_end)
    return _Part(find, new, begins_line, ends_line)


def _within_lines(index: LineIndex, hunk: FindReplace) -> list[Match]:
    """Every place where the find-text stands as it is, cutting no word or operator in two."""
    # A search through all of the text takes long; most texts that are not there need none.
    if not all(_stands(index, line) for line in hunk_lines(hunk.find)[1:-1][:1]):
        return []
    part = _part(hunk, index.line_end)
    find, new = part.find, part.new
    found: list[Match] = []
    at = index.text.find(find)
    while at >= 0 and len(found) < MAX_MATCHES:
        end = at + len(find)
        if part.fits(index.text, at) and not _cuts(index.text, at) and not _cuts(index.text, end):
            edits = (Edit(at, end, new),) if new != find else ()
            found.append(Match(at, end, index.line_at(at), edits))
        at = index.text.find(find, at + 1)
    return found


def _stands(index: LineIndex, line: str) -> bool:
    """Whether any line of the text is exactly `line`."""
    return any(index.lines[place] == line for place in index.places(line.strip()))


def _with_line_end(text: str, line_end: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", line_end)


def _cuts(text: str, at: int) -> bool:
    """Whether a word, or a run of one mark such as `==` or `-----`, is cut in two at `at`."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (before == after and after in _RUNS) or (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
