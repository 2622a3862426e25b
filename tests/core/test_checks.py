"""Checks and frames: what the data of `tests/cases` does not say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.checks import check, settle, trim_region
from homespun.core.checks.change import lines_of
from homespun.core.checks.damage import EXAMPLES
from homespun.core.context import Context
from homespun.core.prompt import Task, edit_messages
from homespun.core.reply import FileUpdate, FindReplace
from homespun.core.text import Snapshot, Span
from homespun.errors import Malformed
from homespun.index.syntax import Grammars
from model_servers.depth import examples


def codes(path: str, before: str | None, after: str) -> list[str]:
    update = FileUpdate("write", path, text=after)
    return [finding.code for finding in check(update, path, before, after)]


@pytest.mark.parametrize(
    ("before", "proposed", "settled"),
    [
        ("a\r\n", "b\nc\n", "b\r\nc\r\n"),
        ("a\n", "b\r\nc\r\n", "b\nc\n"),
        ("a\r", "b\n", "b\r"),
        ("a\r\nb\nc\r\n", "a\nb\nd\nc\n", "a\r\nb\nd\r\nc\r\n"),
        ("\ufeffa\n", "b\n", "\ufeffb\n"),
        ("a\n", "\ufeffb\n", "b\n"),
        ("a", "b\n\n", "b"),
        ("a\n", "b", "b\n"),
        ("", "b\r\n", "b\r\n"),
        ("a\n", "", ""),
    ],
)
def test_settle_keeps_the_frame(before: str, proposed: str, settled: str) -> None:
    assert settle(before, proposed) == settled


@settings(max_examples=examples(100))
@given(st.text("ab\r\n", max_size=30), st.from_regex(r"\A\ufeff?[ab\r\n]{0,20}\Z"))
def test_settling_is_done_once_and_changes_no_line(before: str, proposed: str) -> None:
    settled = settle(before, proposed)
    assert settle(before, settled) == settled
    assert said(settled) == said(proposed)


def said(text: str) -> list[str]:
    """The lines that say something, without BOM and ends."""
    return [line for line in lines_of(text.removeprefix("\ufeff")) if line]


TEXT = "import os\nimport re\n\n\ndef f():\n    return 1\n\n\nprint(f())\nprint(2)\n"
REGION = Snapshot.of("", TEXT).line_span(4, 5)


@pytest.mark.parametrize(
    "proposed",
    [
        "def f():\n    return 2\n",
        "import os\nimport re\n\n\ndef f():\n    return 2\n",
        "import re\n\n\ndef f():\n    return 2\n\n\nprint(f())\nprint(2)\n",
        TEXT.replace("return 1", "return 2"),
    ],
)
def test_repeated_surroundings_are_taken_off(proposed: str) -> None:
    trimmed = trim_region(TEXT, REGION, proposed)
    assert trimmed.endswith("def f():\n    return 2\n")
    assert "os" not in trimmed
    assert "print" not in trimmed


def test_lines_that_the_region_begins_with_itself_stay() -> None:
    text = "a\nb\na\nb\nc\n"
    region = Span(4, len(text))
    assert trim_region(text, region, "a\nb\nd\n") == "a\nb\nd\n"


def test_surroundings_between_new_lines_are_refused() -> None:
    text = "a = 1\nb = 2\nc = 3\nd = 4\nx = 5\n"
    with pytest.raises(Malformed, match="around the region"):
        trim_region(text, Span(24, len(text)), "new\na = 1\nb = 2\nc = 3\nd = 4\nx = 6\n")


@pytest.mark.parametrize(
    "text",
    ["(" * 100_000, "-" * 100_000 + "1", "x = " + "[" * 50_000, "\0", "a" + ".b" * 20_000],
)
@pytest.mark.parametrize("path", ["a.py", "a.json", "a.toml", "a.js", "a.lua"])
def test_hostile_text_is_judged_and_harms_nothing(path: str, text: str) -> None:
    assert set(codes(path, None, text)) <= {"syntax", "brackets", "nul"}


@pytest.mark.parametrize("text", ["f()" + " " * 400_000 + "x\n", "@@a" * 100_000, "f(" * 100_000])
@pytest.mark.parametrize("path", ["a.c", "a.cpp", "a.sh", "a.css", "a.html", "a.go"])
def test_hostile_text_is_judged_by_grammars_in_time(path: str, text: str) -> None:
    began = time.process_time()
    update = FileUpdate("write", path, text=text)
    found = check(update, path, None, text, parse=Grammars().errors)
    assert {finding.code for finding in found} <= {"grammar", "brackets"}
    assert time.process_time() - began < 10


def test_what_was_broken_before_is_not_held_against_the_change() -> None:
    assert codes("a.py", "def (", "def f(") == []
    assert codes("a.ts", "f((", "g((") == []


def test_deletions_and_renames_are_not_looked_at() -> None:
    assert check(FileUpdate("delete", "a.py"), "a.py", "x\n" * 90, "") == ()
    assert check(FileUpdate("rename", "a.py", to="b.py"), "a.py", "# ...", "# ...") == ()


def test_messages_hold_nothing_of_the_text() -> None:
    update = FileUpdate("edit", "a.py", (FindReplace("x", "SECRET = 'SECRET"),))
    found = check(update, "a.py", "x = 1\n", "SECRET = 'SECRET\n")
    assert found
    assert all("SECRET" not in finding.message for finding in found)


def test_the_examples_are_those_of_the_instructions() -> None:
    task = Task("Mend it.", "a.py")
    told = "".join(
        message.content
        for form in ("region", "hunks", "whole", "fenced")
        for message in edit_messages(task, Context((), ()), form)
    )
    assert [text for text in EXAMPLES if text not in told] == []
