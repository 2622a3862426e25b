"""Where do a model's hunks belong? Exactly there, there but for white space, or refused.

Measured elsewhere: allowing for white space fails nine times less than exact text alone. A hunk
that could stand in two places is never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from homespun.core.closest import ClosestPlace
from homespun.core.diff import Edit
from homespun.core.elision import marks_omission
from homespun.core.line_index import LineIndex
from homespun.core.matching import MAX_MATCHES, Match, hunk_lines, line_matches, matches
from homespun.core.reply import FindReplace
from homespun.core.text import Span

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A hunk (`index` from 0) that has no certain place, and why, for the user and the model.

    `closest_line` (from 1) is where text most like it stands, `closest` that text; None and ""
    where nothing is like it, or likeness was not the trouble.
    """

    index: int
    reason: str
    closest_line: int | None = None
    closest: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """The edits of all hunks, in order, not overlapping; none at all where any hunk failed."""

    edits: tuple[Edit, ...]
    failures: tuple[Unplaced, ...]


def place(text: str, hunks: Sequence[FindReplace], within: Span | None = None) -> Placement:
    """Find each hunk's place in `text`, in any order of hunks.

    Of several places, the only one that touches `within` is taken, or the only one between the
    places of the hunks before and after. Line ends are those of `text`; white space around
    lines, blank lines at a hunk's borders and the depth of indentation may differ. A BOM is no part
    of the first line.
    """
    if not text.startswith(_BOM):
        return _Placing(text, within).place(hunks)
    plain = [FindReplace(h.find.removeprefix(_BOM), h.replace.removeprefix(_BOM)) for h in hunks]
    placement = _Placing(text[1:], _without_bom(within)).place(plain)
    edits = (Edit(edit.start + 1, edit.end + 1, edit.text) for edit in placement.edits)
    return replace(placement, edits=tuple(edits))


class Places:
    """A text in which hunks are placed as they come, each by itself: for a view."""

    def __init__(self, text: str, within: Span | None = None) -> None:
        """`within` decides between several places, as for `place`."""
        self._bom = text.startswith(_BOM)
        inside = _without_bom(within) if self._bom else within
        self._placing = _Placing(text.removeprefix(_BOM), inside)

    def edits(self, hunk: FindReplace) -> tuple[Edit, ...]:
        """What `hunk` changes; nothing where it has no one certain place without the others."""
        bom = int(self._bom)
        if bom:
            hunk = FindReplace(hunk.find.removeprefix(_BOM), hunk.replace.removeprefix(_BOM))
        found = self._placing.alone(hunk)
        return tuple(Edit(edit.start + bom, edit.end + bom, edit.text) for edit in found)


def _without_bom(within: Span | None) -> Span | None:
    return within and Span(max(0, within.start - 1), max(0, within.end - 1))


