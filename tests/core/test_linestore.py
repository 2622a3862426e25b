from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts import broken_texts, encodings, ranges
from homespun.core.linestore import LineStore
from homespun.core.text import Encoding, Position, Range, Snapshot, split_lines
from model_servers.depth import examples

changes = st.lists(st.tuples(ranges, broken_texts), min_size=1, max_size=4)


@given(broken_texts, changes, encodings)
@settings(max_examples=examples(300))
def test_changes_are_those_of_the_whole_text(
    text: str, made: list[tuple[Range, str]], encoding: Encoding
) -> None:
    store = LineStore(text)
    for range_, new in made:
        span = Snapshot.of("untitled:a", text).span(range_, encoding)
        text = text[: span.start] + new + text[span.end :]
        store.replace(range_, encoding, new)
        assert list(store.lines) == split_lines(text)


@pytest.mark.parametrize(
    ("before", "start", "end", "new", "after"),
    [
        ("a\rb", (1, 0), (1, 0), "\n", ["a\r\n", "b"]),  # two ends become one
        ("a\r\r\nb", (1, 0), (1, 0), "x", ["a\r", "x\r\n", "b"]),
        ("a\rb\n", (1, 0), (1, 1), "", ["a\r\n", ""]),
        ("a\r\nb", (0, 1), (1, 0), "", ["ab"]),
        ("a\n\nb", (0, 1), (1, 0), "\r", ["a\r\n", "b"]),
        ("a\n", (1, 0), (1, 0), "b", ["a\n", "b"]),
        ("a", (0, 1), (0, 1), "\n", ["a\n", ""]),
        ("a\nb\n", (0, 0), (9, 9), "", [""]),
    ],
)
def test_seams(
    before: str, start: tuple[int, int], end: tuple[int, int], new: str, after: list[str]
) -> None:
    store = LineStore(before)
    store.replace(Range(Position(*start), Position(*end)), "utf-16", new)
    assert list(store.lines) == after


def test_snapshots_share_their_lines_until_the_text_changes() -> None:
    store = LineStore("a\nb\n")
    first = store.snapshot("untitled:a", 1)
    assert store.snapshot("untitled:a", 1).lines is first.lines
    store.replace(Range(Position(0, 0), Position(0, 1)), "utf-8", "x")
    second = store.snapshot("untitled:a", 2, "python")
    assert (first.text, second.text) == ("a\nb\n", "x\nb\n")
    assert (second.version, second.language_id) == (2, "python")


def test_reset_replaces_everything() -> None:
    store = LineStore("a\n")
    before = store.snapshot("untitled:a", 1)
    store.reset("b")
    assert (before.text, list(store.lines)) == ("a\n", ["b"])
