from __future__ import annotations

import pytest
from hypothesis import given, settings

from core.git import patched
from core.texts import pairs
from homespun.core.diff import unified
from model_servers.depth import examples


def test_a_change_in_the_middle() -> None:
    before = "".join(f"{number}\n" for number in range(1, 10))
    assert unified(before, before.replace("5\n", "five\n"), "src/a.py", context=1) == (
        "--- a/src/a.py\n+++ b/src/a.py\n@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "hunk"),
    [
        ("", "a\n", "@@ -0,0 +1 @@\n+a\n"),
        ("a\n", "", "@@ -1 +0,0 @@\n-a\n"),
        ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
        ("a\nb", "c\nb", "@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n"),
        ("a\rb\n", "a\rc\n", "@@ -1 +1 @@\n-a\rb\n+a\rc\n"),
    ],
)
def test_ends(before: str, after: str, hunk: str) -> None:
    assert unified(before, after, "a") == "--- a/a\n+++ b/a\n" + hunk


@pytest.mark.parametrize(("gap", "hunks"), [(6, 1), (7, 2)])
def test_changes_share_a_hunk_where_their_context_meets(gap: int, hunks: int) -> None:
    between = "".join(f"{number}\n" for number in range(gap))
    assert unified(f"a\n{between}b\n", f"c\n{between}d\n", "a").count("\n@@ ") == hunks


def test_nothing_changed() -> None:
    assert unified("a\n", "a\n", "a") == ""


@pytest.mark.parametrize("path", ["a b.py", "src/é.py", 'quo"te.py', "back\\slash.py", "tab\t.py"])
def test_git_finds_the_file(path: str) -> None:
    assert patched("a\n", unified("a\n", "b\n", path), path) == "b\n"


@given(pairs)
@settings(max_examples=examples(60))
def test_git_applies_it(pair: tuple[str, str]) -> None:
    before, after = pair
    patch = unified(before, after, "a.txt")
    if before == after:
        assert patch == ""
    else:
        assert patched(before, patch, "a.txt") == after
