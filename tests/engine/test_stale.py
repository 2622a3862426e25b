"""Text that moves on while the model answers: each hunk for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.test_edit import ADD, edit, hunk, task, updates
from engine.world import World, world
from homespun.core.plan import ChangePlan
from homespun.engine.ports import Applied
from homespun.errors import NotApplied

TWO = updates(
    {"action": "edit", "file": "a.py", "hunks": [
        {"find": "return a - b", "replace": "return a + b"},
        {"find": "return add(a, a)", "replace": "return 2 * a"},
    ]},
)  # fmt: skip
TYPED = ADD.replace("a - b", "b - a")
REST = TYPED.replace("add(a, a)", "2 * a")
LOST = "a.py: the text has changed meanwhile around line 2"


def overtaken(tmp_path: Path, review: str) -> World:
    """A world in which the user changes one of the two places while the model answers."""
    w = world(tmp_path, {"a.py": ADD}, TWO, settings={"review": review})
    w.model.during = lambda: w.workspace.type("a.py", TYPED)
    return w


async def test_without_review_the_rest_lands_and_what_was_lost_is_said(tmp_path: Path) -> None:
    w = overtaken(tmp_path, "never")
    outcome = await edit(w, task(w, "a.py"))
    assert (outcome.status, outcome.reasons) == ("partly", (LOST,))
    assert w.workspace.text("a.py") == REST
    assert w.recorder.shown == []
    await w.engine.undo(None)
    assert w.workspace.text("a.py") == TYPED


async def test_a_harmless_change_is_shown_once_part_of_it_is_lost(tmp_path: Path) -> None:
    w = overtaken(tmp_path, "risky")
    outcome = await edit(w, task(w, "a.py"))
    (shown,) = w.recorder.shown
    assert shown.reasons == (LOST,)
    assert shown.files[0].after == REST
    assert (outcome.status, outcome.reasons) == ("partly", (LOST,))


async def test_what_was_seen_is_shown_again_where_less_of_it_is_left(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, TWO, settings={"review": "always"})

    def choose(plan: ChangePlan) -> ChangePlan | None:
        w.workspace.type("a.py", TYPED)
        return plan if len(w.recorder.shown) == 1 else None

    w.recorder.choice = choose
    outcome = await edit(w, task(w, "a.py"))
    assert [plan.reasons for plan in w.recorder.shown] == [(), (LOST,)]
    assert outcome.status == "rejected"
    assert w.workspace.text("a.py") == TYPED


async def test_text_that_moved_but_merges_is_not_asked_about_again(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, TWO, settings={"review": "always"})

    def choose(plan: ChangePlan) -> ChangePlan:
        w.workspace.type("a.py", "import os\n" + ADD)
        return plan.with_file(plan.files[0].with_hunk(0, accepted=False))

    w.recorder.choice = choose
    assert (await edit(w, task(w, "a.py"))).status == "partly"
    assert len(w.recorder.shown) == 1
    assert w.workspace.text("a.py") == "import os\n" + ADD.replace("add(a, a)", "2 * a")


async def test_an_edit_that_a_keystroke_outran_is_made_anew(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, TWO)
    keystrokes = iter(["import os\n" + ADD, "import sys\n" + ADD])

    def outrun() -> Applied:
        typed = next(keystrokes, None)
        if typed is not None:
            w.workspace.type("a.py", typed)
            return Applied(applied=False, reason="another version")
        return Applied(applied=True)

    w.workspace.answer = outrun
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    text = w.workspace.text("a.py")
    assert text is not None
    assert text.startswith("import sys\n")
    assert text.endswith("2 * a\n")
    await w.engine.undo(None)
    assert w.workspace.text("a.py") == "import sys\n" + ADD


async def test_an_editor_that_refuses_for_ever_is_not_asked_for_ever(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, TWO)
    asked: list[str] = []

    def outrun() -> Applied:
        asked.append("")
        w.workspace.type("a.py", "\n" * len(asked) + ADD)
        return Applied(applied=False, reason="another version")

    w.workspace.answer = outrun
    with pytest.raises(NotApplied, match="another version"):
        await edit(w, task(w, "a.py"))
    assert len(asked) == 3


async def test_what_an_editor_made_though_it_refused_is_named(tmp_path: Path) -> None:
    reply = updates(hunk("a.py", "a - b", "a + b"), hunk("b.py", "1", "2"))
    w = world(tmp_path, {"a.py": ADD, "b.py": "x = 1\n"}, reply)

    def half() -> Applied:
        w.workspace.type("b.py", "x = 2\n")
        return Applied(applied=False, reason="a.py is locked")

    w.workspace.answer = half
    with pytest.raises(NotApplied, match=r"made it all the same in b\.py"):
        await edit(w, task(w, "a.py", scope="workspace"))
    w.workspace.answer = lambda: Applied(applied=True)
    await w.engine.undo((await w.engine.history())[0].change_id)
    assert w.workspace.text("b.py") == "x = 1\n"


async def test_a_file_renamed_meanwhile_is_followed(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, TWO)
    w.model.during = lambda: w.workspace.rename("a.py", "sub.py")
    outcome = await edit(w, task(w, "a.py"))
    assert [file.uri for file in outcome.files] == [w.workspace.uri("sub.py")]
    assert w.workspace.text("a.py") is None
    w.workspace.rename("sub.py", "third.py")
    await w.engine.undo(None)
    assert w.workspace.text("third.py") == ADD


async def test_a_file_that_changed_is_not_deleted(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates({"action": "delete", "file": "a.py"}))
    w.model.during = lambda: w.workspace.type("a.py", TYPED)
    outcome = await edit(w, task(w, "a.py", scope="workspace", review="never"))
    assert (outcome.status, w.workspace.text("a.py")) == ("rejected", TYPED)
    assert outcome.reasons == ("a.py: the file has changed meanwhile, so it is not deleted",)


async def test_a_file_that_came_to_be_is_not_written_over(tmp_path: Path) -> None:
    create = updates({"action": "create", "file": "b.py", "text": "b = 1\n"})
    w = world(tmp_path, {"a.py": ADD}, create)
    w.recorder.choice = lambda plan: (w.workspace.type("b.py", "mine = 1\n"), plan)[1]
    outcome = await edit(w, task(w, "a.py", scope="workspace", review="always"))
    assert (outcome.status, w.workspace.text("b.py")) == ("rejected", "mine = 1\n")


async def test_a_file_that_is_gone_is_not_written_again(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD, "b.py": "b = 1\n"}, updates(hunk("b.py", "b = 1", "b = 2")))
    w.model.during = lambda: w.workspace.delete("b.py")
    outcome = await edit(w, task(w, "a.py", scope="workspace", review="never"))
    assert (outcome.status, w.workspace.text("b.py")) == ("rejected", None)


@pytest.mark.parametrize("reopened", [False, True], ids=["closed", "reopened"])
async def test_a_file_closed_and_changed_on_disk_is_merged(tmp_path: Path, reopened: bool) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))

    def during() -> None:
        del w.workspace.buffers[w.workspace.uri("a.py")]
        (w.workspace.root / "a.py").write_bytes(f"import os\n{ADD}".encode())
        if reopened:
            w.workspace.type("a.py", f"import os\n{ADD}")

    w.model.during = during
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "applied", outcome.reasons
    assert w.workspace.text("a.py") == "import os\n" + ADD.replace("a - b", "a + b")


async def test_another_file_under_the_old_name_is_not_followed(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, TWO)

    def meanwhile() -> None:
        w.workspace.rename("a.py", "b.py")
        w.workspace.type("a.py", "another = 1\n")

    w.model.during = meanwhile
    assert (await edit(w, task(w, "a.py"))).status == "rejected"
    assert (w.workspace.text("a.py"), w.workspace.text("b.py")) == ("another = 1\n", ADD)


async def test_the_risky_files_are_shown_first(tmp_path: Path) -> None:
    files = {"a.py": ADD, "b.py": "x = 1\n", "c.py": "y = 1\n"}
    reply = updates(
        hunk("a.py", "a - b", "a + b"),
        {"action": "delete", "file": "b.py"},
        hunk("c.py", "nowhere", "z"),
    )
    w = world(tmp_path, files, reply, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    assert [file.path for file in w.recorder.shown[0].files] == ["b.py", "a.py", "c.py"]


async def test_the_history_shows_what_a_change_did(tmp_path: Path) -> None:
    reply = updates(
        hunk("a.py", "a - b", "a + b"),
        {"action": "rename", "file": "b.py", "to": "c.py"},
        {"action": "create", "file": "new.py", "text": "z = 1\n"},
        {"action": "delete", "file": "gone.py"},
    )
    w = world(tmp_path, {"a.py": ADD, "b.py": "x\n", "gone.py": "y\n"}, reply)
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    details = await w.engine.details(outcome.change_id)
    assert details.entry.change_id == outcome.change_id
    for part in ("-    return a - b\n", "rename to c.py\n", "+++ b/new.py\n", "-y\n"):
        assert part in details.patch


async def test_an_undo_that_lacks_one_place_touches_nothing(tmp_path: Path) -> None:
    reply = updates(
        hunk("a.py", "a - b", "a + b"),
        {"action": "create", "file": "new.py", "text": "z = 1\n"},
        {"action": "rename", "file": "b.py", "to": "c.py"},
    )
    w = world(tmp_path, {"a.py": ADD, "b.py": "x = 1\n"}, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    w.workspace.type("new.py", "z = 1\nmine = 2\n")
    made = len(w.workspace.applied)
    outcome = await w.engine.undo(None)
    assert outcome.status == "rejected"
    assert outcome.obstacle == "--- a/new.py\n+++ b/new.py\n@@ -1 +1,2 @@\n z = 1\n+mine = 2\n"
    assert len(w.workspace.applied) == made
    w.workspace.type("new.py", "z = 1\n")
    assert (await w.engine.undo(None)).status == "applied"
    assert w.workspace.text("b.py") == "x = 1\n"
