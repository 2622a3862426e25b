"""What one model was shown in a session, so that the next prompt begins as the last one did.

A model server keeps what it has read, and reads a prompt anew from where it begins to differ. So
what was sent keeps its place and its text, and what has changed since is added behind it: a file
that changed is told by its changed lines, until those cost so much that it pays to begin anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from homespun.core.context import Candidate, Context, Count, Item, Part, changed_part
from homespun.core.diff import blocks
from homespun.core.text import Snapshot

_AROUND = 1
"""Lines beside changed ones that say where they are."""
_WORTH = 0.5
"""A file whose changes would cost more than this share of it is sent anew."""


@dataclass(frozen=True, slots=True)
class Session:
    """The items that were sent, in their order, and each file's text as it was told last."""

    items: tuple[Item, ...] = ()
    told: Mapping[str, Snapshot] = field(default_factory=dict[str, Snapshot])

    def uris(self) -> tuple[str, ...]:
        """The files that were shown, once each, in order."""
        return tuple(dict.fromkeys(item.snapshot.uri for item in self.items))


def resumed(
    session: Session,
    wanted: Context,
    candidates: Sequence[Candidate],
    budget: int,
    count: Count,
) -> Context:
    """`wanted` in the order and words of `session` as far as that goes, within `budget` tokens.

    `candidates` are the files as they are now: those that `wanted` was chosen from.
    """
    now = {candidate.snapshot.uri: candidate for candidate in candidates}
    chosen = {item.snapshot.uri for item in wanted.items}
    kept = _kept(session, chosen, now, count)
    items = (*kept, *_missing(kept, wanted))
    if sum(item.tokens for item in items) > budget:
        kept = _exact(session, wanted)
        items = (*kept, *_missing(kept, wanted))
    return replace(wanted, items=items)


def continued(context: Context) -> Session:
    """The session after `context` was sent."""
    return Session(context.items, context.now)


def _kept(
    session: Session, chosen: set[str], now: Mapping[str, Candidate], count: Count
) -> tuple[Item, ...]:
    """What was sent of files that are still wanted, and what has changed in them since."""
    kept = [item for item in session.items if item.snapshot.uri in chosen]
    changes: list[Item] = []
    for uri in session.uris():
        if uri not in chosen:
            continue
        told, candidate = session.told.get(uri), now[uri]
        if told is None or told.text == candidate.snapshot.text:
            continue
        news = _news(kept, told, candidate, count)
        if news is None:
            kept = [item for item in kept if item.snapshot.uri != uri]
        elif news.parts:
            changes.append(news)
    return (*kept, *changes)


def _news(kept: Sequence[Item], told: Snapshot, candidate: Candidate, count: Count) -> Item | None:
    """What has changed since `told`; None where it pays to show the file anew."""
    snapshot = candidate.snapshot
    own = [item for item in kept if item.snapshot.uri == snapshot.uri]
    if not any(item.whole for item in own):
        # Of parts nobody can tell which of their lines a change has moved away from them.
        return None
    parts = tuple(_changed(told, candidate, count))
    first, *later = (item.tokens for item in own)
    cost = sum(later) + sum(part.tokens for part in parts)
    if cost > _WORTH * first:
        return None
    return Item(snapshot, candidate.path, "has changed since it was shown", parts)


def _changed(told: Snapshot, candidate: Candidate, count: Count) -> Iterator[Part]:
    last_line = len(candidate.snapshot.lines) - 1
    reach: tuple[int, int] | None = None
    for block in blocks(told.lines, candidate.snapshot.lines):
        first = max(0, block.after_start - _AROUND)
        last = min(last_line, max(block.after_end - 1, block.after_start - 1) + _AROUND)
        if reach is not None and first <= reach[1] + 1:
            reach = (reach[0], max(last, reach[1]))
            continue
        if reach is not None:
            yield changed_part(candidate, *reach, count)
        reach = (first, max(first, last))
    if reach is not None:
        yield changed_part(candidate, *reach, count)


def _missing(kept: Sequence[Item], wanted: Context) -> Iterator[Item]:
    """What is wanted and not told yet; the file that the task is about comes last."""
    whole = {item.snapshot.uri for item in kept if item.whole}
    shown: dict[str, set[tuple[int, int, str]]] = {}
    for item in kept:
        own = {(part.first, part.last, part.text) for part in item.parts}
        shown.setdefault(item.snapshot.uri, set()).update(own)
    for item in wanted.items:
        uri = item.snapshot.uri
        if uri in whole:
            continue
        parts = tuple(p for p in item.parts if not _is_told(p, shown.get(uri, set())))
        if parts:
            yield replace(item, parts=parts)


def _is_told(part: Part, shown: set[tuple[int, int, str]]) -> bool:
    """Whether these lines were shown, alone or among others."""
    if part.shown == "outline" and shown:
        return True
    return any(
        first <= part.first and part.last <= last and part.text in text
        for first, last, text in shown
    )


def _exact(session: Session, wanted: Context) -> tuple[Item, ...]:
    """What was sent word for word as it is wanted now, up to the first that was not."""
    fresh = {item.snapshot.uri: item.parts for item in wanted.items}
    return tuple(item for item in session.items if fresh.get(item.snapshot.uri) == item.parts)
