"""Counts as people read them."""

from __future__ import annotations

import pytest

from homespun.core.counting import counted, part


@pytest.mark.parametrize(
    ("number", "thing", "said"),
    [
        (0, "file", "0 files"),
        (1, "file", "1 file"),
        (2, "more file", "2 more files"),
        (21, "place", "21 places"),
    ],
)
def test_only_one_of_a_thing_has_no_s(number: int, thing: str, said: str) -> None:
    assert counted(number, thing) == said


def test_a_part_is_of_all_of_them() -> None:
    assert (part(0, 1, "file"), part(1, 3, "file")) == ("0 of 1 file", "1 of 3 files")
