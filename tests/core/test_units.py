from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts import ENCODINGS, broken_texts, encodings
from homespun.core.text import Encoding
from homespun.core.units import index, width
from model_servers.depth import examples


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("", (0, 0, 0)),
        ("abc", (3, 3, 3)),
        ("é", (2, 1, 1)),
        ("e\u0301", (3, 2, 2)),
        ("語", (3, 1, 1)),
        ("😀", (4, 2, 1)),
        ("\ud83d", (3, 1, 1)),
    ],
)
def test_width(text: str, widths: tuple[int, int, int]) -> None:
    assert tuple(width(text, encoding) for encoding in ENCODINGS) == widths


@pytest.mark.parametrize(
    ("text", "units", "encoding", "expected"),
    [
        ("a😀b", 2, "utf-16", 1),
        ("a😀b", 3, "utf-16", 2),
        ("a😀b", 4, "utf-8", 1),
        ("a😀b", 5, "utf-8", 2),
        ("éé", 3, "utf-8", 1),
        ("abc", 9, "utf-16", 3),
        ("é", 9, "utf-8", 1),
        ("abc", -1, "utf-16", 0),
        ("é", -1, "utf-16", 0),
    ],
)
def test_index(text: str, units: int, encoding: Encoding, expected: int) -> None:
    assert index(text, units, encoding) == expected


@given(broken_texts, st.integers(-1, 60), encodings)
@settings(max_examples=examples(200))
def test_index_takes_all_characters_that_fit_and_no_more(
    text: str, units: int, encoding: Encoding
) -> None:
    found = index(text, units, encoding)
    assert found == max(
        (n for n in range(len(text) + 1) if width(text[:n], encoding) <= units), default=0
    )
