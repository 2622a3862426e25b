"""How near files are in meaning to what is asked, where a model makes embeddings of both."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import mul

from homespun.core.context import Candidate, hide
from homespun.core.definitions import enclosing
from homespun.core.text import Snapshot, Span

Vector = tuple[float, ...]

_MOST_COMPARED = 60
_FEWEST = 3
"""Of two files one is always the nearer: that tells nothing."""
LONGEST = 1000
"""Characters of a text that are compared: a few hundred tokens, which any such model takes."""
_OUTLINE_SHARE = 0.5
_NEAREST = 1.0
"""What the nearest file gains in rank: as much as the one that has most of the words."""
_TELLING = 0.25
"""The share of that below which nothing is gained: many files are a little nearer than others."""
_NEAR_SHARE = 0.25
"""The share of the files that may gain: of a model to which most are near, that tells little."""
_SAME = 1e-6
_REASON = "its meaning is near the instruction's"


def compared(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates whose meaning can change something: the worthiest of those that may go."""
    free = [one for one in candidates if not one.required and not one.rules]
    return sorted(free, key=lambda one: one.rank)[:_MOST_COMPARED]


def question(instruction: str, subject: Snapshot, path: str, focus: Span | None) -> str:
    """What the files are compared with: what the task is about, by name, and the instruction.

    It is not cut: what hides its secrets must see all of it.
    """
    return f"{_name(subject, focus)} in {path}\n{instruction}"


def summary(candidate: Candidate) -> str:
    """What a file is about: its path, the first lines of its definitions, and its beginning.

    What is hidden in it is hidden here. At most 1,000 characters.
    """
    outline = "".join(_outline(candidate))[: int(LONGEST * _OUTLINE_SHARE)]
    # The head's secrets are found in the whole text: one that it cuts is left out as a whole.
    text = candidate.snapshot.text
    head = hide(text, Span(0, min(LONGEST, len(text))), candidate.hidden)
    return f"{candidate.path}\n{outline}{head}"[:LONGEST]


def raised(
    candidates: Sequence[Candidate], those: Sequence[Candidate], near: Sequence[float]
) -> Sequence[Candidate]:
    """`candidates`, with a better rank for those whose meaning is near, and with that as a reason.

    `near` tells it of each of `those`, as `cosine` does. How large a cosine is depends on the
    model, so only how far it is above the mean counts, and of the nearest quarter alone.
    """
    mean = sum(near) / len(near) if near else 0.0
    spread = max(near, default=0.0) - mean
    if len(near) < _FEWEST or spread < _SAME:
        return candidates
    shares = {one.snapshot.uri: (n - mean) / spread for one, n in zip(those, near, strict=True)}
    nearest = sorted(shares, key=lambda uri: -shares[uri])
    some = nearest[: max(_FEWEST, int(len(nearest) * _NEAR_SHARE))]
    gains = {uri: shares[uri] * _NEAREST for uri in some if shares[uri] >= _TELLING}
    return [_raised(one, gains.get(one.snapshot.uri, 0.0)) for one in candidates]


def unit(vector: Sequence[float]) -> Vector:
    """The vector with the length 1, as exact as it is kept; one of zeros stays as it is."""
    length = math.hypot(*vector) or 1.0
    return tuple(array("f", (number / length for number in vector)))


def cosine(one: Vector, other: Vector) -> float:
    """How near two vectors of the length 1 are: 1 for the same direction."""
    return sum(map(mul, one, other))


def _raised(candidate: Candidate, gain: float) -> Candidate:
    if not gain:
        return candidate
    reason = "; ".join(filter(None, (candidate.reason, _REASON)))
    return replace(candidate, rank=candidate.rank - gain, reason=reason)


def _name(subject: Snapshot, focus: Span | None) -> str:
    if focus is None:
        return "the file"
    last = subject.line_at(max(focus.start, focus.end - 1))
    around = enclosing(subject, subject.line_at(focus.start), last)
    return around.name if around is not None and around.name else "a part"


def _outline(candidate: Candidate) -> Iterator[str]:
    snapshot = candidate.snapshot
    for line in candidate.outline:
        yield hide(snapshot.text, snapshot.line_span(line, line), candidate.hidden).strip() + "\n"
