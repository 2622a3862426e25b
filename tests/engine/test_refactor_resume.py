"""Refactors that are left in mid-way: nothing is changed, what is done is kept and gone on with."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from engine.test_refactor import FILES, RENAME, RIGHT, begun, part, run, says, shown
from engine.world import World
from homespun.engine.refactor.task import Refactored, RefactorTask
from homespun.errors import InputError, NothingToDo, Unreachable
from homespun.providers.base import Request


def texts(here: World) -> dict[str, str | None]:
    return {name: here.workspace.text(name) for name in FILES}


async def left(here: World) -> str:
    """The id of the one refactor that was left."""
    (one,) = await here.engine.refactors.unfinished()
    return one.change_id


async def test_a_server_that_dies_leaves_all_as_it_was_and_a_resume_goes_on(
    tmp_path: Path,
) -> None:
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", "Start it."), *[RIGHT] * 2)
    with pytest.raises(Unreachable) as failed:
        await run(here)
    assert texts(here) == FILES
    change_id = await left(here)
    assert f"homespun refactor --resume {change_id}" in failed.value.hint
    (one,) = await here.engine.refactors.unfinished()
    assert (one.files, one.done, one.running) == (3, 1, False)
    asked = len(here.model.requests)
    # Another process goes on, with the same journal.
    here.engine = here.make(here.journal)
    done = await run(here, RefactorTask("", resume=change_id))
    assert done.outcome.status == "applied"
    assert [part(r) for r in here.model.requests[asked:]] == [["pkg/one.py"], ["pkg/two.py"]]
    assert texts(here) == {name: text.replace("fetch", "load") for name, text in FILES.items()}
    with pytest.raises(NothingToDo, match="could be resumed"):
        await run(here, RefactorTask("", resume=change_id))


async def test_cancelling_in_mid_way_changes_nothing_and_can_be_dropped(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4)
    reached = asyncio.Event()

    def during() -> None:
        if len(here.model.requests) == 3:
            reached.set()

    here.model.during = during
    task = asyncio.ensure_future(run(here))
    await asyncio.wait_for(reached.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert texts(here) == FILES and here.workspace.applied == []
    change_id = await left(here)
    assert await here.engine.refactors.drop(change_id)
    assert not await here.engine.refactors.drop(change_id)
    assert await here.engine.refactors.unfinished() == []


async def test_a_resume_brings_it_into_what_was_typed_meanwhile(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", ""), *[RIGHT] * 2)
    with pytest.raises(Unreachable):
        await run(here)
    base = here.workspace.root / "pkg/base.py"
    base.write_text(FILES["pkg/base.py"] + "\n\nMORE = 1\n")
    done = await run(here, RefactorTask("", resume=await left(here)))
    assert done.outcome.status == "applied"
    assert base.read_text() == "def load(url):\n    return url\n\n\nMORE = 1\n"


async def test_a_dry_run_changes_nothing_and_is_made_by_a_resume(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4)
    dry = await run(here, RefactorTask(RENAME.instruction, dry_run=True))
    assert dry.outcome.status == "rejected" and "+def load(url):" in dry.diff
    assert texts(here) == FILES
    resumed = RefactorTask("", resume=dry.outcome.change_id, review="never")
    assert (await run(here, resumed)).outcome.status == "applied"
    assert len(here.model.requests) == 4, "no model was asked again"


async def test_one_file_can_be_left_out_while_the_others_are_worked_on(tmp_path: Path) -> None:
    settings = {"refactor": {"files_in_a_request": 4}, "edit_format": "hunks"}
    files = {**FILES, "pkg/two.py": "from pkg.base import fetch\nfetch(2)\n"}
    here = begun(tmp_path, files=files, settings=settings)
    (tmp_path / "project" / "pkg" / "two.py").write_text(files["pkg/two.py"])

    def cancel(request: Request) -> str:
        change_id = here.recorder.states[-1].change_id
        assert here.engine.refactors.cancel_file(change_id, "pkg/two.py")
        assert not here.engine.refactors.cancel_file(change_id, "pkg/two.py")
        assert not here.engine.refactors.cancel_file(change_id, "other.py")
        return RIGHT(request)

    # The plan, the first level, then both callers in one request, of which one is left out.
    here.model.turns = ["no plan", RIGHT, cancel, RIGHT]
    done = await run(here)
    assert [part(r) for r in here.model.requests] == [
        [], ["pkg/base.py"], ["pkg/one.py", "pkg/two.py"], ["pkg/one.py"],
    ]  # fmt: skip
    assert done.outcome.status == "partly"
    assert "pkg/two.py: you left it out while the others were worked on" in done.outcome.reasons
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"].replace("fetch", "load")
    assert here.workspace.text("pkg/two.py") == files["pkg/two.py"]


async def test_a_file_that_was_left_out_stays_out_in_a_resume(tmp_path: Path) -> None:
    settings = {"refactor": {"files_in_a_request": 4}, "edit_format": "hunks"}
    files = {**FILES, "pkg/two.py": "from pkg.base import fetch\nfetch(2)\n"}
    here = begun(tmp_path, files=files, settings=settings)

    def cancel(request: Request) -> str:
        change_id = here.recorder.states[-1].change_id
        assert here.engine.refactors.cancel_file(change_id, "pkg/two.py")
        return RIGHT(request)

    here.model.turns = ["no plan", RIGHT, cancel, Unreachable("It is gone.", "")]
    with pytest.raises(Unreachable):
        await run(here)
    asked = len(here.model.requests)
    here.engine = here.make(here.journal)
    here.model.turns = [RIGHT]
    done = await run(here, RefactorTask("", resume=await left(here)))
    assert [part(r) for r in here.model.requests[asked:]] == [["pkg/one.py"]]
    assert done.outcome.status == "partly"
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"].replace("fetch", "load")
    assert here.workspace.text("pkg/two.py") == files["pkg/two.py"]


async def test_a_refactor_at_work_is_neither_resumed_nor_dropped(tmp_path: Path) -> None:
    here = begun(tmp_path)
    meddling: list[asyncio.Future[object]] = []

    def meddle(request: Request) -> str:
        change_id = here.recorder.states[-1].change_id
        meddling.append(asyncio.ensure_future(here.engine.refactors.drop(change_id)))
        again = run(here, RefactorTask("", resume=change_id))
        meddling.append(asyncio.ensure_future(again))
        return RIGHT(request)

    here.model.turns = ["no plan", meddle, RIGHT, RIGHT]
    assert (await run(here)).outcome.status == "applied"
    dropped, resumed = await asyncio.gather(*meddling, return_exceptions=True)
    assert isinstance(dropped, InputError) and isinstance(resumed, InputError)
    assert "is at work" in dropped.message and "is at work" in resumed.message


async def test_several_files_in_a_request_of_no_use_are_asked_for_one_by_one(
    tmp_path: Path,
) -> None:
    settings = {"refactor": {"files_in_a_request": 4}, "edit_format": "hunks"}
    files = {
        "a.py": "def fetch():\n    return 1\n",
        **{f"use_{n}.py": "import a\n\nprint(a.fetch())\n" for n in range(3)},
    }
    here = begun(tmp_path, files=files, settings=settings)
    twice = ["Rubbish.", "Rubbish."]
    # What stays broken is asked for once more at the end, since it has the old name.
    here.model.turns = ["no plan", RIGHT, *twice, RIGHT, *twice, RIGHT, *twice]
    done = await run(here)
    assert here.workspace.text("use_0.py") == "import a\n\nprint(a.load())\n"
    assert here.workspace.text("use_1.py") == files["use_1.py"]
    assert here.workspace.text("use_2.py") == "import a\n\nprint(a.load())\n"
    assert done.outcome.status == "partly"
    assert any(reason.startswith("use_1.py: ") for reason in done.outcome.reasons)


async def test_two_answers_that_change_one_file_are_joined_or_one_is_refused(
    tmp_path: Path,
) -> None:
    files = {
        "a.py": "def fetch():\n    return 1\n",
        "use_1.py": "import a\n\nprint(a.fetch())\n",
        "use_2.py": "import a\n\nprint(a.fetch())\n",
    }

    def use(number: int, text: str) -> str:
        mine = {"find": "print(a.fetch())\n", "replace": "print(a.load())\n"}
        return says(
            {"action": "edit", "file": f"use_{number}.py", "hunks": [mine]},
            {"action": "create", "file": "same.py", "text": "SAME = 1\n"},
            {"action": "create", "file": "new.py", "text": text},
        )

    here = begun(tmp_path, files=files)
    here.model.turns = ["no plan", RIGHT, use(1, "ONE = 1\n"), use(2, "TWO = 2\n")]
    done = await run(here)
    assert done.outcome.status == "partly"
    assert (here.workspace.text("same.py"), here.workspace.text("new.py")) == (
        "SAME = 1\n", "ONE = 1\n",
    )  # fmt: skip
    (reason,) = done.outcome.reasons
    assert reason == (
        "new.py: another answer of this refactor makes it with other text; that one is kept"
    )
    assert shown(here.model.requests[2], "use_1.py") == files["use_1.py"]


async def test_a_no_at_the_last_question_keeps_the_answers(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4)
    here.recorder.choice = lambda plan: None
    careful = RefactorTask(RENAME.instruction, review="always")
    said_no = await run(here, careful)
    assert (said_no.outcome.status, said_no.kept) == ("rejected", True)
    assert said_no.outcome.reasons == ("You discarded it.",) and texts(here) == FILES
    change_id = await left(here)
    here.engine = here.make(here.journal)
    again = await run(here, RefactorTask("", resume=change_id))
    assert again.outcome.status == "rejected" and len(here.recorder.shown) == 2
    here.recorder.choice = lambda plan: plan
    done = await run(here, RefactorTask("", resume=change_id))
    assert (done.outcome.status, done.kept) == ("applied", False)
    assert await here.engine.refactors.unfinished() == []
    assert len(here.model.requests) == 4, "the model was asked again"


async def put_off(here: World) -> tuple[asyncio.Task[Refactored], str]:
    """A refactor whose change the user decides on later: the task that waits for it, and its id."""
    here.model.turns = [RIGHT] * 4
    here.recorder.choice = lambda plan: "later"
    task = asyncio.create_task(run(here, RefactorTask(RENAME.instruction, review="always")))
    async with asyncio.timeout(20):
        while not (waiting := await here.engine.waiting()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return task, waiting[0].plan_id


async def cancelled(task: asyncio.Task[Refactored]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_change_that_waits_for_the_user_is_one_thing(tmp_path: Path) -> None:
    """Its refactor is not gone on with beside it, and is at its end once the change is made."""
    here = begun(tmp_path)
    task, change_id = await put_off(here)

    async def stands_alone() -> None:
        with pytest.raises(NothingToDo, match="waits for your decision"):
            await run(here, RefactorTask("", resume=change_id))
        with pytest.raises(NothingToDo, match="waits for your decision"):
            await here.engine.refactors.drop(change_id)
        with pytest.raises(NothingToDo, match="waits for your decision"):
            await here.engine.reapply(change_id, here.recorder, here.recorder)
        assert await here.engine.refactors.unfinished() == []

    await stands_alone()
    await cancelled(task)
    await stands_alone()
    assert (await here.engine.reviews.finish(change_id)).status == "applied"
    assert texts(here) == {name: text.replace("fetch", "load") for name, text in FILES.items()}
    assert (await here.engine.undo(change_id)).status == "applied"
    assert await here.engine.refactors.unfinished() == [] and texts(here) == FILES
    with pytest.raises(NothingToDo, match="could be resumed"):
        await run(here, RefactorTask("", resume=change_id))


async def test_a_change_that_waited_and_was_dropped_can_be_thought_over(tmp_path: Path) -> None:
    here = begun(tmp_path)
    task, change_id = await put_off(here)
    await cancelled(task)
    await here.engine.reviews.drop(change_id)
    resumed = await run(here, RefactorTask("", resume=await left(here), review="never"))
    assert resumed.outcome.status == "applied" and len(here.model.requests) == 4


async def test_what_was_said_no_to_can_be_dropped(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4)
    here.recorder.choice = lambda plan: None
    await run(here, RefactorTask(RENAME.instruction, review="always"))
    assert await here.engine.refactors.drop(await left(here))
    assert await here.engine.refactors.unfinished() == []


async def test_what_is_done_can_be_seen_and_the_rest_gone_on_with(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", ""), *[RIGHT] * 2)
    with pytest.raises(Unreachable):
        await run(here)
    change_id, asked = await left(here), len(here.model.requests)
    seen = await run(here, RefactorTask("", resume=change_id, finished=True, dry_run=True))
    assert "+def load(url):" in seen.diff and "pkg/one.py" not in seen.diff
    not_done = "it was not done yet when the refactor was left"
    assert seen.outcome.reasons == (f"pkg/one.py: {not_done}", f"pkg/two.py: {not_done}")
    assert seen.left and len(here.model.requests) == asked
    done = await run(here, RefactorTask("", resume=change_id))
    assert (done.outcome.status, done.left) == ("applied", ())
    assert texts(here) == {name: text.replace("fetch", "load") for name, text in FILES.items()}


async def test_what_is_done_can_be_made_alone(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", ""))
    with pytest.raises(Unreachable):
        await run(here)
    with pytest.raises(InputError, match="a refactor that was left"):
        await run(here, RefactorTask(RENAME.instruction, finished=True))
    only = RefactorTask("", resume=await left(here), finished=True, review="never")
    done = await run(here, only)
    assert done.outcome.status == "partly" and len(here.model.requests) == 3
    assert here.workspace.text("pkg/base.py") == FILES["pkg/base.py"].replace("fetch", "load")
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"]
    assert await here.engine.refactors.unfinished() == []


async def test_files_are_left_out_of_what_is_gone_on_with(tmp_path: Path) -> None:
    """One that was done already as well as one that was still to be done."""
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", ""), RIGHT, RIGHT)
    with pytest.raises(Unreachable):
        await run(here)
    asked = len(here.model.requests)
    resumed = RefactorTask(
        "", resume=await left(here), exclude=("base.py", "pkg/two.py"), review="never"
    )
    done = await run(here, resumed)
    assert done.outcome.status == "partly"
    assert here.workspace.text("pkg/base.py") == FILES["pkg/base.py"]
    assert here.workspace.text("pkg/two.py") == FILES["pkg/two.py"]
    assert "load" in (here.workspace.text("pkg/one.py") or "")
    assert part(here.model.requests[asked]) == ["pkg/one.py"]
    assert done.outcome.reasons == ("pkg/base.py: you left it out", "pkg/two.py: you left it out")


async def test_what_one_resume_leaves_out_another_may_do(tmp_path: Path) -> None:
    """A look at what is done without some files keeps nothing; its way on leaves them out again."""
    gone = Unreachable("It is gone.", "")
    here = begun(tmp_path, *[RIGHT] * 2, gone, gone, *[RIGHT] * 2)
    with pytest.raises(Unreachable):
        await run(here)
    change_id, out = await left(here), ("pkg/base.py", "pkg/two.py")
    look = RefactorTask("", resume=change_id, exclude=out, finished=True, dry_run=True)
    assert "pkg/two.py: you left it out" in (await run(here, look)).outcome.reasons
    with pytest.raises(Unreachable) as failed:
        await run(here, RefactorTask("", resume=change_id, exclude=out))
    assert failed.value.hint.endswith(
        f"--resume {change_id} --exclude pkg/base.py --exclude pkg/two.py"
    )
    done = await run(here, RefactorTask("", resume=change_id, review="never"))
    assert (done.outcome.status, done.outcome.reasons) == ("applied", ())
    assert texts(here) == {name: text.replace("fetch", "load") for name, text in FILES.items()}


async def test_a_file_that_the_user_added_all_the_same_stays_in(tmp_path: Path) -> None:
    """The globs of a first run propose; what the user chose by hand counts, also in a resume."""
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", ""), *[RIGHT] * 2)
    two = (tmp_path / "project/pkg/two.py").as_uri()
    here.recorder.pick = lambda survey: [*(file.uri for file in survey.chosen), two]
    with pytest.raises(Unreachable):
        await run(here, RefactorTask(RENAME.instruction, exclude=("pkg/two.py",), review="never"))
    done = await run(here, RefactorTask("", resume=await left(here)))
    assert (done.outcome.status, done.outcome.reasons) == ("applied", ())
    assert texts(here) == {name: text.replace("fetch", "load") for name, text in FILES.items()}


async def test_answers_that_an_earlier_version_kept_are_understood(tmp_path: Path) -> None:
    """They did not say who gave them, nor what was not shown, nor what the plan took."""
    here = begun(tmp_path, *[RIGHT] * 2, Unreachable("It is gone.", ""), *[RIGHT] * 2)
    with pytest.raises(Unreachable):
        await run(here)
    with sqlite3.connect(tmp_path / "state" / "journal.db") as connection:
        changed = connection.execute(
            "UPDATE refactor_part SET value = json_remove(value, '$.by', '$.unseen', '$.spent')"
            " WHERE name LIKE 'agreed'"
        ).rowcount
        changed += connection.execute(
            "UPDATE refactor_part SET value = json_remove(value, '$.by', '$.unseen')"
            " WHERE name LIKE 'answer:%'"
        ).rowcount
    assert changed == 2
    done = await run(here, RefactorTask("", resume=await left(here)))
    assert done.outcome.status == "applied"
    assert (done.outcome.provider, done.outcome.model) == ("told", "model")
    assert texts(here) == {name: text.replace("fetch", "load") for name, text in FILES.items()}
