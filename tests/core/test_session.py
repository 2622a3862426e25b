"""A prompt that goes on as the last one began, and tells all that has changed since."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.context import Candidate, Context, fit
from homespun.core.prompt import Task, edit_messages
from homespun.core.session import Session, continued, resumed
from homespun.core.text import Snapshot, Span
from model_servers.depth import examples

LINES = [f"line {n}\n" for n in range(100)]
TEXT = "".join(LINES)


def candidate(name: str, text: str, **more: object) -> Candidate:
    return Candidate(Snapshot.of(f"file:///{name}", text), name, "open", **more)  # type: ignore[arg-type]


def step(session: Session, *files: Candidate, budget: int = 100_000) -> Context:
    return resumed(session, fit(files, budget, len), files, budget, len)


def prompt(context: Context) -> str:
    return edit_messages(Task("x", "a"), context, "hunks")[1].content


def files_of(context: Context) -> str:
    return prompt(context).partition("HOW TO ANSWER")[0]


def test_files_keep_their_places_and_new_ones_come_behind() -> None:
    first = step(Session(), candidate("b", TEXT), candidate("a", "a\n"))
    new = step(continued(first), candidate("c", "c\n"), candidate("a", "a\n"), candidate("b", TEXT))
    assert [item.path for item in new.items] == ["b", "a", "c"]
    assert files_of(new).startswith(files_of(first))


def test_a_changed_file_keeps_its_text_and_the_change_is_told_behind() -> None:
    first = step(Session(), candidate("a", TEXT), candidate("b", "b\n"))
    changed = TEXT.replace("line 50\n", "line fifty\n")
    second = step(continued(first), candidate("a", changed), candidate("b", "b\n"))
    assert files_of(second) == (
        files_of(first)
        + "FILE a has changed: lines 50 to 52 read now\n```\nline 49\nline fifty\nline 51\n```\n\n"
    )
    assert second.shown()["file:///a"][0].text == changed
    assert second.shown()["file:///a"][1], "the whole file is known, as it is now"
    third = step(continued(second), candidate("a", changed), candidate("b", "b\n"))
    assert files_of(third) == files_of(second)


def test_where_changes_cost_too_much_the_file_is_shown_anew_at_the_end() -> None:
    first = step(Session(), candidate("a", TEXT), candidate("b", "b\n"))
    changed = TEXT.replace("line", "row")
    second = step(continued(first), candidate("a", changed), candidate("b", "b\n"))
    assert [(item.path, item.whole) for item in second.items] == [("b", True), ("a", True)]
    assert "line" not in files_of(second)


def test_a_file_that_is_not_wanted_any_more_goes() -> None:
    first = step(Session(), candidate("a", TEXT), candidate("b", "b\n"))
    second = step(continued(first), candidate("b", "b\n"))
    assert [item.path for item in second.items] == ["b"]


def test_where_the_old_leaves_no_room_the_new_goes_first() -> None:
    first = step(Session(), candidate("a", TEXT, required=True))
    changed = TEXT.replace("line 50\n", "line fifty\n")
    second = step(continued(first), candidate("a", changed, required=True), budget=len(changed) + 5)
    assert files_of(second) == files_of(step(Session(), candidate("a", changed)))


def test_parts_that_were_not_shown_yet_are_added() -> None:
    parts = {"outline": (0,), "places": ((10, 12),)}
    first = step(Session(), candidate("a", TEXT, **parts))
    again = step(continued(first), candidate("a", TEXT, **parts | {"places": ((11, 12),)}))
    assert files_of(again) == files_of(first)
    more = step(continued(first), candidate("a", TEXT, **parts | {"places": ((30, 31),)}))
    assert files_of(more).startswith(files_of(first))
    assert "line 30\nline 31\n" in files_of(more)
    assert not more.shown()["file:///a"][1]


def test_of_a_file_shown_in_parts_a_change_shows_the_parts_anew() -> None:
    at = TEXT.index("line 50\n")
    focus = Span(at, at + 8)
    budget = 120
    first = step(Session(), candidate("a", TEXT, required=True, focus=focus), budget=budget)
    changed = "new\n" + TEXT
    moved = Span(focus.start + 4, focus.end + 4)
    now = candidate("a", changed, required=True, focus=moved)
    second = step(continued(first), now, budget=budget)
    assert len(second.items) == 1
    assert second.items[0].snapshot.text == changed


@settings(max_examples=examples(60))
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_whatever_changes_the_model_can_tell_the_text_as_it_is(seed: int, steps: int) -> None:
    """Read top to bottom, each change replacing what it says, the prompt gives the current text."""
    chance = random.Random(seed)
    session, lines = Session(), list(LINES)
    for _ in range(steps):
        for _ in range(chance.randint(0, 3)):
            at = chance.randrange(len(lines))
            new = [f"new {chance.random()}\n" for _ in range(chance.randint(0, 3))]
            lines[at : at + chance.randint(0, 3)] = new
        given = candidate("a", "".join(lines), required=True)
        context = step(session, given)
        snapshot, whole = context.shown()["file:///a"]
        assert whole and snapshot.text == "".join(lines)
        told = {line for item in context.items for p in item.parts for line in p.text.splitlines()}
        assert set("".join(lines).splitlines()) <= told
        session = continued(context)
