"""Replies as they stream: any cutting gives the same updates, each as soon as it is finished."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from homespun.core.reply import FileUpdate, FindReplace, Reply, parser
from homespun.core.reply_json import MAX_NESTING
from homespun.core.reply_stream import MAX_REPLY
from homespun.errors import Malformed
from model_servers.depth import examples

HUNK = FindReplace("a - b", "a + b")
EDIT = FileUpdate("edit", "a.py", (HUNK,))
WRITE = FileUpdate("write", "b.py", text='x = "\\n{[é😀"\n')


def as_json(update: FileUpdate) -> dict[str, object]:
    shape: dict[str, object] = {"action": update.action, "file": update.file}
    if update.action == "edit":
        shape["hunks"] = [{"find": h.find, "replace": h.replace} for h in update.hunks]
    if update.action in ("write", "create"):
        shape["text"] = update.text
    if update.action == "rename":
        shape["to"] = update.to
    return shape


def reply_json(*updates: FileUpdate, summary: str = "Done.") -> str:
    files = [as_json(update) for update in updates]
    return json.dumps({"summary": summary, "updated_files": files}, indent=1)


def read(pieces: Iterable[str]) -> tuple[Reply | str, list[FileUpdate]]:
    """The reply (or why there is none), and what was known of it before its end."""
    reading = parser()
    early: list[FileUpdate] = []
    try:
        for piece in pieces:
            early += reading.feed(piece)
            reading.growth()
        return reading.finish(), early
    except Malformed as error:
        return error.message, early


def cut(text: str, places: Sequence[int]) -> list[str]:
    bounds = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[a:b] for a, b in pairwise(bounds)]


FENCED = "Mended.\n\na.py\n```python\n<<<<<<< SEARCH\na - b\n=======\na + b\n>>>>>>> REPLACE\n```\n"
REPLIES = (
    reply_json(EDIT, WRITE, FileUpdate("delete", "c.py"), FileUpdate("rename", "d.py", to="e.py")),
    "Sure.\n```json\n" + reply_json(EDIT) + "\n```\nBye {not json}",
    "So: {see} [1] " + reply_json(WRITE),
    "<think>\n{maybe}\n```\n</think>" + reply_json(WRITE),
    FENCED,
    FENCED + "\nb.py\n````\n" + WRITE.text + "```\n````",
    "a.py\n```\n" + "é" * 30 + "\n```",
    "```json\n{\n \n",
    "{ \n",
    '[{"file": "a.py", "find": "x", "replace": "y"}]',
    '{"updated_files": [{"file": "a.py"}]}',
    '{"updated_files": [{"file": "a.py", "text": "\\"}',
    "prose [ { alone",
    "```\nnameless\n```",
)


@pytest.mark.parametrize("text", REPLIES)
def test_one_character_at_a_time_is_as_good_as_all_at_once(text: str) -> None:
    whole, early = read([text])
    assert read(text)[0] == whole
    if isinstance(whole, Reply):
        assert list(whole.updates[: len(early)]) == early


@settings(max_examples=examples(150))
@given(st.sampled_from(REPLIES), st.lists(st.integers(0, 10_000), max_size=12))
def test_any_cutting_gives_the_same(text: str, places: list[int]) -> None:
    reply, early = read(cut(text, places))
    assert reply == read([text])[0]
    if isinstance(reply, Reply):
        assert list(reply.updates[: len(early)]) == early


@settings(max_examples=examples(150))
@given(
    st.text('{}[]",:`~\\\n abc<=>#think/SEARCHREPLACE.py', max_size=200),
    st.lists(st.integers(0, 200), max_size=6),
)
@example("```\n{\n", [1])
def test_any_cutting_of_garbage_gives_the_same(text: str, places: list[int]) -> None:
    assert read(cut(text, places))[0] == read([text])[0]


def test_an_update_is_given_as_soon_as_its_object_closes() -> None:
    text = reply_json(EDIT, WRITE)
    first_ends = text.index("}\n   ]\n  }") + len("}\n   ]\n  }")
    reading = parser()
    assert reading.feed(text[: first_ends - 1]) == []
    assert reading.feed(text[first_ends - 1 : first_ends]) == [EDIT]
    assert reading.feed(text[first_ends:]) == [WRITE]
    assert reading.finish() == Reply("Done.", (EDIT, WRITE))


def test_a_block_is_given_as_soon_as_its_fence_closes() -> None:
    reading = parser()
    assert reading.feed("b.py\n```\nx = 1\n``") == []
    assert reading.feed("`\n") == [FileUpdate("write", "b.py", text="x = 1\n")]


def test_a_nameless_block_waits_for_the_end() -> None:
    reading = parser()
    assert reading.feed("```python\nx = 1\n```\n") == []
    assert reading.finish().updates == (FileUpdate("region", "", text="x = 1\n"),)


def test_an_update_said_twice_is_one_update() -> None:
    reply, early = read([reply_json(WRITE, WRITE)])
    assert reply == Reply("Done.", (WRITE,))
    assert early == [WRITE]


def test_no_updates_is_an_answer() -> None:
    assert read(['{"summary": "Nothing to do.", "updated_files": []}'])[0] == Reply(
        "Nothing to do.", ()
    )


@pytest.mark.parametrize("end", ["```", "```\n", "\n```\nanything"])
def test_json_that_is_whole_needs_no_closing_fence(end: str) -> None:
    assert read(["```json\n" + reply_json(EDIT) + end])[0] == Reply("Done.", (EDIT,))


def test_a_failure_stays() -> None:
    reading = parser()
    with pytest.raises(Malformed) as first:
        reading.feed('{"updated_files": [}')
    with pytest.raises(Malformed) as again:
        reading.feed(reply_json(EDIT))
    with pytest.raises(Malformed) as last:
        reading.finish()
    assert first.value.message == again.value.message == last.value.message


@pytest.mark.parametrize(
    "text",
    [
        '{"a": ' + "[" * MAX_NESTING + "]" * MAX_NESTING + "}",
        '{"summary": "x", "text": NaN}',
        '{"summary": "x", "text": 1' + "0" * 5000 + "}",
        '{"summary": "x"]',
        '{"updated_files": [1, 2]}',
        '{"updated_files": "x"}',
        '{"updated_files": [{"file": "a.py", "path": "b.py", "text": "x"}]}',
        '{"updated_files": [{"action": "rename", "file": "a.py"}]}',
        '{"updated_files": [{"file": "a.py", "hunks": [{"find": "x"}]}]}',
        '{"updated_files": [{"file": "a.py", "text": "x"}], "text": "y"}',
        '{"text": "a"} {"text": "b"}',
    ],
)
def test_what_is_not_certain_is_malformed(text: str) -> None:
    reply, _ = read([text])
    assert isinstance(reply, str)
    assert reply.endswith((".", "?"))


def test_messages_hold_nothing_of_the_reply() -> None:
    for broken in ('{"summary": "SECRET", SECRET}', '{"text": "x", "text": "SECRET"}'):
        with pytest.raises(Malformed) as failure:
            parser().feed(broken)
        assert "SECRET" not in failure.value.message + failure.value.hint


def test_an_endless_reply_is_refused() -> None:
    reading = parser()
    reading.feed("```\n" + "x" * (MAX_REPLY - 4))
    with pytest.raises(Malformed, match="longer than"):
        reading.feed("x")


LONG: dict[str, Callable[[int], str]] = {
    "json": lambda size: reply_json(FileUpdate("write", "a.py", text="x = 1\n" * size)),
    "one line": lambda size: "a.py\n```\n" + "x = 1;" * size + "\n```",
    "prose": lambda size: "x" * 6 * size,
    "brackets": lambda size: " {" * 3 * size,
    "blanks": lambda size: "```json\n" + " " * 6 * size,
    "hunks": lambda size: reply_json(FileUpdate("edit", "a.py", (HUNK,) * (size // 8))),
    "fenced hunks": lambda size: "a.py\n````\n" + FENCED[20:-4] * (size // 8) + "````\n",
    "texts": lambda size: '{"a": [' + '{"text": "x\\ny", "hunks": []},' * (size // 4) + "1]}",
    "one key again": lambda size: '{"file": "a"' + ', "text": "a\\nb"' * (size // 2) + "}",
    "escapes": lambda size: '{"text": "' + '\\"' * 3 * size + '"}',
}


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("piece", [4, 4096])
def test_time_is_linear_in_the_length(kind: str, piece: int) -> None:
    def seconds(size: int) -> float:
        reply = LONG[kind](size)
        taken: list[float] = []
        for _ in range(3):
            began = time.process_time()
            read(reply[at : at + piece] for at in range(0, len(reply), piece))
            taken.append(time.process_time() - began)
        return min(taken)

    # Eight times the text: about 8 where it is linear, 64 where it is quadratic.
    assert seconds(16_000) < 30 * max(seconds(2_000), 1e-3)
