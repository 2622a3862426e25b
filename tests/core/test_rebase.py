from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts import changed, pairs
from homespun.core.merge import merge
from homespun.core.plan import FileChange, hunks_between
from homespun.core.rebase import rebase
from model_servers.depth import examples

BEFORE = "a\nb\nc\nd\ne\nf\ng\n"
AFTER = "A\nb\nc\nD\ne\nf\nG\n"


def change(before: str, after: str) -> FileChange:
    return FileChange("file:///a", "a", "edit", before, hunks_between(before, after))


@pytest.mark.parametrize(
    ("now", "after", "refused"),
    [
        (BEFORE, AFTER, []),
        ("a\nb\nnew\n" + BEFORE[4:], "A\nb\nnew\n" + AFTER[4:], []),
        (BEFORE.replace("d", "x"), "A\nb\nc\nx\ne\nf\nG\n", [1]),
        (BEFORE.replace("d", "D"), AFTER, []),
        (BEFORE.replace("e", "x"), "A\nb\nc\nd\nx\nf\nG\n", [1]),
        ("a\nb\nnew\nc\nx\ne\nf\ng\n", "A\nb\nnew\nc\nx\ne\nf\nG\n", [1]),
        ("x\nb\nc\nd\ne\nf\nx\n", "x\nb\nc\nD\ne\nf\nx\n", [0, 2]),
    ],
    ids=["unchanged", "moved down", "same line", "same change", "next line", "both", "two"],
)
def test_each_hunk_follows_its_lines_or_is_refused(
    now: str, after: str, refused: list[int]
) -> None:
    rebased = rebase(change(BEFORE, AFTER), now)
    assert (rebased.before, rebased.after, rebased.refusal) == (now, after, "")
    assert [i for i, hunk in enumerate(rebased.hunks) if hunk.refusal] == refused
    assert rebased.whole is not bool(refused)


def test_what_conflicts_throughout_is_refused_as_a_file() -> None:
    rebased = rebase(change("a\nb\n", "A\nb\n"), "x\nb\n")
    assert rebased.refusal == "the text has changed meanwhile around line 1"
    assert not rebased.offered


def test_what_was_left_out_never_hinders_what_was_taken() -> None:
    left = change("a\nb\nc\n", "A\nb\nC\n").with_hunk(0, accepted=False)
    rebased = rebase(left, "x\nb\nc\n")
    assert rebased.after == "x\nb\nC\n"
    assert [bool(hunk.refusal) for hunk in rebased.hunks] == [True, False]
    assert rebased.reasons == (), "nobody wanted it"


@settings(max_examples=examples(300))
@given(pairs, st.data())
def test_what_merges_lands_as_merged_and_the_rest_is_refused_hunk_by_hunk(
    pair: tuple[str, str], data: st.DataObject
) -> None:
    before, after = pair
    now = data.draw(changed(before))
    file = change(before, after)
    rebased = rebase(file, now)
    assert len(rebased.hunks) == len(file.hunks)
    merged = merge(before, now, after)
    if merged.clean:
        assert (rebased.after, rebased.refusal) == (merged.text, "")
        return
    assert rebased.reasons
    kept = [
        replace(hunk, accepted=not moved.refusal)
        for hunk, moved in zip(file.hunks, rebased.hunks, strict=True)
    ]
    rest = merge(before, now, replace(file, hunks=tuple(kept)).after)
    assert rebased.refusal or (rest.clean and rest.text == rebased.after)
