"""Explanations that were given, kept for hovering over what they explain."""

from __future__ import annotations

from dataclasses import dataclass

from homespun.core.text import Snapshot, Span

_KEPT = 50


@dataclass(frozen=True, slots=True)
class _Given:
    uri: str
    version: int | None
    span: Span
    markdown: str


class Explanations:
    """The latest explanations; one holds for as long as its document does not change."""

    def __init__(self) -> None:
        self._given: list[_Given] = []

    def keep(self, snapshot: Snapshot, span: Span | None, markdown: str) -> None:
        """Keep what was said of `span`, or of the whole document."""
        whole = Span(0, len(snapshot.text))
        given = _Given(snapshot.uri, snapshot.version, span or whole, markdown)
        self._given = [*self._given[1 - _KEPT :], given]

    def at(self, snapshot: Snapshot, offset: int) -> str | None:
        """The latest explanation of what is at `offset`, None where there is none."""
        for given in reversed(self._given):
            holds = (given.uri, given.version) == (snapshot.uri, snapshot.version)
            if holds and given.span.start <= offset <= given.span.end:
                return given.markdown
        return None
