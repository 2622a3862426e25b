"""What is seen of a change while its file is still being written: whole hunks, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.test_edit import edit, task, updates
from engine.world import World, world
from homespun.core.plan import FileChange, hunks_between
from homespun.core.text import split_lines

FUNCTIONS = [f"def f{number}(a):\n    b = a + {number}\n    return b\n\n\n" for number in range(12)]
BEFORE = "".join(FUNCTIONS)
AFTER = (
    BEFORE.replace("a + 2\n", "a * 2\n")
    .replace("def f6(a):\n", "def f6(a):\n    a += 1\n")
    .replace("    b = a + 9\n    return b\n", "    return a + 9\n")
)
CHANGES = [
    ("    b = a + 2\n", "    b = a * 2\n"),
    ("def f6(a):\n", "def f6(a):\n    a += 1\n"),
    ("    b = a + 9\n    return b\n", "    return a + 9\n"),
]


def json_hunks() -> str:
    told = [{"find": find, "replace": new} for find, new in CHANGES]
    return edited(told)


def edited(hunks: list[dict[str, str]]) -> str:
    """A reply that changes a.py, and goes on a little after the last hunk."""
    return updates({"file": "a.py", "hunks": hunks, "action": "edit"})


def json_hunks_alone() -> str:
    told = [{"search": find, "new": new} for find, new in CHANGES]
    return json.dumps({"path": "a.py", "edits": told})


def json_whole() -> str:
    return updates({"action": "write", "file": "a.py", "text": AFTER})


def json_whole_escaped() -> str:
    return updates({"file_name": "a.py", "file_content": AFTER.replace("\n", "\r\n")})


def json_region() -> str:
    return json.dumps({"summary": "Done.", "text": AFTER})


def fenced_hunks() -> str:
    told = [f"<<<<<<< SEARCH\n{f}=======\n{n}>>>>>>> REPLACE\n" for f, n in CHANGES]
    return "Done.\n\na.py\n```python\n" + "".join(told) + "```\n"


def fenced_path_within() -> str:
    told = [f"<<<<<<< SEARCH\n{f}=======\n{n}>>>>>>> REPLACE\n" for f, n in CHANGES]
    return "```python\na.py\n" + "".join(told) + "```\n"


def fenced_whole() -> str:
    return f"a.py\n```python\n{AFTER}```\n"


def fenced_nameless() -> str:
    return f"Done.\n```python\n{AFTER}```\n"


REPLIES = [
    json_hunks,
    json_hunks_alone,
    json_whole,
    json_whole_escaped,
    json_region,
    fenced_hunks,
    fenced_path_within,
    fenced_whole,
    fenced_nameless,
]


def seen(w: World, name: str = "a.py") -> list[FileChange]:
    """What was shown of a file while the reply streamed."""
    uri = w.workspace.uri(name)
    files = [[file for file in plan.files if file.uri == uri] for plan in w.recorder.plans]
    return [file for found in files for file in found]


@pytest.mark.parametrize("reply", REPLIES)
async def test_each_hunk_is_seen_before_the_file_is_whole(
    tmp_path: Path, reply: Callable[[], str]
) -> None:
    w = world(tmp_path, {"a.py": BEFORE}, reply())
    outcome = await edit(w, task(w, "a.py"))
    assert (outcome.status, w.workspace.text("a.py")) == ("applied", AFTER)
    final = hunks_between(BEFORE, AFTER)
    assert [file.hunks for file in seen(w)][:3] == [final[:1], final[:2], final]
    assert not any(plan.complete for plan in w.recorder.plans)


async def test_a_path_within_the_fence_names_the_file(tmp_path: Path) -> None:
    reply = fenced_path_within()
    w = world(tmp_path, {"b.py": "", "a.py": BEFORE}, reply)
    await edit(w, task(w, "b.py", scope="workspace"))
    assert [file.hunks for file in seen(w)][:2] == [
        hunks_between(BEFORE, AFTER)[:1],
        hunks_between(BEFORE, AFTER)[:2],
    ]


async def test_a_region_keeps_its_place_and_its_indentation(tmp_path: Path) -> None:
    methods = "".join(f"    {line}" if line.strip() else line for line in split_lines(BEFORE))
    before, after = f"class A:\n{methods}", f"class A:\n{methods.replace('a + 2', 'a * 2')}"
    dedented = BEFORE.replace("a + 2", "a * 2").rstrip("\n")
    w = world(tmp_path, {"a.py": before}, json.dumps({"text": dedented}))
    at = methods.rstrip("\n")
    outcome = await edit(w, task(w, "a.py", at=at, scope="selection"))
    assert (outcome.status, w.workspace.text("a.py")) == ("applied", after)
    assert len(seen(w)) == 2, "as it grew, and as it was whole"
    assert {file.hunks for file in seen(w)} == {hunks_between(before, after)}


async def test_a_region_that_repeats_what_is_above_it_is_seen_when_whole(tmp_path: Path) -> None:
    told = "".join(FUNCTIONS[:3]).replace("a + 2", "a * 2")
    w = world(tmp_path, {"a.py": BEFORE}, json.dumps({"text": told}))
    await edit(w, task(w, "a.py", at=FUNCTIONS[2], scope="selection"))
    after = BEFORE.replace("a + 2", "a * 2")
    assert w.workspace.text("a.py") == after
    assert [file.after for file in seen(w)] == [after]


async def test_a_new_file_is_seen_line_by_line(tmp_path: Path) -> None:
    text = "a = 1\nb = 2\nc = 3\n"
    reply = updates({"action": "create", "file": "new.py", "text": text})
    w = world(tmp_path, {"a.py": BEFORE}, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    lines = split_lines(text)
    shown = ["".join(lines[:count]) for count in (1, 2, 3)]
    assert [file.after for file in seen(w, "new.py")][:3] == shown
    assert {file.action for file in seen(w, "new.py")} == {"create"}


async def test_frames_stay_the_files_own(tmp_path: Path) -> None:
    before = "\ufeff" + BEFORE.replace("\n", "\r\n")
    for number, reply in enumerate((json_hunks(), json_whole())):
        folder = tmp_path / str(number)
        folder.mkdir()
        w = world(folder, {"a.py": before}, reply)
        await edit(w, task(w, "a.py"))
        final = hunks_between(before, "\ufeff" + AFTER.replace("\n", "\r\n"))
        assert [file.hunks for file in seen(w)][:3] == [final[:1], final[:2], final]


async def test_what_was_said_of_the_file_before_stays_seen(tmp_path: Path) -> None:
    first = {"action": "edit", "file": "a.py", "hunks": [{"find": "a + 2", "replace": "a * 2"}]}
    told = [{"find": find, "replace": new} for find, new in CHANGES[1:]]
    w = world(tmp_path, {"a.py": BEFORE}, updates(first, {**first, "hunks": told}))
    await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == AFTER
    assert [len(file.hunks) for file in seen(w)] == [1, 2, 3]


@pytest.mark.parametrize(
    "told",
    [
        [("nowhere to be found\n", "x\n"), CHANGES[0]],
        [("    return b\n", "    return 0\n"), CHANGES[0]],
        [CHANGES[0], ("    b = a + 2\n", "    b = 0\n")],
    ],
    ids=["not there", "in many places", "over another one"],
)
async def test_a_hunk_without_a_certain_place_is_not_seen(
    tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    hunks = [{"find": find, "replace": new} for find, new in told]
    reply = edited(hunks)
    w = world(tmp_path, {"a.py": BEFORE}, reply, reply)
    outcome = await edit(w, task(w, "a.py"))
    assert (outcome.status, w.workspace.text("a.py")) == ("rejected", BEFORE)
    growing = [file for file in seen(w) if not file.refusal]
    only = hunks_between(BEFORE, BEFORE.replace("a + 2\n", "a * 2\n"))
    assert {file.hunks for file in growing} == {only}


@pytest.mark.parametrize("name", [".git/config", "../outside.py", ".env"])
async def test_nothing_is_seen_of_what_must_not_be_touched(tmp_path: Path, name: str) -> None:
    told = [{"find": find, "replace": new} for find, new in CHANGES]
    reply = updates({"action": "edit", "file": name, "hunks": told})
    w = world(tmp_path, {"a.py": BEFORE, ".env": BEFORE}, reply, opened=["a.py"])
    await edit(w, task(w, "a.py", scope="workspace"))
    assert all(file.refusal and not file.hunks for plan in w.recorder.plans for file in plan.files)


async def test_secrets_that_were_held_back_are_seen_whole(tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    before = f'TOKEN = "{secret}"\nx = 1\n{BEFORE}'

    def reply(request: object) -> str:
        sent = request.messages[1].content  # type: ignore[attr-defined]
        line = next(line for line in sent.splitlines() if line.startswith("TOKEN"))
        told = [{"find": line, "replace": line + "  # kept"}, {"find": "x = 1", "replace": "x = 2"}]
        return edited(told)

    w = world(tmp_path, {"a.py": before}, reply)
    await edit(w, task(w, "a.py"))
    assert f'TOKEN = "{secret}"  # kept\n' in seen(w)[0].after


async def test_a_repair_shows_what_it_mends(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": BEFORE}, edited([{"find": "zz", "replace": "y"}]), json_hunks())
    await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == AFTER
    assert [len(file.hunks) for file in seen(w) if not file.refusal] == [1, 2, 3, 3]
