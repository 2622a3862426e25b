"""Which files go into one request: as many as fit, and as a small model can keep apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from homespun.core.context import Part
from homespun.core.text import Snapshot
from homespun.engine.refactor.task import SurveyFile

_WRITTEN = 0.75
"""The share of a file that an answer may repeat, in hunks; whole files are not asked for."""
_LEAST_WRITTEN = 384
"""Tokens kept for the answer on one file, however short that is."""
_LEAST_AROUND = 1024
"""Tokens that other files may take beside those of a request, however short these are."""
_HEAD_LINES = 40
"""Lines from the top of a long file that go with its parts: its imports, mostly."""
_MARGINS = (40, 20, 8, 3)
"""Lines around each place of a long file, as many as fit."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The files of one request; its name is the same whenever the same files are asked for."""

    level: int
    files: tuple[SurveyFile, ...]

    @property
    def uris(self) -> frozenset[str]:
        """Its files."""
        return frozenset(file.uri for file in self.files)

    def without(self, uri: str) -> Batch:
        """The same without one file."""
        return Batch(self.level, tuple(file for file in self.files if file.uri != uri))

    def alone(self) -> list[Batch]:
        """One for each of its files."""
        return [Batch(self.level, (file,)) for file in self.files]


def answer_tokens(tokens: int) -> int:
    """About how long an answer on a file of so many tokens may get."""
    return max(_LEAST_WRITTEN, int(tokens * _WRITTEN))


def around_tokens(tokens: int) -> int:
    """How much of other files may be shown with files of so many tokens: what is read takes time.

    So a request is at most about twice as long as what it is about.
    """
    return max(_LEAST_AROUND, tokens)


def packed(level: int, files: Iterable[SurveyFile], room: int, most: int) -> list[Batch]:
    """`files` in batches of at most `most`, which with their answers take up to `room` tokens.

    In the given order. A file that does not fit at all has one of its own: what it takes to work
    on it in parts is found out when its turn comes.
    """
    batches: list[Batch] = []
    batch: list[SurveyFile] = []
    left = room
    for file in files:
        needed = file.tokens + answer_tokens(file.tokens)
        if batch and (needed > left or len(batch) >= most):
            batches.append(Batch(level, tuple(batch)))
            batch, left = [], room
        batch.append(file)
        left -= needed
    return [*batches, Batch(level, tuple(batch))] if batch else batches


def parts_around(
    snapshot: Snapshot, lines: Sequence[int], budget: int, count: Callable[[str], int]
) -> tuple[Part, ...] | None:
    """The parts of a long file around `lines` (from 0), as wide as `budget` tokens hold.

    None where not even those lines fit, or there are none.
    """
    if not lines:
        return None
    for head in (_HEAD_LINES, 0):
        for margin in _MARGINS:
            parts = _parts(snapshot, lines, margin, head, count)
            if sum(part.tokens + 8 for part in parts) <= budget:
                return parts
    return None


def _parts(
    snapshot: Snapshot, lines: Sequence[int], margin: int, head: int, count: Callable[[str], int]
) -> tuple[Part, ...]:
    last = len(snapshot.lines) - 1
    wanted = [(0, min(head, last + 1) - 1)] if head else []
    wanted += [(max(0, line - margin), min(last, line + margin)) for line in sorted(lines)]
    joined: list[tuple[int, int]] = []
    for start, end in wanted:
        # Parts that nearly touch are one: the gap costs less than its heading.
        if joined and start <= joined[-1][1] + 3:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    texts = [(first, end, "".join(snapshot.lines[first : end + 1])) for first, end in joined]
    return tuple(Part(first, end, text, count(text)) for first, end, text in texts)
