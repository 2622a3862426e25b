"""What the model gets to see: candidates in order of worth, fitted to a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from homespun.core.text import Snapshot, Span

_HEAD_LINES = 40
"""Lines from the top of a long file that go with an excerpt of it: its imports, mostly."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that could be shown.

    `focus` is the part that matters where not all of it fits (None: all or nothing). `required`
    candidates must be shown at least around their focus; the others are taken in order of `rank`
    (small first) while there is room. `reason` is for the user.
    """

    snapshot: Snapshot
    path: str
    reason: str
    rank: int = 0
    required: bool = False
    focus: Span | None = None


Shown = Literal["whole", "part", "outline", "changes"]
"""How lines are shown: all of a file, some as they are, or only first lines of definitions.

`changes` are lines that have changed since the model was shown the file.
"""


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
    """What is shown, in a stable order, and what is not. `tokens` is what the items cost."""

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def tokens(self) -> int:
        """The items' tokens together."""
        return sum(item.tokens for item in self.items)

    def item(self, uri: str) -> Item | None:
        """What is shown of the file `uri`."""
        return next((item for item in self.items if item.snapshot.uri == uri), None)


class DoesNotFit(Exception):
    """A required candidate does not fit; `needed` and `budget` in tokens."""

    def __init__(self, path: str, needed: int, budget: int) -> None:
        super().__init__(path)
        self.path = path
        self.needed = needed
        self.budget = budget


def fit(candidates: Sequence[Candidate], budget: int, count: Callable[[str], int]) -> Context:
    """As much of `candidates` as `budget` tokens hold, counted by `count`.

    Items keep the order of the candidates, whatever their rank, so that the same files make the
    same prompt and a server's prefix cache serves. Raises `DoesNotFit`.
    """
    chosen: dict[int, Item] = {}
    left: list[LeftOut] = []
    room = budget
    order = sorted(
        range(len(candidates)), key=lambda i: (not candidates[i].required, candidates[i].rank)
    )
    for index in order:
        candidate = candidates[index]
        item = _shown(candidate, room, count)
        if item is None and candidate.required:
            raise DoesNotFit(candidate.path, _smallest(candidate, count), room)
        if item is None:
            left.append(LeftOut(candidate.path, "no room in the model's context window"))
            continue
        chosen[index] = item
        room -= item.tokens
    return Context(tuple(chosen[i] for i in sorted(chosen)), tuple(left))


def _shown(candidate: Candidate, room: int, count: Callable[[str], int]) -> Item | None:
    snapshot = candidate.snapshot
    last = len(snapshot.lines) - 1
    whole = Part(0, last, snapshot.text, count(snapshot.text), "whole")
    if whole.tokens <= room:
        return Item(snapshot, candidate.path, candidate.reason, (whole,))
    if candidate.focus is None:
        return None
    return _excerpt(candidate, room, count)


def _excerpt(candidate: Candidate, room: int, count: Callable[[str], int]) -> Item | None:
    """The focus with as many lines around it, and of the file's head, as fit."""
    for margin in (400, 200, 100, 50, 20, 8, 0):
        for head in (_HEAD_LINES, 0):
            parts = _parts(candidate, margin, head, count)
            if sum(part.tokens for part in parts) <= room:
                return Item(candidate.snapshot, candidate.path, candidate.reason, parts)
    return None


def _parts(
    candidate: Candidate, margin: int, head: int, count: Callable[[str], int]
) -> tuple[Part, ...]:
    snapshot, focus = candidate.snapshot, candidate.focus or Span(0, 0)
    first = max(0, snapshot.line_at(focus.start) - margin)
    last = min(len(snapshot.lines) - 1, snapshot.line_at(max(focus.start, focus.end - 1)) + margin)
    if first <= head:
        return (_part(snapshot, 0, last, count),)
    body = _part(snapshot, first, last, count)
    return (_part(snapshot, 0, head - 1, count), body) if head else (body,)


def _part(snapshot: Snapshot, first: int, last: int, count: Callable[[str], int]) -> Part:
    text = "".join(snapshot.lines[first : last + 1])
    return Part(first, last, text, count(text))


def _smallest(candidate: Candidate, count: Callable[[str], int]) -> int:
    if candidate.focus is None:
        return count(candidate.snapshot.text)
    return sum(part.tokens for part in _parts(candidate, 0, 0, count))
