"""Plans that wait: decided on piece by piece, kept past a restart, finished on the text of then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.test_edit import ADD, ADDED, hunk, task, updates
from engine.world import Recorder, World, world
from homespun.core.plan import ChangePlan
from homespun.engine.ports import Applied, Outcome
from homespun.engine.reviewing import Decision
from homespun.errors import InputError, NotApplied, Stale
from homespun.journal.entry import NoJournal

BOTH = updates(
    {"action": "edit", "file": "a.py", "hunks": [
        {"find": "return a - b", "replace": "return a + b"},
        {"find": "return add(a, a)", "replace": "return 2 * a"},
    ]},
    hunk("b.py", "1", "2"),
    summary="Adds.",
)  # fmt: skip
B = "# b\n\nx = 1\n"
B2 = B.replace("1", "2")
LAST = ADD.replace("add(a, a)", "2 * a")


def reviewed(tmp_path: Path, reply: str = BOTH) -> World:
    """A world whose user decides later."""
    w = world(tmp_path, {"a.py": ADD, "b.py": B}, reply, settings={"review": "always"})
    w.recorder = Later()
    return w


class Later(Recorder):
    """Decides later; `seen` once the plan that waits has been shown."""

    def __init__(self) -> None:
        super().__init__(choice=lambda plan: "later")
        self.seen = asyncio.Event()

    def plan(self, plan: ChangePlan) -> None:
        super().plan(plan)
        if plan.complete:
            self.seen.set()


async def begun(w: World) -> tuple[asyncio.Task[Outcome], ChangePlan]:
    """An edit whose plan waits, and the plan as it was shown."""
    asked = task(w, "a.py", scope="workspace")
    job = asyncio.create_task(w.engine.edit(asked, w.recorder, w.recorder))
    assert isinstance(w.recorder, Later)
    async with asyncio.timeout(60):
        await w.recorder.seen.wait()
    return job, w.recorder.plans[-1]


async def test_a_plan_waits_and_what_was_accepted_lands(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    assert w.workspace.text("a.py") == ADD
    assert (await w.engine.history())[0].status == "waiting"
    reviews = w.engine.reviews
    shown = await reviews.decide(plan.plan_id, Decision(False, "a.py", 0))
    assert [h.accepted for h in shown.files[0].hunks] == [False, True]
    shown = await reviews.decide(plan.plan_id, Decision(False, w.workspace.uri("b.py")))
    assert [file.offered for file in shown.files] == [True, False]
    assert await reviews.proposed(plan.plan_id, "a.py") == LAST
    outcome = await reviews.finish(plan.plan_id)
    assert outcome == await job
    assert outcome.status == "partly"
    assert outcome.reasons == ("a.py: you left out 1 of 2 parts", "b.py: you left it out")
    assert (w.workspace.text("a.py"), w.workspace.text("b.py")) == (LAST, B)
    assert outcome.unsaved == (w.workspace.uri("a.py"),)


async def test_all_of_it_can_be_left_and_taken_again(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    left = await w.engine.reviews.decide(plan.plan_id, Decision(False))
    assert left.offered == ()
    await w.engine.reviews.decide(plan.plan_id, Decision(True))
    await w.engine.reviews.finish(plan.plan_id)
    assert (await job).status == "applied"
    assert w.workspace.text("b.py") == B2


async def test_a_dropped_plan_changes_nothing(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    outcome = await w.engine.reviews.drop(plan.plan_id)
    assert outcome == await job
    assert (outcome.status, outcome.reasons) == ("rejected", ("You discarded it.",))
    assert w.workspace.text("a.py") == ADD
    with pytest.raises(Stale, match="does not wait"):
        await w.engine.reviews.finish(plan.plan_id)


async def test_it_is_shown_where_its_lines_are_now(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    _, plan = await begun(w)
    w.workspace.type("a.py", "import os\n\n" + ADD)
    now = await w.engine.reviews.plan(plan.plan_id)
    assert now.files[0].before == "import os\n\n" + ADD
    assert now.files[0].version == 2
    starts = [hunk.edit.start for hunk in now.files[0].hunks]
    assert starts == [hunk.edit.start + 11 for hunk in plan.files[0].hunks]
    await w.engine.reviews.finish(plan.plan_id)
    assert w.workspace.text("a.py") == "import os\n\n" + LAST.replace("a - b", "a + b")


async def test_what_is_lost_is_looked_at_again_before_the_rest_lands(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    typed = ADD.replace("a - b", "b - a")
    w.workspace.type("a.py", typed)
    with pytest.raises(Stale, match="not all of it fits"):
        await w.engine.reviews.finish(plan.plan_id)
    now = await w.engine.reviews.plan(plan.plan_id)
    assert [bool(hunk.refusal) for hunk in now.files[0].hunks] == [True, False]
    with pytest.raises(Stale, match="changed meanwhile"):
        await w.engine.reviews.decide(plan.plan_id, Decision(True, "a.py", 0))
    await w.engine.reviews.finish(plan.plan_id)
    assert (await job).status == "partly"
    assert w.workspace.text("a.py") == typed.replace("add(a, a)", "2 * a")


async def test_a_lost_part_that_nobody_wanted_is_no_news(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    _, plan = await begun(w)
    await w.engine.reviews.decide(plan.plan_id, Decision(False, "a.py", 0))
    w.workspace.type("a.py", ADD.replace("a - b", "b - a"))
    outcome = await w.engine.reviews.finish(plan.plan_id)
    assert outcome.reasons == ("a.py: you left out 1 of 2 parts",)


async def test_decisions_survive_a_restart(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    await w.engine.reviews.decide(plan.plan_id, Decision(False, "a.py", 0))
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    again = w.make(w.journal)
    w.workspace.type("b.py", "y = 0\n\n" + B)
    (found,) = await again.waiting()
    assert (found.plan_id, found.title, found.summary) == (plan.plan_id, "Edit", "Adds.")
    assert [h.accepted for h in found.files[0].hunks] == [False, True]
    outcome = await again.reviews.finish(plan.plan_id)
    assert (outcome.status, outcome.model, outcome.local) == ("partly", "model", True)
    assert outcome.spent.completion_tokens == 7
    assert (w.workspace.text("a.py"), w.workspace.text("b.py")) == (LAST, "y = 0\n\n" + B2)
    assert await again.waiting() == []
    await again.undo(plan.plan_id)
    assert (w.workspace.text("a.py"), w.workspace.text("b.py")) == (ADD, "y = 0\n\n" + B)


async def test_of_two_servers_only_one_ends_it(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    other = w.make(w.journal)
    assert len(await other.waiting()) == 1, "it is of this very process, so it may be had"
    await other.reviews.finish(plan.plan_id)
    with pytest.raises(Stale, match="does not wait"):
        await w.engine.reviews.drop(plan.plan_id)
    with pytest.raises(Stale, match="does not wait"):
        await job
    assert w.workspace.text("b.py") == B2


async def test_two_finishes_land_once(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    ends = await asyncio.gather(
        *(w.engine.reviews.finish(plan.plan_id) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["Outcome", "Stale", "Stale"]
    assert (await job).status == "applied"
    assert len(w.workspace.applied) == 1


async def test_a_finish_that_is_cancelled_is_carried_to_its_end(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    finish = asyncio.create_task(w.engine.reviews.finish(plan.plan_id))
    w.workspace.before_apply = finish.cancel
    with pytest.raises(asyncio.CancelledError):
        await finish
    assert (await job).status == "applied"


async def test_an_edit_that_fails_tells_all_who_wait(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    job, plan = await begun(w)
    w.workspace.answer = lambda: Applied(applied=False, reason="read-only")
    for waiting in (w.engine.reviews.finish(plan.plan_id), job):
        with pytest.raises(NotApplied, match="read-only"):
            await waiting
    assert await w.engine.waiting() == []


async def test_a_protected_file_waits_for_a_yes_of_its_own(tmp_path: Path) -> None:
    reply = updates(
        hunk("b.py", "1", "2"),
        {"action": "create", "file": ".vscode/settings.json", "text": "{}\n"},
    )
    w = reviewed(tmp_path, reply)
    _, plan = await begun(w)
    guarded = plan.files[0]
    assert (guarded.path, guarded.accepted) == (".vscode/settings.json", False)
    all_of_it = await w.engine.reviews.decide(plan.plan_id, Decision(True))
    assert not all_of_it.files[0].accepted
    await w.engine.reviews.decide(plan.plan_id, Decision(True, guarded.path))
    assert (await w.engine.reviews.finish(plan.plan_id)).status == "applied"
    assert w.workspace.text(guarded.path) == "{}\n"
    assert w.recorder.questions == []


@pytest.mark.parametrize(
    ("decision", "match"),
    [
        (Decision(True, "none.py"), "no such file"),
        (Decision(True, "a.py", 9), "2 hunks"),
        (Decision(True, "a.py", -1), "2 hunks"),
        (Decision(True, None, 0), "which file"),
    ],
)
async def test_a_decision_on_what_is_not_there(
    tmp_path: Path, decision: Decision, match: str
) -> None:
    w = reviewed(tmp_path)
    _, plan = await begun(w)
    with pytest.raises(InputError, match=match):
        await w.engine.reviews.decide(plan.plan_id, decision)
    with pytest.raises(Stale, match="does not wait"):
        await w.engine.reviews.decide("none", Decision(True))


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (lambda w: w.workspace.delete("b.py"), "b.py: the file is gone"),
        (
            lambda w: w.workspace.type("b.py", B.replace("1", "9")),
            "b.py: the text has changed",
        ),
    ],
    ids=["deleted", "rewritten"],
)
async def test_a_file_that_is_lost_does_not_hold_up_the_others(
    tmp_path: Path, meanwhile: Callable[[World], None], reason: str
) -> None:
    w = reviewed(tmp_path)
    _, plan = await begun(w)
    meanwhile(w)
    with pytest.raises(Stale):
        await w.engine.reviews.finish(plan.plan_id)
    outcome = await w.engine.reviews.finish(plan.plan_id)
    assert outcome.reasons[0].startswith(reason)
    assert w.workspace.text("a.py") == LAST.replace("a - b", "a + b")


async def test_a_renamed_file_is_followed(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    _, plan = await begun(w)
    w.workspace.rename("b.py", "c.py")
    now = await w.engine.reviews.plan(plan.plan_id)
    assert [file.path for file in now.files] == ["a.py", "c.py"]
    await w.engine.reviews.decide(plan.plan_id, Decision(True, "c.py"))
    assert (await w.engine.reviews.finish(plan.plan_id)).status == "applied"
    assert w.workspace.text("c.py") == B2
    await w.engine.undo(None)
    assert w.workspace.text("c.py") == B


async def test_without_a_journal_it_waits_in_memory(tmp_path: Path) -> None:
    w = reviewed(tmp_path)
    w.engine = w.make(NoJournal())
    job, plan = await begun(w)
    await w.engine.reviews.decide(plan.plan_id, Decision(False, "b.py"))
    await w.engine.reviews.finish(plan.plan_id)
    assert (await job).status == "partly"
    assert w.workspace.text("a.py") == ADDED.replace("add(a, a)", "2 * a")
