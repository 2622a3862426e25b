from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.world import World, world
from homespun.core.comments import comment_at
from homespun.core.text import Span
from homespun.engine.ports import Applied, EditTask, Outcome, Place
from homespun.errors import (
    ContextOverflow,
    CutShort,
    InputError,
    Malformed,
    NotApplied,
    NothingToDo,
    PromptCut,
    UnknownFile,
    Unreachable,
)
from homespun.providers.base import Chunk, Usage

ADD = "def add(a, b):\n    return a - b\n\n\ndef twice(a):\n    return add(a, a)\n"
ADDED = ADD.replace("a - b", "a + b")


def region(text: str, summary: str = "Mended.") -> str:
    return json.dumps({"summary": summary, "text": text})


def updates(*files: dict[str, object], summary: str = "Done.") -> str:
    return json.dumps({"summary": summary, "updated_files": list(files)})


def hunk(file: str, find: str, replace: str) -> dict[str, object]:
    return {"action": "edit", "file": file, "hunks": [{"find": find, "replace": replace}]}


def task(w: World, name: str, *, at: str = "", scope: str = "file", **more: object) -> EditTask:
    text = w.workspace.text(name) or ""
    start = text.index(at) if at else 0
    place = Place(w.workspace.uri(name), Span(start, start + len(at)) if at else None)
    return EditTask("Mend it.", place, scope, **more)  # type: ignore[arg-type]


async def edit(w: World, asked: EditTask) -> Outcome:
    return await w.engine.edit(asked, w.recorder, w.recorder)


async def test_a_selection_is_replaced(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, region("    return a + b\n"))
    outcome = await edit(w, task(w, "a.py", at="return a - b", scope="selection"))
    assert (outcome.status, outcome.summary, outcome.reasons) == ("applied", "Mended.", ())
    assert w.workspace.text("a.py") == ADDED
    assert (outcome.provider, outcome.model, outcome.local) == ("told", "model", True)
    assert [(f.action, f.added, f.removed) for f in outcome.files] == [("edit", 1, 1)]
    assert w.recorder.stages == ["waiting", "reading", "writing", "checking", "applying", "done"]
    ((_, (operation,)),) = w.workspace.applied
    assert [e.text for e in operation.edits] == ["+"], "one small edit, not the whole line"  # type: ignore[union-attr]


async def test_without_a_selection_the_enclosing_definition_is_meant(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, region("def add(a, b):\n    return a + b\n"))
    at = Place(w.workspace.uri("a.py"), Span(20, 20))
    await edit(w, EditTask("Mend it.", at, "selection"))
    assert w.workspace.text("a.py") == ADDED
    assert "REGION lines 1 to 2 of a.py" in w.model.requests[0].messages[1].content


@pytest.mark.parametrize(
    "reply",
    [
        updates(hunk("a.py", "    return a - b", "    return a + b")),
        updates(hunk("a.py", "return a - b", "return a + b")),
        updates({"action": "write", "file": "a.py", "text": ADDED}),
        json.dumps({"updated_files": [{"file_name": "a.py", "file_content": ADDED}]}),
        f"Here it is:\n\na.py\n```python\n{ADDED}```\n",
        f"Here it is:\n\n```python\n{ADDED}```\n",
    ],
    ids=["hunk", "hunk without indentation", "write", "aye", "fenced", "lone block"],
)
async def test_every_known_shape_lands(tmp_path: Path, reply: str) -> None:
    w = world(tmp_path, {"a.py": ADD}, reply)
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "applied"
    assert w.workspace.text("a.py") == ADDED


async def test_an_instruction_comment_goes_away_with_the_edit(tmp_path: Path) -> None:
    text = ADD.replace("def add", "# homespun: really add\ndef add")
    w = world(tmp_path, {"a.py": text}, region("def add(a, b):\n    return a + b\n"))
    comment = comment_at(w.workspace.open_documents()[0], 0, 0)
    assert comment is not None
    place = Place(w.workspace.uri("a.py"), comment.span)
    asked = EditTask(comment.instruction, place, "selection", remove_comment=comment.span)
    await edit(w, asked)
    assert w.workspace.text("a.py") == ADDED
    assert "homespun:" not in w.model.requests[0].messages[1].content