class _Placing:
    def __init__(self, text: str, within: Span | None) -> None:
        self._index = LineIndex(text)
        self._within = within
        self._closest = ClosestPlace(self._index)

    def place(self, hunks: Sequence[FindReplace]) -> Placement:
        found: list[list[Match] | Unplaced] = []
        numbers = [number for number, hunk in enumerate(hunks) if hunk not in hunks[:number]]
        for number in numbers:
            found.append(self._find(number, hunks[number]))
        chosen = [self._choose(number, position, found) for position, number in enumerate(numbers)]
        failures = [choice for choice in chosen if isinstance(choice, Unplaced)]
        placed = [
            (choice, number)
            for choice, number in zip(chosen, numbers, strict=True)
            if isinstance(choice, Match)
        ]
        failures += _overlaps(placed)
        if failures:
            return Placement((), tuple(sorted(failures, key=lambda failure: failure.index)))
        edits = [edit for match, _ in sorted(placed, key=_by_start) for edit in match.edits or ()]
        return Placement(tuple(sorted(edits, key=lambda edit: (edit.start, edit.end))), ())

    def alone(self, hunk: FindReplace) -> Sequence[Edit]:
        """The edits of one hunk that needs no others to be placed; nothing where it does."""
        if not hunk.find.strip():
            return ()
        found = matches(self._index, hunk)
        if len(found) > 1:
            found = self._inside(found)
        return found[0].edits or () if len(found) == 1 else ()

    def _find(self, number: int, hunk: FindReplace) -> list[Match] | Unplaced:
        if not hunk.find.strip():
            return self._fill(number, hunk)
        return matches(self._index, hunk) or self._elided(number, hunk)

    def _fill(self, number: int, hunk: FindReplace) -> list[Match] | Unplaced:
        """Nothing to find: the text of a file that is empty so far, and nothing else."""
        if self._index.text.strip():
            reason = (
                "the text to find is empty, so its place is not known; repeat a line next to it"
            )
            return Unplaced(number, reason)
        whole = Edit(0, len(self._index.text), hunk.replace)
        return [Match(whole.start, whole.end, 0, (whole,))]

    def _elided(self, number: int, hunk: FindReplace) -> list[Match] | Unplaced:
        """A hunk that leaves lines out: its parts are lines, each in one place, in this order."""
        parts = _parts(hunk)
        if parts is None:
            reason = (
                "the text to find leaves lines out; give all of the lines that change, no '...'"
            )
            return Unplaced(number, reason)
        if len(parts) == 1:
            return self._not_found(number, parts[0])
        placed: list[Match] = []
        for part in parts:
            found = line_matches(self._index, part)
            if len(found) != 1 or (placed and found[0].start < placed[-1].end):
                reason = "the text to find leaves lines out, and what is around them is not certain"
                return Unplaced(number, reason)
            placed += found
        edits = [edit for match in placed for edit in match.edits or ()]
        certain = all(match.edits is not None for match in placed)
        start, end = placed[0].start, placed[-1].end
        return [Match(start, end, placed[0].line, tuple(edits) if certain else None)]

    def _not_found(self, number: int, hunk: FindReplace) -> Unplaced:
        near = self._closest.find(hunk_lines(hunk.find))
        reason = "the text to find is not in the file; copy its lines exactly"
        if near is None:
            return Unplaced(number, reason)
        return Unplaced(number, reason, near[0] + 1, near[1])

    def _choose(
        self, number: int, position: int, found: Sequence[list[Match] | Unplaced]
    ) -> Match | Unplaced:
        candidates = found[position]
        if isinstance(candidates, Unplaced):
            return candidates
        choice = candidates if len(candidates) == 1 else self._inside(candidates)
        if len(choice) != 1:
            choice = _between_neighbours(position, found)
        if len(choice) != 1:
            return Unplaced(number, _ambiguous(candidates))
        if choice[0].edits is None:
            reason = "the new lines are indented in a way that does not fit the file"
            return Unplaced(number, reason, choice[0].line + 1)
        return choice[0]

    def _inside(self, candidates: Sequence[Match]) -> list[Match]:
        within = self._within
        if within is None:
            return []
        return [
            match for match in candidates if match.start < within.end > within.start < match.end
        ]


def _by_start(placed: tuple[Match, int]) -> int:
    return placed[0].start


def _between_neighbours(position: int, found: Sequence[list[Match] | Unplaced]) -> list[Match]:
    """The candidates between the certain places of the hunk before and of the one after.

    Both must be there: a model that goes through a file in order keeps to it, but with one
    neighbour alone the order proves nothing.
    """
    if not 0 < position < len(found) - 1:
        return []
    before, candidates, after = found[position - 1 : position + 2]
    if isinstance(before, Unplaced) or isinstance(after, Unplaced):
        return []
    if isinstance(candidates, Unplaced) or len(before) != 1 or len(after) != 1:
        return []
    return [m for m in candidates if before[0].end <= m.start and m.end <= after[0].start]


def _ambiguous(candidates: Sequence[Match]) -> str:
    lines = ", ".join(str(match.line + 1) for match in candidates[:5])
    more = " and more" if len(candidates) > 5 else ""
    count = f"{MAX_MATCHES} or more" if len(candidates) >= MAX_MATCHES else str(len(candidates))
    return (
        f"the text to find stands in {count} places (lines {lines}{more});"
        " repeat more of the lines around it"
    )


def _overlaps(placed: Sequence[tuple[Match, int]]) -> list[Unplaced]:
    """Hunks that change the same text; sharing lines that both only repeat is no harm."""
    changes = sorted(
        (edit.start, edit.end, match.start, match.end, number)
        for match, number in placed
        for edit in match.edits or ()
    )
    reason = "it changes lines that another hunk changes too; make one hunk of both"
    found: dict[int, Unplaced] = {}
    for first, second in pairwise(changes):
        # Two insertions at one point have an order only where one place ends before the other.
        same_point = first[1] == second[0] == second[1] == first[0]
        if first[4] == second[4]:
            continue
        if second[0] < first[1] or (same_point and second[2] < first[3]):
            found[second[4]] = Unplaced(second[4], reason)
    return list(found.values())


def _parts(hunk: FindReplace) -> list[FindReplace] | None:
    """The hunk cut where it leaves lines out.

    None where both halves don't do so alike, or nothing else is there to find.
    """
    find, new = _cut(hunk_lines(hunk.find)), _cut(hunk_lines(hunk.replace))
    if len(find) == 1:
        return [hunk]
    if len(find) != len(new):
        return None
    parts = [FindReplace("\n".join(f), "\n".join(n)) for f, n in zip(find, new, strict=True)]
    if any(part.replace.strip() and not part.find.strip() for part in parts):
        return None
    return [part for part in parts if part.find.strip()] or None


def _cut(lines: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if marks_omission(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return parts
