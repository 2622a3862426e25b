from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts import broken_texts, encodings, positions, ranges, texts
from homespun.core.text import (
    Encoding,
    Position,
    Range,
    Snapshot,
    Span,
    content,
    split_lines,
)
from model_servers.depth import examples


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\rb\r\nc\n\rd", ["a\r", "b\r\n", "c\n", "\r", "d"]),
        ("\u2028\n", ["\u2028\n", ""]),
        ("a\x0cb\x1cc\x85d\n", ["a\x0cb\x1cc\x85d\n", ""]),
        ("\x0c\r", ["\x0c\r", ""]),
    ],
)
def test_split_lines(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(broken_texts)
@settings(max_examples=examples(200))
def test_lines_join_to_the_text_and_hold_one_end_each(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert [content(line) for line in lines] == re.split("\r\n|\r|\n", text)


@pytest.mark.parametrize(
    ("position", "offset"),
    [
        (Position(0, 0), 0),
        (Position(0, 1), 1),
        (Position(0, 2), 1),  # inside of the surrogate pair
        (Position(0, 3), 2),
        (Position(0, 4), 2),  # between \r and \n
        (Position(0, 99), 2),
        (Position(1, 0), 4),
        (Position(1, 99), 5),
        (Position(2, 0), 6),
        (Position(9, 0), 6),
        (Position(-1, 5), 0),
        (Position(1, -5), 4),
    ],
)
def test_offset_in_utf_16(position: Position, offset: int) -> None:
    assert Snapshot.of("untitled:a", "a😀\r\nb\n").offset(position, "utf-16") == offset


@given(broken_texts, st.integers(-2, 40), encodings)
@settings(max_examples=examples(200))
def test_offset_and_position_are_inverse(text: str, offset: int, encoding: Encoding) -> None:
    snapshot = Snapshot.of("untitled:a", text)
    expected = max(0, min(offset, len(text)))
    if text[expected - 1 : expected + 1] == "\r\n":
        expected -= 1
    assert snapshot.offset(snapshot.position(offset, encoding), encoding) == expected


@given(broken_texts, positions, encodings)
@settings(max_examples=examples(200))
def test_every_position_is_clamped_into_its_line(
    text: str, position: Position, encoding: Encoding
) -> None:
    snapshot = Snapshot.of("untitled:a", text)
    back = snapshot.position(snapshot.offset(position, encoding), encoding)
    assert back <= Position(max(0, position.line), max(0, position.character))
    if 0 <= position.line < len(snapshot.lines):
        assert back.line == position.line


@given(texts, ranges, encodings)
@settings(max_examples=examples(100))
def test_span_is_never_reversed(text: str, range_: Range, encoding: Encoding) -> None:
    snapshot = Snapshot.of("untitled:a", text)
    span = snapshot.span(range_, encoding)
    assert 0 <= span.start <= span.end <= len(text)
    assert snapshot.span(snapshot.range(span, encoding), encoding) == span


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(0, 0, "a\n"), (0, 1, "a\nb\n"), (1, 9, "b\nc"), (2, 2, "c"), (7, 9, ""), (-3, 0, "a\n")],
)
def test_line_span(first: int, last: int, expected: str) -> None:
    snapshot = Snapshot.of("untitled:a", "a\nb\nc")
    span = snapshot.line_span(first, last)
    assert snapshot.text[span.start : span.end] == expected


@pytest.mark.parametrize(
    ("offset", "line"), [(-1, 0), (0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (9, 2)]
)
def test_line_at(offset: int, line: int) -> None:
    assert Snapshot.of("untitled:a", "a\nb\n").line_at(offset) == line


@pytest.mark.parametrize(
    ("text", "end"),
    [("", "\n"), ("a", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb", "\r"), ("a\r\nb\n", "\n")],
)
def test_line_end(text: str, end: str) -> None:
    assert Snapshot.of("untitled:a", text).line_end == end


def test_a_snapshot_does_not_change_with_the_lines_it_was_made_from() -> None:
    lines = ["a\n", "b"]
    snapshot = Snapshot("untitled:a", lines, 3, "python")
    lines[0] = "changed\n"
    assert (snapshot.text, snapshot.version, snapshot.language_id) == ("a\nb", 3, "python")
    assert snapshot.span(Range(Position(0, 0), Position(1, 1)), "utf-16") == Span(0, 3)