async def test_a_comment_that_an_undo_brought_back_goes_away_again(tmp_path: Path) -> None:
    text = ADD.replace("def add", "# homespun: really add\ndef add")
    w = world(tmp_path, {"a.py": text}, region("def add(a, b):\n    return a + b\n"))
    comment = comment_at(w.workspace.open_documents()[0], 0, 0)
    assert comment is not None
    place = Place(w.workspace.uri("a.py"), comment.span)
    asked = EditTask(comment.instruction, place, "selection", remove_comment=comment.span)
    done = await edit(w, asked)
    await w.engine.undo(None)
    assert w.workspace.text("a.py") == text
    await w.engine.reapply(done.change_id, w.recorder, w.recorder)
    assert w.workspace.text("a.py") == ADDED


async def test_nothing_to_change_leaves_the_instruction_comment(tmp_path: Path) -> None:
    text = "# homespun: add\n" + ADDED
    w = world(tmp_path, {"a.py": text}, updates({"action": "write", "file": "a.py", "text": ADDED}))
    asked = EditTask(
        "add", Place(w.workspace.uri("a.py"), Span(0, 16)), "file", remove_comment=Span(0, 16)
    )
    outcome = await edit(w, asked)
    assert outcome.status == "nothing"
    assert w.workspace.text("a.py") == text


async def test_files_are_created_renamed_and_deleted(tmp_path: Path) -> None:
    files = {"a.py": ADD, "old.py": "x = 1\n", "gone.py": "y = 1\n"}
    reply = updates(
        hunk("a.py", "a - b", "a + b"),
        {"action": "create", "file": "sub/new.py", "text": "z = 1\n"},
        {"action": "rename", "file": "old.py", "to": "newer.py"},
        {"action": "delete", "file": "gone.py"},
    )
    w = world(tmp_path, files, reply)
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == "applied"
    after = {"a.py": ADDED, "sub/new.py": "z = 1\n", "newer.py": "x = 1\n"}
    assert {name: w.workspace.text(name) for name in after} == after
    assert w.workspace.text("old.py") is None
    assert w.workspace.text("gone.py") is None
    (shown,) = w.recorder.shown
    assert any("changes 4 files" in risk for risk in shown.risks)


async def test_undo_takes_all_of_it_back(tmp_path: Path) -> None:
    files = {"a.py": ADD, "old.py": "x = 1\n", "gone.py": "y = 1\n"}
    reply = updates(
        hunk("a.py", "a - b", "a + b"),
        {"action": "create", "file": "new.py", "text": "z = 1\n"},
        {"action": "rename", "file": "old.py", "to": "newer.py"},
        {"action": "delete", "file": "gone.py"},
    )
    w = world(tmp_path, files, reply)
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    await w.engine.undo(None)
    assert {n: w.workspace.text(n) for n in files} == files
    assert w.workspace.text("new.py") is None
    assert w.workspace.text("newer.py") is None
    assert (await w.engine.history())[0].status == "undone"
    with pytest.raises(NothingToDo):
        await w.engine.undo(outcome.change_id)


async def test_undo_keeps_later_edits_elsewhere(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))
    await edit(w, task(w, "a.py"))
    w.workspace.type("a.py", ADDED + "\nlater = 1\n")
    await w.engine.undo(None)
    assert w.workspace.text("a.py") == ADD + "\nlater = 1\n"


async def test_undo_under_a_later_edit_of_the_same_line_is_refused_whole(tmp_path: Path) -> None:
    reply = updates(hunk("a.py", "a - b", "a + b"), hunk("b.py", "1", "2"))
    w = world(tmp_path, {"a.py": ADD, "b.py": "x = 1\n"}, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    w.workspace.type("a.py", ADDED.replace("a + b", "a + b + 1"))
    outcome = await w.engine.undo(None)
    assert (outcome.status, outcome.files) == ("rejected", ())
    assert outcome.reasons == ("a.py: the text has changed meanwhile around line 2",)
    assert "-    return a + b\n+    return a + b + 1\n" in outcome.obstacle
    assert w.workspace.text("b.py") == "x = 2\n"
    assert (await w.engine.history())[0].status == "applied"


async def test_what_was_typed_meanwhile_is_kept(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))
    w.model.during = lambda: w.workspace.type("a.py", "import os\n" + ADD)
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    assert w.workspace.text("a.py") == "import os\n" + ADDED


