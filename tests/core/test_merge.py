from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.git import merged as git_merged
from core.merges import outcomes, random_sides
from core.texts import pairs, texts
from homespun.core.merge import Conflict, merge
from model_servers.depth import examples

CLEAN = [
    ("both sides", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
    ("only current", "a\n", "b\n", "a\n", "b\n"),
    ("only proposed", "a\n", "a\n", "b\n", "b\n"),
    ("the same on both", "a\nb\n", "x\nb\n", "x\nb\n", "x\nb\n"),
    ("moved down", "a\nb\n", "new\nmore\na\nb\n", "a\nB\n", "new\nmore\na\nB\n"),
    ("crlf", "a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
    ("lone cr", "a\rb\rc", "A\rb\rc", "a\rb\rC", "A\rb\rC"),
    ("final newline and a line", "a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n"),
    ("across blank lines", "a\n\nb\n", "A\n\nb\n", "a\n\nB\n", "A\n\nB\n"),
]
CONFLICTS = [
    ("same line", "a\nb\n", "x\nb\n", "y\nb\n", (0, 1)),
    ("adjacent", "a\nb\n", "x\nb\n", "a\ny\n", (0, 2)),
    ("two appends", "a\n", "a\nx\n", "a\ny\n", (1, 1)),
    ("deleted and changed", "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", (1, 2)),
    ("line ends and a line", "a\nb\n", "a\r\nb\r\n", "a\nB\n", (0, 2)),
    # Another diff might say that the blank lines are the new ones: too near to be sure.
    ("among equal lines", "a\n\n\nb\n", "a\n\n\n\nb\n", "a\n\n\nB\n", (1, 4)),
]


@pytest.mark.parametrize(
    ("base", "current", "proposed", "expected"), [c[1:] for c in CLEAN], ids=[c[0] for c in CLEAN]
)
def test_clean(base: str, current: str, proposed: str, expected: str) -> None:
    for one, other in ((current, proposed), (proposed, current)):
        assert merge(base, one, other).text == expected
        assert merge(base, one, other).clean


@pytest.mark.parametrize(
    ("base", "current", "proposed", "lines"),
    [c[1:] for c in CONFLICTS],
    ids=[c[0] for c in CONFLICTS],
)
def test_conflict(base: str, current: str, proposed: str, lines: tuple[int, int]) -> None:
    for one, other in ((current, proposed), (proposed, current)):
        found = merge(base, one, other)
        assert not found.clean
        assert [(c.base_start, c.base_end) for c in found.conflicts] == [lines]
        assert found.text == one


def test_a_conflict_names_both_sides_and_the_rest_is_merged() -> None:
    found = merge("a\nb\nc\nd\ne\n", "x\nb\nc\nd\ne\n", "y\nb\nc\nd\nE\n")
    assert found.text == "x\nb\nc\nd\nE\n"
    assert found.conflicts == (Conflict(0, 1, ("x\n",), ("y\n",)),)


@given(texts, texts)
@settings(max_examples=examples(100))
def test_one_side_alone_is_always_clean(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, changed).text == changed


_FEW = [letter + "\n" for letter in "abc"]
_CODE = ["\n", "}\n", "else:\n", *(f"line {number}\n" for number in range(12))]


@st.composite
def three_texts(draw: st.DrawFn) -> tuple[str, str, str]:
    """A base and two sides: lines inserted, removed, replaced, copied."""
    line = st.sampled_from(draw(st.sampled_from([_FEW, _CODE])))
    base = draw(st.lists(line, max_size=30))

    def side() -> str:
        lines = list(base)
        for _ in range(draw(st.integers(1, 3))):
            start = draw(st.integers(0, len(lines)))
            copied = draw(st.integers(0, len(lines)))
            new = draw(st.lists(line, max_size=3) | st.just(lines[copied : copied + 3]))
            lines[start : start + draw(st.integers(0, 2))] = new
        text = "".join(lines)
        return text if draw(st.integers(0, 9)) else text[:-1]

    return "".join(base), side(), side()


@given(three_texts())
@settings(max_examples=examples(250))
def test_clean_only_where_git_is_clean_and_then_the_same(sides: tuple[str, str, str]) -> None:
    found = merge(*sides)
    if found.clean:
        assert found.text == git_merged(*sides)


def test_a_thousand_random_merges_end_as_gits_or_are_refused() -> None:
    found = outcomes(random_sides(4, examples(1000)))
    endings = {ending for _, ending in found}
    assert endings == {"same", "git alone", "conflict"}
    # What two people do to code merges, most of the time, where git merges it.
    assert found["code", "same"] > 5 * found["code", "git alone"]


_LONG = [f"line {n}\n" if n % 5 else "\n" for n in range(1_000)]
_NEW = [f"new {n}\n" for n in range(100)]
FAR_APART: list[tuple[str, Callable[[list[str]], list[str]]]] = [
    ("replaced", lambda part: ["new\n", *part[1:]]),
    ("inserted among equal lines", lambda part: [*part[:5], "\n", "new\n", *part[5:]]),
    ("removed", lambda part: part[3:]),
    ("more than is near a change", lambda part: [*_NEW, *part]),
    ("moved", lambda part: [*part[1:], part[0]]),
    ("all over", lambda part: [f"> {line}" for line in part]),
]


@pytest.mark.parametrize("change", [c[1] for c in FAR_APART], ids=[c[0] for c in FAR_APART])
def test_changes_far_apart_in_long_texts(change: Callable[[list[str]], list[str]]) -> None:
    current, proposed = list(_LONG), list(_LONG)
    for start in range(901, 0, -100):
        current[start : start + 20] = change(_LONG[start : start + 20])
        proposed[start + 50 : start + 60] = ["other\n"]
    sides = "".join(_LONG), "".join(current), "".join(proposed)
    found = merge(*sides)
    assert found.clean
    assert found.text == git_merged(*sides)


@given(pairs)
@settings(max_examples=examples(100))
def test_any_line_ends(pair: tuple[str, str]) -> None:
    base, changed = pair
    found = merge("first\nx\n" + base, "first\nx\n" + changed, "FIRST\nx\n" + base)
    if found.clean:
        assert found.text == "FIRST\nx\n" + changed
