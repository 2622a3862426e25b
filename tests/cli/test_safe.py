"""What others wrote cannot command the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.cli.safe import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n\ttext, ümlaut, 糸", "plain\n\ttext, ümlaut, 糸"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("over\rwritten", "over␍written"),
        ("\x9b31m", "\ufffd31m"),
        ("access = '\u202e' if x", "access = '<U+202E>' if x"),
    ],
)
def test_shows_what_would_command(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_controls_any_more(text: str) -> None:
    kinds = {mark: unicodedata.category(mark) for mark in printable(text)}
    assert {mark for mark, kind in kinds.items() if kind == "Cc"} <= {"\n", "\t"}
