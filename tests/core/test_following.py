"""A place is where its text is, whatever is typed around it; gone text has no place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.following import Change, followed
from homespun.core.text import Encoding, Position, Range, Snapshot, Span
from model_servers.depth import examples

TEXT = "one [two three] four\nfive\nsix\n"
SELECTED = Span(TEXT.index("["), TEXT.index("]") + 1)


def typed(text: str, old: str, new: str, encoding: Encoding = "utf-16") -> tuple[str, Change]:
    """`text` with `new` in place of the first `old`, and that as a change."""
    start = text.index(old)
    range_ = Snapshot.of("", text).range(Span(start, start + len(old)), encoding)
    return text.replace(old, new, 1), Change.of(range_, new, encoding)


def part(text: str, place: Range | None, encoding: Encoding = "utf-16") -> str | None:
    if place is None:
        return None
    span = Snapshot.of("", text).span(place, encoding)
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("one", "# typed 😀\none", "[two three]"),
        ("one ", "", "[two three]"),
        ("two", "two and a half\n", "[two and a half\n three]"),
        ("five\n", "", "[two three]"),
        ("one [two", "o", "o three]"),
        ("three] four", "f", "[two f"),
        ("[two three]", "x", None),
        (TEXT, "x", None),
    ],
)
def test_a_selection_holds_what_is_left_and_what_came_into_it(
    old: str, new: str, left: str | None
) -> None:
    after, change = typed(TEXT, old, new)
    place = Snapshot.of("", TEXT).range(SELECTED, "utf-16")
    assert part(after, followed(place, [change])) == left


@pytest.mark.parametrize(
    ("old", "new", "behind"),
    [
        ("five", "fifteen", "\nsix\n"),  # completed at the cursor
        ("iv", "if", "ife\nsix\n"),
        ("one", "# typed\none", "\nsix\n"),
        ("\n", " ", "\nsix\n"),  # joined with the line before it
        ("four\n", "", "\nsix\n"),
        ("five\n", "", None),
        ("e\nsi", "e\nSi", "e\nSix\n"),
        (TEXT, "x\ny\nz\n", None),
    ],
)
def test_a_cursor_stays_in_its_line_and_is_gone_with_it(
    old: str, new: str, behind: str | None
) -> None:
    at = TEXT.index("five") + (2 if old == "iv" else 4)
    after, change = typed(TEXT, old, new)
    place = followed(Snapshot.of("", TEXT).range(Span(at, at), "utf-16"), [change])
    if behind is None or place is None:
        assert place is behind
        return
    assert place.start == place.end
    assert after[Snapshot.of("", after).offset(place.start, "utf-16") :] == behind


@pytest.mark.parametrize(
    ("character", "typed", "line"), [(0, "a = 1\n", 1), (0, "a", 0), (4, "\n", 0), (4, "a", 0)]
)
def test_a_line_that_is_put_above_the_cursor_moves_it_down(
    character: int, typed: str, line: int
) -> None:
    here = Range(Position(0, character), Position(0, character))
    place = followed(here, [Change.of(here, typed, "utf-16")])
    assert place is not None and place.start == place.end and place.start.line == line


LETTERS = st.text("ab\n😀é", max_size=8)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@settings(max_examples=examples(300))
@given(LETTERS, LETTERS, LETTERS, LETTERS, ENCODINGS)
def test_of_two_whole_texts_only_what_they_do_not_share_is_a_change(
    before: str, old: str, new: str, behind: str, encoding: Encoding
) -> None:
    one, other = before + old + behind, before + new + behind
    change = Change.between(Snapshot.of("", one), Snapshot.of("", other), encoding)
    start, end = (Snapshot.of("", one).offset(at, encoding) for at in (change.start, change.end))
    new_end = Snapshot.of("", other).offset(change.new_end, encoding)
    assert one[:start] + other[start:new_end] + one[end:] == other
    assert (end - start, new_end - start) <= (len(old), len(new))


@settings(max_examples=examples(300))
@given(
    st.tuples(LETTERS, LETTERS, LETTERS),
    st.lists(st.tuples(st.booleans(), st.integers(0, 99), st.integers(0, 9), LETTERS), max_size=8),
    ENCODINGS,
)
def test_text_that_is_not_touched_is_found_again(
    texts: tuple[str, str, str],
    edits: list[tuple[bool, int, int, str]],
    encoding: Encoding,
) -> None:
    """Edits before and behind the selection, of any kind, and it is still the same text."""
    before, selected, behind = texts[0], f"<{texts[1]}>", texts[2]
    changes: list[Change] = []
    at = Span(len(before), len(before) + len(selected))
    place = Snapshot.of("", before + selected + behind).range(at, encoding)
    for is_before, start, length, new in edits:
        side = before if is_before else behind
        first = min(start, len(side))
        last = min(first + length, len(side))
        if is_before and first == len(side) and side and not side.endswith("\n"):
            continue  # what is typed right at its start, within a line, belongs to it
        shift = 0 if is_before else len(before) + len(selected)
        now = Snapshot.of("", before + selected + behind)
        changes.append(
            Change.of(now.range(Span(first + shift, last + shift), encoding), new, encoding)
        )
        side = side[:first] + new + side[last:]
        before, behind = (side, behind) if is_before else (before, side)
    assert part(before + selected + behind, followed(place, changes), encoding) == selected
