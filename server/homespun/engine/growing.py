"""The file whose update is still being written, as far as its change is settled: a view of it.

Nothing that is seen here is ever applied: when the update is whole, it is placed and checked anew.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import replace

from homespun.core.diff import Edit, apply
from homespun.core.growing import GrowingText
from homespun.core.locate import Places
from homespun.core.plan import FileChange, Hunk, hunks_between, hunks_of
from homespun.core.reply import FindReplace, Growth
from homespun.core.text import Span
from homespun.engine.targets import Base


class GrowingFile:
    """One open update of a file that it may change."""

    def __init__(self, base: Base, blank: FileChange, within: Span | None) -> None:
        """`blank` is the file's change without this update; `within`, what was asked about."""
        self._base = base
        self._blank = blank
        self._within = within
        self._edits: list[Edit] = []
        """In order, none touching another."""
        self._places: Places | None = None
        self._text: GrowingText | None = None
        self._seen: FileChange | None = None

    def take(self, growth: Growth) -> bool:
        """What is new of the update; whether there is more to see of it now."""
        found = [edit for hunk in growth.hunks for edit in self._placed(hunk)]
        if growth.text:
            found += self._growing_text(growth).feed(growth.text)
        for edit in found:
            insort(self._edits, edit, key=_by_place)
            self._seen = None
        return bool(found)

    def change(self) -> FileChange:
        """The file's change so far; made when it is asked for, since it may take a diff."""
        if self._seen is None:
            self._seen = replace(self._blank, hunks=self._hunks())
        return self._seen

    def _hunks(self) -> tuple[Hunk, ...]:
        before = self._base.before
        if before is not None and before.text == self._base.text:
            return hunks_of(before, self._edits)
        return hunks_between(before.text if before else "", apply(self._base.text, self._edits))

    def _placed(self, hunk: FindReplace) -> Sequence[Edit]:
        """The edits of a whole hunk, where it has its place without the others."""
        if self._places is None:
            self._places = Places(self._base.text, self._within)
        found = self._places.edits(hunk)
        return () if any(map(self._is_taken, found)) else found

    def _is_taken(self, edit: Edit) -> bool:
        """Whether another hunk changes text that `edit` changes or touches."""
        at = bisect_left(self._edits, _by_place(edit), key=_by_place)
        around = self._edits[max(0, at - 1) : at + 1]
        return any(edit.start <= one.end and one.start <= edit.end for one in around)

    def _growing_text(self, growth: Growth) -> GrowingText:
        if self._text is None:
            region = self._within if growth.action == "region" else None
            self._text = GrowingText(self._base.text, region)
        return self._text


def _by_place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end
