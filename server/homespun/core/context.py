"""What the model gets to see: candidates in order of worth, fitted to a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from homespun.core.text import Snapshot, Span

_HEAD_LINES = 40
"""Lines from the top of a long file that go with an excerpt of it: its imports, mostly."""
_SHORT_LINES = 60
"""A file of up to so many lines is shown whole, though only parts of it matter."""
_MAIN_SHARE = 0.7
"""The share of the budget up to which a required file is shown whole beside others."""
_OTHER_SHARE = 0.4
"""The share of the budget that one other file may take, as long as more are waiting."""

Count = Callable[[str], int]
"""How many tokens a text costs."""

Shown = Literal["whole", "part", "outline", "changes", "rules"]
"""How lines are shown: all of a file, some as they are, or only first lines of definitions.

`changes` are lines that have changed since the model was shown the file; `rules` are the
project's own.
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that could be shown.

    `focus` is the part that matters where not all of it fits (None: all or nothing). `required`
    candidates must be shown at least around their focus; the others are taken in order of `rank`
    (small first) while there is room. `reason` is for the user. `places` are the lines that matter
    in a file that is not required, first and last from 0: a long one is shown by them, and by the
    lines of its `outline`. `hidden` are the secrets in it, and what stands in their places.
    """

    snapshot: Snapshot
    path: str
    reason: str
    rank: float = 0
    required: bool = False
    focus: Span | None = None
    places: tuple[tuple[int, int], ...] = ()
    outline: tuple[int, ...] = ()
    hidden: tuple[tuple[Span, str], ...] = ()
    rules: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a file as they are shown: `first` to `last`, counted from 0, both included."""

    first: int
    last: int
    text: str
    tokens: int
    shown: Shown = "part"


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or parts of it in order, as it is shown."""

    snapshot: Snapshot
    path: str
    reason: str
    parts: tuple[Part, ...]

    @property
    def whole(self) -> bool:
        """Whether all of the file is shown."""
        return any(part.shown == "whole" for part in self.parts)

    @property
    def tokens(self) -> int:
        """What the parts cost together."""
        return sum(part.tokens for part in self.parts)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not shown, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is shown, in its order, and what is not.

    A file may be among `items` more than once: what comes later is how it is now. `now` are the
    texts as they are, by URI; an item's own may be older.
    """

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    now: Mapping[str, Snapshot] = field(default_factory=dict[str, Snapshot])

    @property
    def tokens(self) -> int:
        """The items' tokens together."""
        return sum(item.tokens for item in self.items)

    def shown(self) -> dict[str, tuple[Snapshot, bool]]:
        """What the model knows of each file, by URI: its text now, and whether wholly."""
        known: dict[str, tuple[Snapshot, bool]] = {}
        for item in self.items:
            uri = item.snapshot.uri
            whole = item.whole or (uri in known and known[uri][1])
            known[uri] = (self.now.get(uri, item.snapshot), whole)
        return known


class DoesNotFit(Exception):
    """A required candidate does not fit; `needed` and `budget` in tokens."""

    def __init__(self, path: str, needed: int, budget: int) -> None:
        super().__init__(path)
        self.path = path
        self.needed = needed
        self.budget = budget


def fit(candidates: Sequence[Candidate], budget: int, count: Count) -> Context:
    """As much of `candidates` as `budget` tokens hold, counted by `count`.

    Items keep the order of the candidates, whatever their rank. Raises `DoesNotFit`.
    """
    order = sorted(
        range(len(candidates)), key=lambda i: (not candidates[i].required, candidates[i].rank)
    )
    chosen: dict[int, Item] = {}
    room = budget
    for index in order:
        candidate = candidates[index]
        share = _share(candidate, len(candidates) == 1)
        item = _item(candidate, min(room, int(budget * share)), count)
        if item is None and candidate.required:
            item = _item(candidate, room, count)
        if item is None and candidate.required:
            raise DoesNotFit(candidate.path, _smallest(candidate, count), room)
        if item is not None:
            chosen[index] = item
            room -= item.tokens
    _widen(candidates, order, chosen, room, count)
    left = [candidates[i].path for i in range(len(candidates)) if i not in chosen]
    return Context(
        tuple(chosen[i] for i in sorted(chosen)),
        tuple(LeftOut(path, "no room in the model's context window") for path in left),
        {item.snapshot.uri: item.snapshot for item in chosen.values()},
    )


def _share(candidate: Candidate, alone: bool) -> float:
    if alone:
        return 1.0
    return _MAIN_SHARE if candidate.required else _OTHER_SHARE


