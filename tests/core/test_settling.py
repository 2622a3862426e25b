"""Changes that are shown while a text still comes: true as far as they go, and in linear time."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.diff import Block, blocks
from homespun.core.growing import GrowingText
from homespun.core.settling import Settling
from homespun.core.text import Span
from model_servers.depth import examples

LINES = [f"line {number}" for number in range(30)]


def settled(old: Sequence[str], new: Sequence[str]) -> list[list[Block]]:
    """What each line of `new` settled."""
    settling = Settling(old)
    return [settling.feed([line]) for line in new]


def changed(at: int, removed: int, *lines: str) -> list[str]:
    return [*LINES[:at], *lines, *LINES[at + removed :]]


@pytest.mark.parametrize(
    ("new", "at"),
    [
        (changed(5, 1, "new"), 7),
        (changed(5, 0, "new"), 7),
        (changed(5, 0, *["new"] * 9), 15),
        (changed(5, 2), 6),
        (changed(5, 9), 13),
        (changed(0, 1, "new"), 2),
    ],
    ids=["replaced", "inserted", "many inserted", "removed", "many removed", "at the start"],
)
def test_a_change_is_settled_some_lines_after_it(new: list[str], at: int) -> None:
    found = settled(LINES, new)
    assert found[at] == blocks(LINES, new)
    assert not any(found[:at])
    assert not any(found[at + 1 :])


def test_lines_that_move_up_take_nothing_away() -> None:
    """Where a few lines come early, those between are not said to be gone."""
    new = [*LINES[:3], *LINES[20:24], *LINES[3:20], *LINES[24:]]
    gone = [block for found in settled(LINES, new) for block in found if block.before_end]
    assert all(block.before_end - block.before_start <= 4 for block in gone)


lines = st.lists(st.sampled_from([*LINES[:12], "", "}", "    return"]), max_size=30)


@settings(max_examples=examples(150))
@given(lines, lines, st.integers(1, 5))
def test_what_is_settled_is_true_so_far(old: list[str], new: list[str], size: int) -> None:
    settling = Settling(old)
    found: list[Block] = []
    for at in range(0, len(new), size):
        found += settling.feed(new[at : at + size])
    made: list[str] = []
    done = 0
    for block in found:
        assert block.before_start >= done
        made += [*old[done : block.before_start], *settling.lines(block)]
        done = block.before_end
    assert new[: len(made)] == made
    assert found == [block for each in settled(old, new) for block in each]


def test_time_is_linear_in_the_number_of_lines() -> None:
    def seconds(size: int) -> float:
        old = ["", "}", "a", "b"] * size
        new = ["b", "}", "", "c", "a"] * size
        taken: list[float] = []
        for _ in range(3):
            begun = time.process_time()
            settled(old, new)
            taken.append(time.process_time() - begun)
        return min(taken)

    assert seconds(8_000) < 30 * max(seconds(1_000), 1e-3)


def test_a_region_that_loses_its_indentation_on_the_way_is_not_shown() -> None:
    text = "class A:\n    def f():\n        a\n        b\n        c\n        d\n"
    growing = GrowingText(text, Span(9, len(text)))
    assert not growing.feed("  def f():\n")
    assert not growing.feed("a\n    x\n        c\n        d\n")
