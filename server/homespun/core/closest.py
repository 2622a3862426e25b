"""Where lines that are not in a text most nearly are: for the message that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from homespun.core.line_index import LineIndex

_MAX_REPEATS = 20
"""A line that stands in more places than these says nothing about the place."""
_MAX_VOTES = 40
_MAX_SHOWN = 30
_MAX_LENGTH = 300
_ENOUGH_ALIKE = 60
"""Of 100; below, a line only shares common letters."""


class ClosestPlace:
    """Finds the nearest place in one text; the work is bounded, however much is asked."""

    def __init__(self, index: LineIndex) -> None:
        self._index = index
        self._scans_left = 4

    def find(self, wanted: Sequence[str]) -> tuple[int, str] | None:
        """The line (from 0) where `wanted` most nearly stands, and the text there; or None."""
        keys = [line.strip()[:_MAX_LENGTH] for line in wanted]
        start = self._by_shared_lines(keys)
        if start is None:
            start = self._by_likeness(keys)
        if start is None:
            return None
        shown = self._index.lines[start : start + min(len(keys), _MAX_SHOWN)]
        return start, "\n".join(shown)

    def _by_shared_lines(self, keys: Sequence[str]) -> int | None:
        """Lines that both have vote for where the first would be; the likeliest three compete."""
        votes: Counter[int] = Counter()
        for offset, key in enumerate(keys[:_MAX_VOTES]):
            places = self._index.places(key) if key else ()
            if len(places) <= _MAX_REPEATS:
                votes.update(max(0, place - offset) for place in places)
        if not votes:
            return None
        best = [start for start, _ in votes.most_common(3)]
        return best[0] if len(best) == 1 else max(best, key=lambda at: self._likeness(keys, at))

    def _likeness(self, keys: Sequence[str], start: int) -> float:
        from rapidfuzz import fuzz

        there = self._index.keys[start : start + len(keys[:_MAX_VOTES])]
        return fuzz.ratio("\n".join(keys[:_MAX_VOTES]), "\n".join(there))

    def _by_likeness(self, keys: Sequence[str]) -> int | None:
        """The line most like the longest one: it says most about the place."""
        if not self._scans_left:
            return None
        self._scans_left -= 1
        from rapidfuzz import fuzz, process

        longest = max(keys, key=len)
        best = process.extractOne(
            longest, self._index.said, scorer=fuzz.ratio, score_cutoff=_ENOUGH_ALIKE
        )
        if best is None:
            return None
        return max(0, self._index.places(best[0])[0] - keys.index(longest))
