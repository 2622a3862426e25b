"""Which files gain by their meaning, and how much."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from homespun.core.context import Candidate
from homespun.core.nearness import LONGEST, compared, raised, summary, unit
from homespun.core.text import Snapshot, Span


def candidate(name: str, text: str = "x\n", **more: object) -> Candidate:
    return Candidate(Snapshot.of(f"file:///{name}", text), name, "", **more)  # type: ignore[arg-type]


def gains(near: Sequence[float]) -> list[float]:
    those = [candidate(f"{n}.py") for n in range(len(near))]
    found = raised(those, those, near)
    assert all(bool(one.reason) == (one.rank < 0) for one in found)
    return [round(-one.rank, 3) for one in found]


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        ([0.9, 0.6, 0.6, 0.6], [1.0, 0, 0, 0]),
        ([0.9, 0.6, 0.6, 0.9], [1.0, 0, 0, 1.0]),
        ([0.7, 0.7, 0.7], [0, 0, 0]),
        ([0.9, 0.1], [0, 0]),
        ([], []),
    ],
)
def test_only_what_stands_out_gains(near: Sequence[float], expected: Sequence[float]) -> None:
    assert gains(near) == expected


def test_where_most_are_near_only_the_nearest_quarter_gains() -> None:
    found = gains([0.0] * 10 + [0.9 + n / 1000 for n in range(30)])
    assert [n for n, gain in enumerate(found) if gain] == list(range(30, 40))
    assert found[-1] == 1.0


def test_what_must_be_shown_and_rules_are_not_compared() -> None:
    free = [candidate(f"{n}.py", rank=-float(n)) for n in range(80)]
    fixed = [candidate("a", required=True), candidate("b", rules=True)]
    assert [one.path for one in compared([*fixed, *free])] == [f"{n}.py" for n in range(79, 19, -1)]


def test_a_summary_has_outline_and_head_and_nothing_that_is_hidden() -> None:
    text = "import os\n\n\ndef first(key):\n    pass\n" + "#\n" * 2000 + "def last(key='SECRET'):\n"
    at = text.index("SECRET")
    lines = text.splitlines()
    outline = (lines.index("def first(key):"), len(lines) - 1)
    hidden = ((Span(at, at + 6), "HIDDEN"),)
    found = summary(candidate("a/b.py", text, outline=outline, hidden=hidden))
    assert found.startswith("a/b.py\ndef first(key):\ndef last(key='HIDDEN'):\nimport os\n")
    assert len(found) == LONGEST


def test_units() -> None:
    assert unit((3.0, 4.0)) == pytest.approx((0.6, 0.8))
    assert unit((0.0, 0.0)) == (0.0, 0.0)
