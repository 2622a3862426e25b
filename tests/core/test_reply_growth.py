"""What is seen of an update before its end is the beginning of what it turns out to be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.replies import FORMATS, Tell, TrueEdit, edits
from homespun.core.reply import FileUpdate, FindReplace, Growth, parser
from homespun.errors import Malformed
from model_servers.depth import examples


def grown(pieces: Sequence[str]) -> tuple[list[Growth], tuple[FileUpdate, ...]]:
    """What was seen of each open update by the end, in order, and all updates of the reply."""
    reading = parser()
    found: dict[int, Growth] = {}
    for piece in pieces:
        reading.feed(piece)
        more = reading.growth()
        if more is not None:
            seen = found.get(more.number, Growth(more.number, more.action, more.file))
            assert (seen.action, seen.file) == (more.action, more.file)
            hunks, text = (*seen.hunks, *more.hunks), seen.text + more.text
            found[more.number] = Growth(more.number, more.action, more.file, hunks, text)
    return list(found.values()), reading.finish().updates


def begins(update: FileUpdate, seen: Growth) -> bool:
    if update.action == "create" and seen.hunks:
        return seen.hunks == (FindReplace("", update.text),)
    hunks = update.hunks[: len(seen.hunks)] == seen.hunks
    return update.file == seen.file and hunks and update.text.startswith(seen.text)


@settings(max_examples=examples(150))
@given(edits(), st.sampled_from(FORMATS), st.integers(0, 3), st.lists(st.floats(0, 1), max_size=40))
def test_what_is_seen_is_how_an_update_begins(
    edit: TrueEdit, tell: Tell, context: int, cuts: list[float]
) -> None:
    reply = tell(edit, context)
    bounds = [0, *sorted(int(len(reply) * part) for part in cuts), len(reply)]
    seen, updates = grown([reply[a:b] for a, b in pairwise(bounds)])
    assert all(any(begins(update, one) for update in updates) for one in seen)
    seen, updates = grown(reply)
    assert all(any(begins(update, one) for update in updates) for one in seen)
    if all(update.action != "create" for update in updates):
        lines = [update.text.count("\n") for update in updates if update.text]
        assert [one.text.count("\n") for one in seen if one.text] == [n for n in lines if n]
        hunks = [update.hunks for update in updates if update.hunks]
        assert [one.hunks for one in seen if one.hunks] == hunks


A, B = FindReplace("a", "b"), FindReplace("c", "d")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('{"file": "a.py", "text": "\\u00e9\\r\\nb', [Growth(0, "write", "a.py", (), "é\r\n")]),
        ('{"text": "a\\\\n\\n\\ud83d\\ude00\\nb', [Growth(0, "region", "", (), "a\\n\n😀\n")]),
        ('{"text": "a\nraw', [Growth(0, "region", "", (), "a\n")]),
        ('{"text": "\\ud83d\\nb\\n', []),
        ('{"note": "x, y: z", "action": "create", "path": "n", "code": "a\\n', [
            Growth(0, "create", "n", (), "a\n")
        ]),
        ('[{"file": "a", "hunks": [{"find": "a", "replace": "b"}, {"find"', [
            Growth(0, "edit", "a", (A,))
        ]),
        ('{"updated_files": [{"file": "a", "text": "x"}, {"file": "b", "edits": [{"old": "c",'
         ' "new": "d"}', [Growth(1, "edit", "b", (B,))]),
        ('{"hunks": [{"find": "a", "replace": "b"}], "file": "late"', [
            Growth(0, "edit", "", (A,))
        ]),
        ('{"updated_files": [{"hunks": [{"find": "a", "replace": "b"}], "file": "late"', []),
        ('{"updated_files": [{"file": "a", "hunks": [{"find": 1}, ', []),
        ('{"updated_files": [{"file": ["a"], "text": "a\\nb', []),
        ("a.py\n```diff\n-a\n+b\n", []),
        ("```bash\nls\n", []),
        ("~~~ a.py\nx\ny", [Growth(0, "write", "a.py", (), "x\n")]),
        ("```\nx\n```\n```\ny\n", [Growth(0, "region", "", (), "x\n")]),
    ],
)  # fmt: skip
def test_what_is_seen_of_replies_that_go_on(reply: str, expected: list[Growth]) -> None:
    reading = parser()
    found: list[Growth] = []
    for character in reply:
        reading.feed(character)
        found += [more for more in [reading.growth()] if more is not None]
    joined = Growth(found[0].number, found[0].action, found[0].file,
                    tuple(hunk for one in found for hunk in one.hunks),
                    "".join(one.text for one in found)) if found else None  # fmt: skip
    assert [one for one in [joined] if one is not None] == expected


def test_nothing_is_seen_of_a_reply_that_failed() -> None:
    reading = parser()
    with pytest.raises(Malformed):
        reading.feed('{"text": "a\\nb"]')
    assert reading.growth() is None
