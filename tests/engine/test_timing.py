from __future__ import annotations

from collections.abc import Sequence

import pytest

from homespun.engine.ports import Spent
from homespun.engine.timing import Timing
from homespun.providers.base import Chunk, Usage


class Clock:
    """A clock that is set by hand; seconds."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def followed(pieces: Sequence[tuple[float, Chunk]], until: float) -> Spent:
    """What an answer took whose pieces came so many seconds after its question."""
    clock = Clock()
    timing = Timing(clock)
    for after, chunk in pieces:
        clock.now = 100 + after
        timing.take(chunk)
    clock.now = 100 + until
    return timing.spent()


@pytest.mark.parametrize(
    ("pieces", "until", "spent"),
    [
        pytest.param([], 3.0, Spent(seconds=3.0, writing=3.0), id="nothing came"),
        pytest.param(
            [(1, Chunk(waiting="loading")), (2, Chunk(text="a", tokens=1))],
            4.0,
            Spent(0, 1, 4.0, 2.0, 4.0),
            id="waiting is no word, one piece tells no speed",
        ),
        pytest.param(
            [
                (2, Chunk(reasoning="hm", tokens=1)),
                (3, Chunk(text="a", tokens=1)),
                (6, Chunk(text="b", tokens=6)),
                (7, Chunk(usage=Usage(50, 9), finish="stop")),
            ],
            7.5,
            Spent(50, 9, 7.5, 2.0, 4.0),
            id="the server's own count goes before ours",
        ),
        pytest.param(
            [(1, Chunk(text="a", tokens=1)), (3, Chunk(text="b", tokens=1))],
            3.0,
            Spent(0, 2, 3.0, 1.0, 2.0),
            id="cut off",
        ),
    ],
)
def test_what_an_answer_took(
    pieces: Sequence[tuple[float, Chunk]], until: float, spent: Spent
) -> None:
    assert followed(pieces, until) == spent


def test_answers_add_up() -> None:
    first = Spent(10, 2, 1.0, 0.5, 0.5, cost=0.25)
    second = Spent(20, 4, 2.0, 0.7, 1.0)
    assert first + second == Spent(30, 6, 3.0, 0.5, 1.5, cost=0.25)
    assert (second + second).cost is None
    assert (first + second).tokens_per_second == 4.0
    assert Spent().tokens_per_second == 0.0
