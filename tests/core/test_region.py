from __future__ import annotations

import pytest

from homespun.core.region import fit_region, whole_lines
from homespun.core.text import Snapshot, Span

CASES = [
    ("same frame", "    a\n", "    b\n", "    b\n"),
    (
        "lost indentation",
        "    def f():\n        a\n",
        "def f():\n    b\n",
        "    def f():\n        b\n",
    ),
    ("added indentation", "def f():\n    a\n", "    def f():\n        b\n", "def f():\n    b\n"),
    ("tabs", "\tif x {\n\t\ta\n\t}\n", "if x {\n\tb\n}\n", "\tif x {\n\t\tb\n\t}\n"),
    ("lost line end", "a\n", "b", "b\n"),
    ("added line end", "a", "b\n", "b"),
    ("blank lines around", "a\n", "\n\nb\n\n", "b\n"),
    ("blank line inside keeps empty", "    a\n", "a\n\nb\n", "    a\n\n    b\n"),
    ("deleted", "    a\n", "", ""),
    ("only the first line outdented", "    a\n", "a\n    b\n", "    a\n        b\n"),
    ("deeper first line is left", "a\n", "  b\nc\n", "  b\nc\n"),
    ("crlf", "a\r\n", "b", "b\r\n"),
]


@pytest.mark.parametrize(
    ("original", "proposed", "fitted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_fit_region(original: str, proposed: str, fitted: str) -> None:
    assert fit_region(original, proposed) == fitted


def test_fitting_what_fits_changes_nothing() -> None:
    for original, _, fitted in (case[1:] for case in CASES if case[3]):
        assert fit_region(original, fitted) == fitted


def test_whole_lines() -> None:
    snapshot = Snapshot.of("file:///a", "one\ntwo\nthree\n")
    assert whole_lines(snapshot, Span(1, 2)) == Span(0, 4)
    assert whole_lines(snapshot, Span(2, 5)) == Span(0, 8)
    assert whole_lines(snapshot, Span(0, 4)) == Span(0, 4), "touches the second line at its start"
    assert whole_lines(snapshot, Span(5, 5)) == Span(4, 8)