def _widen(
    candidates: Sequence[Candidate],
    order: Sequence[int],
    chosen: dict[int, Item],
    room: int,
    count: Count,
) -> None:
    """Give the room that is left to those that were shown less of than they could be."""
    for index in order:
        candidate, had = candidates[index], chosen.get(index)
        if had is not None and (had.whole or (candidate.places and not candidate.required)):
            continue
        spent = 0 if had is None else had.tokens
        item = _item(candidate, room + spent, count)
        if item is not None and item.tokens > spent:
            chosen[index] = item
            room -= item.tokens - spent


def _item(candidate: Candidate, room: int, count: Count) -> Item | None:
    """The fullest form of a candidate that fits; None where none does."""
    for parts in _forms(candidate, count):
        if sum(part.tokens for part in parts) <= room:
            return Item(candidate.snapshot, candidate.path, candidate.reason, parts)
    return None


def _forms(candidate: Candidate, count: Count) -> Iterator[tuple[Part, ...]]:
    """What can be shown of a candidate, the best form first."""
    lines = candidate.snapshot.lines
    if candidate.rules:
        yield (_part(candidate, 0, len(lines) - 1, count, "rules"),)
        return
    if not candidate.places or len(lines) <= _SHORT_LINES:
        yield (_part(candidate, 0, len(lines) - 1, count, "whole"),)
    if candidate.focus is not None:
        yield from _excerpts(candidate, candidate.focus, count)
        return
    places = tuple(_part(candidate, first, last, count) for first, last in candidate.places)
    outline = _outline(candidate, count)
    if outline and places:
        yield (*outline, *places)
    if places or outline:
        yield places or outline


def _excerpts(candidate: Candidate, focus: Span, count: Count) -> Iterator[tuple[Part, ...]]:
    """The focus with as many lines around it, and of the file's head and outline, as may fit."""
    outline = _outline(candidate, count)
    for margin in (400, 200, 100, 50, 20, 8, 0):
        for head in (_HEAD_LINES, 0):
            parts = _around(candidate, focus, margin, head, count)
            if head and outline:
                yield (*outline, *parts)
            yield parts


def _around(
    candidate: Candidate, focus: Span, margin: int, head: int, count: Count
) -> tuple[Part, ...]:
    snapshot = candidate.snapshot
    first = max(0, snapshot.line_at(focus.start) - margin)
    last = min(len(snapshot.lines) - 1, snapshot.line_at(max(focus.start, focus.end - 1)) + margin)
    if first <= head:
        return (_part(candidate, 0, last, count),)
    body = _part(candidate, first, last, count)
    return (_part(candidate, 0, head - 1, count), body) if head else (body,)


def _outline(candidate: Candidate, count: Count) -> tuple[Part, ...]:
    """The first lines of the definitions, those left out that are shown anyway."""
    lines = candidate.snapshot.lines
    shown = {n for first, last in candidate.places for n in range(first, last + 1)}
    numbers = [n for n in candidate.outline if n not in shown]
    if not numbers:
        return ()
    inside = [s for s, _ in candidate.hidden]
    spans = ((n, candidate.snapshot.line_span(n, n)) for n in numbers)
    open_ = [n for n, span in spans if not any(_touch(span, hidden) for hidden in inside)]
    text = "".join(lines[n] if lines[n].endswith("\n") else lines[n] + "\n" for n in open_)
    return (Part(0, len(lines) - 1, text, count(text), "outline"),) if text else ()


def _part(candidate: Candidate, first: int, last: int, count: Count, shown: Shown = "part") -> Part:
    """Lines as they are shown; a secret that they cut is taken in, and hidden, as a whole."""
    snapshot = candidate.snapshot
    span = snapshot.line_span(first, last)
    for hidden, _ in candidate.hidden:
        if _touch(span, hidden):
            span = Span(min(span.start, hidden.start), max(span.end, hidden.end))
    if candidate.hidden:
        first = snapshot.line_at(span.start)
        last = max(last, snapshot.line_at(max(span.start, span.end - 1)))
        span = snapshot.line_span(first, last)
    text = hide(snapshot.text, span, candidate.hidden)
    return Part(first, last, text, count(text), shown)


def hide(text: str, span: Span, hidden: Sequence[tuple[Span, str]]) -> str:
    """The part `span` of `text` with what is hidden in it replaced; in order, not overlapping."""
    pieces: list[str] = []
    at = span.start
    for secret, placeholder in hidden:
        if _touch(span, secret):
            pieces += (text[at : secret.start], placeholder)
            at = secret.end
    return "".join((*pieces, text[at : span.end]))


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _smallest(candidate: Candidate, count: Count) -> int:
    return min(sum(part.tokens for part in parts) for parts in _forms(candidate, count))


def changed_part(candidate: Candidate, first: int, last: int, count: Count) -> Part:
    """Lines that have changed since the file was shown, as they are now."""
    return _part(candidate, first, last, count, "changes")