async def test_the_same_line_typed_meanwhile_refuses_the_change(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))
    typed = ADD.replace("a - b", "b - a")
    w.model.during = lambda: w.workspace.type("a.py", typed)
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "rejected"
    assert "changed meanwhile around line 2" in outcome.reasons[0]
    assert w.workspace.text("a.py") == typed


async def test_an_editor_that_refuses_is_believed(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))
    w.workspace.answer = lambda: Applied(applied=False, reason="read-only")
    with pytest.raises(NotApplied, match="read-only"):
        await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == ADD
    assert (await w.engine.history())[0].status == "failed"


async def test_an_editor_that_lies_is_noticed(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))
    w.workspace.lies = True
    with pytest.raises(NotApplied, match="not as proposed"):
        await edit(w, task(w, "a.py"))


async def test_one_repair_with_the_reason_told(tmp_path: Path) -> None:
    wrong = updates(hunk("a.py", "return a * b", "return a + b"))
    w = world(tmp_path, {"a.py": ADD}, wrong, updates(hunk("a.py", "a - b", "a + b")))
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    assert w.workspace.text("a.py") == ADDED
    told = w.model.requests[1].messages
    assert told[2].content == wrong
    assert "a.py: hunk 1" in told[3].content


async def test_what_was_right_is_kept_when_the_rest_stays_wrong(tmp_path: Path) -> None:
    files = {"a.py": ADD, "b.py": "x = 1\n"}
    wrong = updates(hunk("a.py", "a - b", "a + b"), hunk("b.py", "y = 9", "y = 2"))
    w = world(tmp_path, files, wrong, wrong)
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == "partly"
    assert [reason.split(":")[0] for reason in outcome.reasons] == ["b.py"]
    assert w.workspace.text("a.py") == ADDED
    assert w.workspace.text("b.py") == "x = 1\n"


async def test_a_garbled_reply_is_asked_for_again(tmp_path: Path) -> None:
    w = world(
        tmp_path,
        {"a.py": ADD},
        '{"summary": "x", "updated_',
        updates(hunk("a.py", "a - b", "a + b")),
    )
    assert (await edit(w, task(w, "a.py"))).status == "applied"


@pytest.mark.parametrize("garbage", ["", "I am sorry.", "{}", "[1, 2]", '{"summary": 1}', "\0\0"])
async def test_garbage_twice_changes_nothing_and_is_kept(tmp_path: Path, garbage: str) -> None:
    w = world(tmp_path, {"a.py": ADD}, garbage, garbage)
    with pytest.raises(Malformed):
        await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == ADD
    assert (await w.engine.history())[0].status == "refused"


@pytest.mark.parametrize("finish", ["length", "content_filter", None])
async def test_a_reply_that_did_not_end_by_itself_is_never_used(
    tmp_path: Path, finish: str | None
) -> None:
    whole = updates(hunk("a.py", "a - b", "a + b"))
    chunks = [Chunk(text=whole), Chunk(finish=finish, usage=Usage(0, 5))]  # type: ignore[arg-type]
    w = world(tmp_path, {"a.py": ADD}, chunks)
    with pytest.raises(Exception, match="nothing was changed"):
        await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == ADD


async def test_placeholders_are_refused(tmp_path: Path) -> None:
    lazy = updates({"action": "write", "file": "a.py", "text": "# ... existing code ...\n"})
    w = world(tmp_path, {"a.py": ADD}, lazy, lazy)
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "rejected"
    assert w.workspace.text("a.py") == ADD


async def test_a_file_that_was_not_shown_is_edited_with_a_warning_and_never_overwritten(
    tmp_path: Path,
) -> None:
    files = {"a.py": ADD, "b.py": "x = 1\n", "c.py": "y = 1\n"}
    reply = updates(
        hunk("b.py", "x = 1", "x = 2"), {"action": "write", "file": "c.py", "text": "y = 2\n"}
    )
    w = world(tmp_path, files, reply, reply, opened=["a.py"])
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == "partly"
    assert w.workspace.text("b.py") == "x = 2\n"
    assert w.workspace.text("c.py") == "y = 1\n"
    (shown,) = w.recorder.shown
    assert "b.py: the model was not shown this file" in shown.risks


