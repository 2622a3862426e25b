from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts import pairs
from homespun.core.block import Block
from homespun.core.diff import Edit, apply, blocks, edits
from homespun.core.text import split_lines
from model_servers.depth import examples

WORDS = [
    ("one word", "a = foo(b)\n", "a = foo(c)\n", [(8, "b", "c")]),
    ("a word twice", "f(x) + g(x)\n", "f(y) + g(y)\n", [(2, "x", "y"), (9, "x", "y")]),
    ("no word between", "a, b\n", "c, d\n", [(0, "a, b", "c, d")]),
    ("appended to a line", "x += a\n", "x += a * b\n", [(6, "", " * b")]),
    ("indented", "a\n  b\n", "a\n    b\n", [(2, "  ", "    ")]),
    ("line added", "a\nb\n", "a\nx\nb\n", [(2, "", "x\n")]),
    ("line added at the end", "a\n", "a\nb\n", [(2, "", "b\n")]),
    ("line removed", "a\nb\nc\n", "a\nc\n", [(2, "b\n", "")]),
    ("wrapped in a block", "    a\n", "    if b:\n        a\n", [(4, "", "if b:\n        ")]),
    ("final newline added", "a", "a\n", [(1, "", "\n")]),
    ("final newline removed", "a\n", "a", [(1, "\n", "")]),
    ("crlf stays", "a\r\nb\r\n", "a\r\nc\r\n", [(3, "b", "c")]),
    ("crlf becomes lf", "a\r\n", "a\n", [(1, "\r\n", "\n")]),
    ("lone cr", "a\rb\r", "a\rc\r", [(2, "b", "c")]),
    ("emoji", "a 😀 b\n", "a 😁 b\n", [(2, "😀", "😁")]),
    ("combining mark", "e\u0301\n", "e\u0300\n", [(0, "e\u0301", "e\u0300")]),
    (
        "confetti",
        "a b c d e f g h i\n",
        "a 1 c 2 e 3 g 4 i 5\n",
        [(2, "b c d e f g h i", "1 c 2 e 3 g 4 i 5")],
    ),
    ("from nothing", "", "a\nb", [(0, "", "a\nb")]),
    ("to nothing", "a\nb", "", [(0, "a\nb", "")]),
    ("nothing", "a\n", "a\n", []),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS]
)
def test_edits_are_small(before: str, after: str, expected: list[tuple[int, str, str]]) -> None:
    found = [
        (edit.start, before[edit.start : edit.end], edit.text) for edit in edits(before, after)
    ]
    assert found == expected


@given(pairs)
@settings(max_examples=examples(400))
def test_edits_turn_one_text_into_the_other(pair: tuple[str, str]) -> None:
    before, after = pair
    found = edits(before, after)
    assert apply(before, found) == after
    assert all(one.end < other.start for one, other in pairwise(found))
    for place in (place for edit in found for place in (edit.start, edit.end)):
        assert before[max(0, place - 1) : place + 1] != "\r\n"


def test_apply_takes_edits_that_touch() -> None:
    assert apply("abcd", [Edit(0, 1, "x"), Edit(1, 3, ""), Edit(3, 3, "y")]) == "xyd"
    assert apply("abcd", []) == "abcd"


few_lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "}\n"]), max_size=30)
some_lines = st.lists(st.integers(0, 40).map("{}\n".format), max_size=60, unique=True)
line_pairs = st.tuples(few_lines, few_lines) | st.tuples(some_lines, some_lines)


@given(line_pairs)
@settings(max_examples=examples(400))
def test_blocks_hold_every_change_and_never_touch(pair: tuple[list[str], list[str]]) -> None:
    before, after = pair
    at = other = 0
    for number, block in enumerate(blocks(before, after)):
        assert block.before_start > at or number == 0
        assert before[at : block.before_start] == after[other : block.after_start]
        assert (block.before_start, block.after_start) != (block.before_end, block.after_end)
        at, other = block.before_end, block.after_end
    assert before[at:] == after[other:]


@given(line_pairs)
@settings(max_examples=examples(200))
def test_equal_texts_have_no_blocks(pair: tuple[list[str], list[str]]) -> None:
    assert blocks(pair[0], list(pair[0])) == []


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        # A method that is added among methods stands after the blank line, not around it.
        ("a\n\nb\n", "a\n\nx\n\nb\n", [(2, 2, 2, 4)]),
        # Where one of two equal lines goes, it is the last.
        ("a\n\n\nb\n", "a\n\nb\n", [(2, 3, 2, 2)]),
        # What may stand next to another change does.
        ("x\na\nb\n", "x\na\na\nc\n", [(2, 3, 2, 4)]),
    ],
)
def test_ambiguous_changes_settle(
    before: str, after: str, spans: list[tuple[int, int, int, int]]
) -> None:
    found = blocks(split_lines(before), split_lines(after))
    assert [(b.before_start, b.before_end, b.after_start, b.after_end) for b in found] == spans


def test_lines_that_only_repeat_are_still_found_in_large_texts() -> None:
    before = ["a\n", "b\n", "}\n"] * 4_000
    after = [*before[:6_000], "new\n", *before[6_001:], "end\n"]
    found = blocks(before[1:], after)
    assert sum(block.after_end - block.after_start for block in found) <= 8


def test_lines_that_are_near_only_because_they_moved_are_no_anchors() -> None:
    removed, moved, stays = (
        [f"{word} {number}\n" for number in range(count)]
        for word, count in (("removed", 30), ("moved", 20), ("stays", 50))
    )
    before = ["old\n", *moved, *removed, *stays, "old end\n"]
    after = ["new\n", *stays[:30], *moved, *stays[30:], "new end\n"]
    changes = [Block(0, 51, 0, 1), Block(81, 81, 31, 51), Block(101, 102, 71, 72)]
    assert blocks(before, after) == changes
