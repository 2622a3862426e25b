from __future__ import annotations

import pytest

from homespun.core.context import Candidate, DoesNotFit, fit
from homespun.core.text import Snapshot, Span


def candidate(name: str, text: str, **more: object) -> Candidate:
    return Candidate(Snapshot.of(f"file:///{name}", text), name, "open", **more)  # type: ignore[arg-type]


def test_everything_fits_in_the_order_given() -> None:
    context = fit([candidate("b", "bb"), candidate("a", "aaa", required=True)], 5, len)
    assert [item.path for item in context.items] == ["b", "a"]
    assert context.tokens == 5
    assert context.left_out == ()


def test_the_required_one_comes_first_and_the_others_by_rank() -> None:
    given = [
        candidate("far", "x" * 4, rank=2),
        candidate("near", "x" * 4, rank=1),
        candidate("it", "x" * 4, required=True),
    ]
    context = fit(given, 9, len)
    assert [item.path for item in context.items] == ["near", "it"]
    assert [left.path for left in context.left_out] == ["far"]


def test_a_long_required_file_is_shown_around_its_focus_with_its_head() -> None:
    text = "".join(f"line {n}\n" for n in range(5000))
    at = text.index("line 3000\n")
    context = fit([candidate("long", text, required=True, focus=Span(at, at + 9))], 3000, len)
    (item,) = context.items
    assert not item.whole
    assert item.tokens <= 3000
    head, body = item.parts
    assert head.first == 0
    assert "line 3000\n" in body.text
    assert body.text.splitlines()[0] == f"line {body.first}"
    assert body.text.splitlines()[-1] == f"line {body.last}"


def test_a_required_file_without_focus_fits_or_fails() -> None:
    with pytest.raises(DoesNotFit) as failure:
        fit([candidate("big", "x" * 100, required=True)], 50, len)
    assert (failure.value.needed, failure.value.budget) == (100, 50)


def test_a_focus_that_is_too_long_fails() -> None:
    with pytest.raises(DoesNotFit):
        fit([candidate("big", "x" * 100, required=True, focus=Span(0, 100))], 50, len)