@pytest.mark.parametrize(
    "path",
    [
        "../out.py",
        "/etc/passwd",
        ".git/hooks/pre-commit",
        ".GIT/config",
        "a/../../out.py",
        "C:/x",
        "link/x.py",
    ],
)
async def test_no_path_leads_out_or_into_git(tmp_path: Path, path: str) -> None:
    reply = updates({"action": "create", "file": path, "text": "x\n"})
    w = world(tmp_path, {"a.py": ADD}, reply, reply)
    (tmp_path / "elsewhere").mkdir()
    (w.workspace.root / "link").symlink_to(tmp_path / "elsewhere")
    before = everything(tmp_path)
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == "rejected"
    assert outcome.reasons
    assert everything(tmp_path) == before


def everything(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if "state" not in path.parts)


@pytest.mark.parametrize("yes", [True, False])
async def test_a_protected_file_needs_a_yes_of_its_own(tmp_path: Path, yes: bool) -> None:
    reply = updates({"action": "create", "file": ".vscode/settings.json", "text": "{}\n"})
    w = world(tmp_path, {"a.py": ADD}, reply, settings={"review": "never"})
    w.recorder.yes = yes
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == ("applied" if yes else "rejected")
    assert len(w.recorder.questions) == 1
    assert (w.workspace.text(".vscode/settings.json") == "{}\n") is yes


async def test_hunks_can_be_left_out(tmp_path: Path) -> None:
    reply = updates(
        {"action": "edit", "file": "a.py", "hunks": [
            {"find": "return a - b", "replace": "return a + b"},
            {"find": "return add(a, a)", "replace": "return 2 * a"},
        ]},
    )  # fmt: skip
    w = world(tmp_path, {"a.py": ADD}, reply, settings={"review": "always"})
    w.recorder.choice = lambda plan: plan.with_file(plan.files[0].with_hunk(1, accepted=False))
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "partly"
    assert w.workspace.text("a.py") == ADDED


async def test_a_discarded_change_changes_nothing(tmp_path: Path) -> None:
    w = world(
        tmp_path,
        {"a.py": ADD},
        updates(hunk("a.py", "a - b", "a + b")),
        settings={"review": "always"},
    )
    w.recorder.choice = lambda plan: None
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "rejected"
    assert w.workspace.text("a.py") == ADD


async def test_a_discarded_change_can_be_applied_again(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, region("    return a + b\n"), settings={"review": "always"})
    w.recorder.choice = lambda plan: None
    await edit(w, task(w, "a.py", at="return a - b", scope="selection"))
    w.workspace.type("a.py", "import os\n" + ADD)
    w.recorder.choice = lambda plan: plan
    outcome = await w.engine.reapply(None, w.recorder, w.recorder)
    assert outcome.status == "applied"
    assert w.workspace.text("a.py") == "import os\n" + ADDED
    assert len(w.model.requests) == 1


async def test_the_plan_grows_while_the_reply_streams(tmp_path: Path) -> None:
    reply = updates(hunk("a.py", "a - b", "a + b"), hunk("b.py", "1", "2"))
    w = world(tmp_path, {"a.py": ADD, "b.py": "x = 1\n"}, reply)
    await edit(w, task(w, "a.py", scope="workspace"))
    assert [len(plan.files) for plan in w.recorder.plans] == [1, 2, 2]
    assert not any(plan.complete for plan in w.recorder.plans)


