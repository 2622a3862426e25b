from __future__ import annotations

from collections.abc import Mapping

import pytest

from homespun.core.formats import Tried, choose
from homespun.core.reply import ReplyFormat

ORDER: tuple[ReplyFormat, ...] = ("region", "hunks", "fenced")


@pytest.mark.parametrize(
    ("tried", "chosen"),
    [
        pytest.param({}, "region", id="nothing known: the best for the task"),
        pytest.param({"region": Tried(0, 3)}, "region", id="too few to tell"),
        pytest.param({"region": Tried(3, 3)}, "region", id="as often well as not"),
        pytest.param({"region": Tried(1, 4)}, "hunks", id="mostly failed: the next"),
        pytest.param({"region": Tried(0, 9), "hunks": Tried(1, 9)}, "fenced", id="not tried yet"),
        pytest.param(
            {"region": Tried(1, 9), "hunks": Tried(3, 9), "fenced": Tried(0, 9)},
            "hunks",
            id="all mostly failed: the one that failed least",
        ),
        pytest.param({"hunks": Tried(9, 0)}, "region", id="success elsewhere decides nothing"),
    ],
)
def test_the_best_that_is_not_known_to_fail(
    tried: Mapping[ReplyFormat, Tried], chosen: ReplyFormat
) -> None:
    assert choose(ORDER, tried) == chosen


def test_a_model_that_was_mended_is_trusted_again() -> None:
    tried = Tried()
    for _ in range(40):
        tried = tried.then("failed")
    assert tried.doubtful
    for _ in range(12):
        tried = tried.then("placed")
    assert not tried.doubtful
