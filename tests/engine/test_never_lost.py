"""Replies that would quietly cost the user text, each as it was once seen to."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.test_edit import ADD, ADDED, edit, hunk, region, task, updates
from engine.world import world
from homespun.core.text import Span
from homespun.engine.ports import EditTask, Place
from homespun.providers.base import Chunk

WRITE = updates({"action": "write", "file": "a.py", "text": ADDED})


async def test_a_whole_file_applied_again_keeps_what_was_typed_since(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, WRITE)
    done = await edit(w, task(w, "a.py"))
    await w.engine.undo(None)
    w.workspace.type("a.py", ADD + "\n\ndef precious():\n    return 1\n")
    again = await w.engine.reapply(done.change_id, w.recorder, w.recorder)
    assert again.status == "applied"
    assert w.workspace.text("a.py") == ADDED + "\n\ndef precious():\n    return 1\n"


async def test_a_whole_file_is_not_applied_again_over_the_same_line(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, WRITE)
    mine = ADD.replace("a - b", "3  # mine")
    w.model.during = lambda: w.workspace.type("a.py", mine)
    assert (await edit(w, task(w, "a.py"))).status == "rejected"
    again = await w.engine.reapply(None, w.recorder, w.recorder)
    assert again.status == "rejected"
    assert w.workspace.text("a.py") == mine


@pytest.mark.parametrize("action", ["write", "create", "edit"])
async def test_a_renamed_file_has_no_old_name(tmp_path: Path, action: str) -> None:
    shim = {"action": action, "file": "a.py", "text": "from b import *\n"}
    if action == "edit":
        shim = hunk("a.py", "a - b", "a + b")
    reply = updates({"action": "rename", "file": "a.py", "to": "b.py"}, shim)
    w = world(tmp_path, {"a.py": ADD}, reply, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    texts = {w.workspace.text("a.py"), w.workspace.text("b.py")}
    assert ADD in texts, "the code is still somewhere"


async def test_an_edit_under_the_new_name_is_made(tmp_path: Path) -> None:
    reply = updates(
        {"action": "rename", "file": "a.py", "to": "b.py"}, hunk("b.py", "a - b", "a + b")
    )
    w = world(tmp_path, {"a.py": ADD}, reply)
    assert (await edit(w, task(w, "a.py", scope="workspace"))).status == "applied"
    assert w.workspace.text("b.py") == ADDED


async def test_nothing_of_a_repair_that_was_cut_is_used(tmp_path: Path) -> None:
    files = {"a.py": ADD, "b.py": "x = 1\n", "c.py": "y = 1\n"}
    first = updates(hunk("a.py", "a - b", "a + b"), hunk("b.py", "no such line", "x = 2"))
    second = updates(
        {"action": "write", "file": "c.py", "text": "lost\n"},
        {"action": "create", "file": "d.py", "text": "new\n"},
        hunk("b.py", "x = 1", "x = 2"),
    )
    cut = [Chunk(text=second[:-40]), Chunk(finish="length")]
    w = world(tmp_path, files, first, cut, settings={"review": "never"})
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == "partly"
    assert w.workspace.text("a.py") == ADDED
    assert w.workspace.text("c.py") == "y = 1\n"
    assert w.workspace.text("d.py") is None


async def test_a_repair_does_not_make_a_good_change_twice(tmp_path: Path) -> None:
    files = {"a.py": "import os\n", "b.py": "x = 1\n"}
    good = hunk("./a.py", "import os", "import os\nimport re")
    first = updates(good, hunk("b.py", "no such line", "x = 2"))
    w = world(tmp_path, files, first, updates(good, hunk("b.py", "x = 1", "x = 2")))
    assert (await edit(w, task(w, "b.py", scope="workspace"))).status == "applied"
    assert w.workspace.text("a.py") == "import os\nimport re\n"
    assert w.workspace.text("b.py") == "x = 2\n"


async def test_an_empty_region_is_shown_and_never_empties_a_file(tmp_path: Path) -> None:
    whole = Span(0, len(ADD))
    w = world(tmp_path, {"a.py": ADD, "b.py": "x = 1\ny = 2\n"}, *(region("") for _ in range(3)))
    asked = EditTask("x", Place(w.workspace.uri("a.py"), whole), "selection")
    assert (await edit(w, asked)).status == "rejected"
    w.recorder.choice = lambda plan: None
    await edit(w, task(w, "b.py", at="x = 1", scope="selection"))
    assert w.recorder.shown[-1].risks == ("b.py: deletes the whole selection",)
    assert w.workspace.text("a.py") == ADD
    assert w.workspace.text("b.py") == "x = 1\ny = 2\n"


async def test_a_region_that_is_all_of_the_file_is_not_emptied(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": f"\n\n{ADD}"}, region(""), region(""))
    outcome = await edit(w, task(w, "a.py", at=ADD, scope="selection"))
    assert outcome.reasons == ("a.py: the reply leaves nothing of the file",)
    assert w.workspace.text("a.py") == f"\n\n{ADD}"


async def test_two_files_cannot_take_one_name(tmp_path: Path) -> None:
    files = {"a.py": ADD, "b.py": "x = 1\n"}
    reply = updates(
        {"action": "rename", "file": "a.py", "to": "c.py"},
        {"action": "rename", "file": "b.py", "to": "c.py"},
    )
    w = world(tmp_path, files, reply, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    assert w.workspace.text("c.py") == ADD
    assert w.workspace.text("b.py") == "x = 1\n"


async def test_the_yes_for_a_protected_file_names_it(tmp_path: Path) -> None:
    reply = updates({"action": "rename", "file": "a.json", "to": ".vscode/tasks.json"})
    w = world(tmp_path, {"a.json": "{}\n"}, reply, settings={"review": "never"})
    w.recorder.yes = False
    await edit(w, task(w, "a.json", scope="workspace"))
    assert ".vscode/tasks.json" in w.recorder.questions[0]
    assert w.workspace.text("a.json") == "{}\n"


async def test_blank_lines_at_the_end_of_a_selection_stay(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, region("def add(a, b):\n    return a + b\n"))
    first = Span(0, ADD.index("def twice"))
    await edit(w, EditTask("x", Place(w.workspace.uri("a.py"), first), "selection"))
    assert w.workspace.text("a.py") == ADDED


async def test_a_secret_of_one_file_is_not_put_into_another_unseen(tmp_path: Path) -> None:
    secret = f'KEY = "ghp_{"a1B2" * 9}"'

    def answer(request: object) -> str:
        content = w.model.requests[-1].messages[1].content
        line = next(line for line in content.splitlines() if line.startswith("KEY"))
        return updates(hunk("a.py", "def add", f"{line}\n\n\ndef add"))

    w = world(tmp_path, {"a.py": ADD, "b.py": secret + "\n"}, answer)
    w.recorder.choice = lambda plan: None
    await edit(w, task(w, "a.py"))
    assert "a.py: adds what looks like a secret" in w.recorder.shown[0].risks
    assert w.workspace.text("a.py") == ADD