async def test_secrets_do_not_leave_and_come_back_whole(tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    text = f'TOKEN = "{secret}"\nx = 1\n'

    def answer(request: object) -> str:
        content = w.model.requests[-1].messages[1].content
        line = next(line for line in content.splitlines() if line.startswith("TOKEN"))
        return updates(hunk("a.py", f"{line}\nx = 1", f"{line}\nx = 2"))

    w = world(tmp_path, {"a.py": text}, answer)
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    assert all(secret not in m.content for m in w.model.requests[0].messages)
    assert w.workspace.text("a.py") == text.replace("x = 1", "x = 2")


async def test_a_placeholder_that_stands_for_nothing_is_refused(tmp_path: Path) -> None:
    made_up = updates(hunk("a.py", "a - b", '"HOMESPUN_SECRET_0123456789abcdef"'))
    w = world(tmp_path, {"a.py": ADD}, made_up, made_up)
    assert (await edit(w, task(w, "a.py"))).status == "rejected"
    assert w.workspace.text("a.py") == ADD


async def test_a_reply_with_a_hidden_secret_can_be_applied_again(tmp_path: Path) -> None:
    text = f'TOKEN = "ghp_{"a1B2" * 9}"\nx = 1\n'

    def answer(request: object) -> str:
        content = w.model.requests[-1].messages[1].content
        line = next(line for line in content.splitlines() if line.startswith("TOKEN"))
        return updates(hunk("a.py", f"{line}\nx = 1", f"{line}\nx = 2"))

    w = world(tmp_path, {"a.py": text}, answer)
    done = await edit(w, task(w, "a.py"))
    await w.engine.undo(None)
    await w.engine.reapply(done.change_id, w.recorder, w.recorder)
    assert w.workspace.text("a.py") == text.replace("x = 1", "x = 2")


async def test_a_change_that_was_torn_in_its_midst_can_be_taken_back(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, updates(hunk("a.py", "a - b", "a + b")))
    done = await edit(w, task(w, "a.py"))
    w.journal.event(done.change_id, "applying")
    await w.engine.undo(None)
    assert w.workspace.text("a.py") == ADD
    w.journal.event(done.change_id, "applying")
    await w.engine.undo(None)
    assert w.workspace.text("a.py") == ADD, "it had not been made: nothing to take back"


async def test_a_secret_file_is_neither_sent_nor_shown(tmp_path: Path) -> None:
    files = {"a.py": ADD, ".env": "KEY=1\n", "ignored.py": "i = 1\n", ".gitignore": "ignored.py\n"}
    w = world(tmp_path, files, updates(hunk("a.py", "a - b", "a + b")))
    await edit(w, task(w, "a.py"))
    sent = w.model.requests[0].messages[1].content
    assert "KEY=1" not in sent
    assert "i = 1" not in sent
    with pytest.raises(InputError, match=r"\.env"):
        await edit(w, task(w, ".env"))


async def test_a_prompt_that_the_server_cut_is_refused(tmp_path: Path) -> None:
    big = "".join(f"value_{n} = {n}\n" for n in range(1500))
    w = world(tmp_path, {"a.py": big}, updates(hunk("a.py", "value_1 = 1\n", "value_1 = 2\n")))
    w.model.prompt_tokens = 900
    with pytest.raises(PromptCut):
        await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == big


async def test_an_overflow_with_figures_is_tried_once_more_with_less(tmp_path: Path) -> None:
    other = "".join(f"other_{n} = {n}\n" for n in range(1200))
    overflow = ContextOverflow("too long", prompt_tokens=30_000, window=16_000)
    w = world(
        tmp_path, {"a.py": ADD, "o.py": other}, overflow, updates(hunk("a.py", "a - b", "a + b"))
    )
    w.model.size = 16_000
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    first, second = (r.messages[1].content for r in w.model.requests)
    assert "other_1 " in first
    assert "other_1 " not in second


async def test_what_cannot_fit_says_so_before_anything_is_sent(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": "x = 1\n" * 40_000})
    with pytest.raises(ContextOverflow, match="does not fit"):
        await edit(w, task(w, "a.py"))
    assert w.model.requests == []


async def test_errors_of_the_server_come_through(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, Unreachable("no connection"), CutShort("cut"))
    with pytest.raises(Unreachable):
        await edit(w, task(w, "a.py"))
    with pytest.raises(CutShort):
        await edit(w, task(w, "a.py"))
    assert [entry.status for entry in await w.engine.history()] == ["refused", "failed"]


async def test_bad_requests(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD})
    with pytest.raises(UnknownFile):
        await edit(w, EditTask("x", Place(w.workspace.uri("none.py"))))
    with pytest.raises(NothingToDo):
        await edit(w, replace(task(w, "a.py"), instruction="  "))
