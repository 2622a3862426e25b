"""Placing hunks: what the data of `tests/cases` does not say."""

from __future__ import annotations

import pytest

from homespun.core.diff import apply
from homespun.core.elision import is_placeholder, marks_omission
from homespun.core.locate import Placement, Unplaced, place
from homespun.core.reply import FindReplace
from homespun.core.text import Span


def placed(text: str, *hunks: tuple[str, str], within: Span | None = None) -> Placement:
    return place(text, [FindReplace(find, new) for find, new in hunks], within)


def test_one_failure_leaves_no_edit() -> None:
    placement = placed("a\nb\n", ("a", "A"), ("z", "Z"), ("b", "B"))
    assert placement.edits == ()
    assert [failure.index for failure in placement.failures] == [1]


def test_failures_are_told_by_the_hunks_own_numbers() -> None:
    placement = placed("a\na\n", ("x", "y"), ("x", "y"), ("a", "b"))
    assert [failure.index for failure in placement.failures] == [0, 2]


def test_the_closest_place_is_told() -> None:
    text = "one\n\ndef total(items):\n    s = 0\n    return s\n"
    failure = placed(text, ("def total(things):\n    s = 0\n    return s", "x")).failures[0]
    assert failure.closest_line == 3
    assert failure.closest == "def total(items):\n    s = 0\n    return s"


def test_the_closest_line_is_told_where_none_is_shared() -> None:
    failure = placed("alpha\nreturn compute(value)\n", ("return compute(values, 1)", "x")).failures
    assert (failure[0].closest_line, failure[0].closest) == (2, "return compute(value)")


def test_nothing_alike_is_no_place() -> None:
    assert placed("alpha\n", ("0123456789", "x")).failures == (
        Unplaced(0, "the text to find is not in the file; copy its lines exactly"),
    )


def test_a_repeated_line_names_its_places() -> None:
    reason = placed("}\n" * 30, ("}", "")).failures[0].reason
    assert "20 or more places (lines 1, 2, 3, 4, 5 and more)" in reason


def test_an_exact_place_counts_behind_many_that_differ_in_indentation() -> None:
    text = "".join(f"{' ' * depth}x\n" for depth in range(1, 40)) + "x\n"
    placement = placed(text, ("x", "y"))
    assert apply(text, placement.edits) == text.removesuffix("x\n") + "y\n"


def test_lines_that_a_hunk_only_repeats_are_not_edited() -> None:
    text = "a  \nb\nc  \n"
    (edit,) = placed(text, ("a\nb\nc", "a\nB\nc")).edits
    assert text[edit.start : edit.end] == "b\n"


def test_a_hunk_that_changes_nothing_gives_no_edit() -> None:
    assert placed("a\n", ("a", "a")) == Placement((), ())


@pytest.mark.parametrize("within", [Span(0, 1), Span(4, 5), Span(0, 6)])
def test_a_selection_decides_only_where_one_place_touches_it(within: Span) -> None:
    text = "a\nb\na\n"
    placement = placed(text, ("a", "X"), within=within)
    expected = {(0, 1): "X\nb\na\n", (4, 5): "a\nb\nX\n"}.get((within.start, within.end))
    assert bool(placement.failures) == (expected is None)
    if expected is not None:
        assert apply(text, placement.edits) == expected


@pytest.mark.parametrize(
    ("text", "find", "new", "after"),
    [
        pytest.param(
            "if x:\n    a()\n",
            "if x:",
            "if y:\n\tif x:",
            "if y:\n    if x:\n    a()\n",
            id="one level seen: a tab is a step of the file's",
        ),
        pytest.param(
            "if x:\n  a()\n",
            "if x:\n    a()",
            "if x:\n    if y:\n        a()",
            "if x:\n  if y:\n    a()\n",
            id="two levels seen: their difference is a step",
        ),
        pytest.param(
            "  if x:\n    a()\n  b()\n",
            "    a()\n  b()",
            "    a()\n  c()\nd()",
            "  if x:\n    a()\n  c()\nd()\n",
            id="out again, further than what was found",
        ),
        pytest.param(
            "        a()\n",
            "    a()",
            "    a()\nb()",
            "        a()\n    b()\n",
            id="deeper in the file than in the hunk",
        ),
        pytest.param(
            "\tf(a,\n\t  b)\n",
            "\tf(a,\n\t  b)",
            "\tf(a,\n\t    c)",
            "\tf(a,\n\t    c)\n",
            id="alignment by spaces after tabs",
        ),
    ],
)
def test_indentation_is_the_files(text: str, find: str, new: str, after: str) -> None:
    assert apply(text, placed(text, (find, new)).edits) == after


@pytest.mark.parametrize(
    ("text", "find", "new", "after"),
    [
        pytest.param(
            "    x = 1  # todo\n    y = 2\n",
            "# todo\n",
            "# done",
            "    x = 1  # done\n    y = 2\n",
            id="a line end in the find-text alone",
        ),
        pytest.param("x # todo\ny\n", "# todo\n", "# a\n", "x # a\ny\n", id="one in both"),
        pytest.param("x # todo\ny\n", "# todo\n", "", "x \ny\n", id="taken out"),
        pytest.param("x # todo", "# todo\n", "# a\n", "x # a", id="the text has no last line end"),
        pytest.param("b # x\r\nc", "# x\r\n", "y", "b y\r\nc", id="CRLF"),
        pytest.param("b # x\r\nc", "# x\n", "y\n", "b y\r\nc", id="CRLF in the file alone"),
        pytest.param("a\nb(); c\n", "\nb();", "d();", "a\nd(); c\n", id="before it"),
        pytest.param("a\nb(); c\n", "\nb();", "\nd();", "a\nd(); c\n", id="before both"),
        pytest.param("a; b\n", "a; ", "a;\n", "a;\nb\n", id="a line end that is only new stays"),
    ],
)
def test_no_line_is_joined_to_the_next(text: str, find: str, new: str, after: str) -> None:
    assert apply(text, placed(text, (find, new)).edits) == after


@pytest.mark.parametrize("find", ["# a\n", "\n# a"])
def test_a_line_end_to_find_is_only_where_a_line_ends(find: str) -> None:
    assert placed("x # a, b\n", (find, "y")).failures


def test_indentation_that_cannot_be_reckoned_is_refused() -> None:
    failure = placed("a()\n", ("    a()", "    a()\nb()")).failures[0]
    assert "indented in a way that does not fit" in failure.reason


@pytest.mark.parametrize(
    "line",
    [
        "# ...",
        "// ... existing code ...",
        "    // rest of the code unchanged",
        "<!-- ... rest of file ... -->",
        "... rest of the code ...",
        "# The rest of the class remains unchanged",
        "// Everything else stays the same",
        "{/* ... other components */}",
        "# [... remaining methods ...]",
        "# Implementation omitted for brevity",
        "REM ... existing code ...",
    ],
)
def test_placeholders_are_known(line: str) -> None:
    assert is_placeholder(line)
    assert marks_omission(line)


@pytest.mark.parametrize(
    "line",
    [
        "...",
        "  ...rest,",
        "return {...rest}",
        "x = 1  # ...",
        "# same as above",
        "# keep existing connections alive",
        "# Wait for the rest of the data",
        "# other methods",
        "// unchanged files are skipped",
        "# The function is the same as the inverse",
        "# the code below is slow",
        "def f(*args): ...",
        "* item",
        "# " + "x" * 300 + " ...",
    ],
)
def test_code_and_honest_comments_are_no_placeholders(line: str) -> None:
    assert not is_placeholder(line)
