"""What any smallest diff may change, against a table of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.smallest import joined, loose
from model_servers.depth import examples


def common(old: Sequence[str], new: Sequence[str]) -> list[list[int]]:
    """How many lines the first so many of both have in common, in order."""
    table = [[0] * (len(new) + 1)]
    for line in old:
        above, row = table[-1], [0]
        for at, other in enumerate(new):
            row.append(above[at] + 1 if line == other else max(above[at + 1], row[at]))
        table.append(row)
    return table


def all_of_them(old: Sequence[str], new: Sequence[str]) -> tuple[int, list[tuple[int, int]]]:
    """The same by looking at each pair of lines."""
    head = common(old, new)
    tail = [row[::-1] for row in common(old[::-1], new[::-1])[::-1]]
    most = head[-1][-1]
    found: list[tuple[int, int]] = []
    for at in range(len(old) + 1):
        if any(head[at][to] + tail[at][to + 1] == most for to in range(len(new))):
            found.append((at, at))
        if at == len(old):
            continue
        gone = any(head[at][to] + tail[at + 1][to] == most for to in range(len(new) + 1))
        pairs = [to for to, line in enumerate(new) if line == old[at]]
        kept = [to for to in pairs if head[at][to] + 1 + tail[at + 1][to + 1] == most]
        if gone or len(kept) != 1:
            found.append((at, at + 1))
    return len(old) + len(new) - 2 * most, list(joined(found))


lines = st.text("abcd", max_size=10)


@settings(max_examples=examples(300))
@given(lines, lines)
def test_it_is_what_all_smallest_diffs_say(old: str, new: str) -> None:
    assert loose(old, new, 20) == all_of_them(old, new)


def test_too_many_changes_are_not_looked_at() -> None:
    assert loose("abc", "xyz", 5) is None
    assert loose("abc", "xyz", 6) == (6, [(0, 3)])


def test_few_changes_in_long_texts() -> None:
    old = [f"line {number}" for number in range(5_000)]
    new = [*old[:100], "new", *old[100:3_000], *old[3_001:]]
    assert loose(old, new, 10) == (2, [(100, 100), (3_000, 3_001)])
