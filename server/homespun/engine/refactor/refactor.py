"""One refactor: from the files that were agreed on to the change that lands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from homespun.core.counting import counted, part
from homespun.core.patch import patch
from homespun.core.plan import ChangePlan
from homespun.engine.edit import Answered
from homespun.engine.ports import EditTask, Outcome, Place
from homespun.engine.refactor.agreed import Agreed
from homespun.engine.refactor.checking import checked
from homespun.engine.refactor.consistency import Consistency
from homespun.engine.refactor.course import Course
from homespun.engine.refactor.means import Means
from homespun.engine.refactor.memory import Memory
from homespun.engine.refactor.overlay import Overlay
from homespun.engine.refactor.standing import Standing
from homespun.engine.refactor.task import Refactored, RefactorTask, Surveying, Watching
from homespun.engine.refactor.way import Asked, Nobody
from homespun.engine.refactor.working import Tools, Work
from homespun.errors import HomespunError, KeepingFailed


class Refactor:
    """The work on one refactor, begun anew or gone on with."""

    def __init__(
        self,
        means: Means,
        task: RefactorTask,
        agreed: Agreed,
        memory: Memory,
        asked: Asked | Nobody,
        events: Watching,
    ) -> None:
        """`memory` holds what is done of it already; `asked` is its model, where one is."""
        self._means = means
        self._task = task
        self._agreed = agreed
        self._change_id = memory.change_id
        self._asked = asked
        self._events = events
        standing = Standing(events, memory.change_id, {file.uri: file for file in agreed.files})
        tools = Tools(asked.ways, means.placer, means.paths)
        self._work = Work(tools, memory, standing, agreed, asked.at_once)
        self._course = Course(means, task, agreed, work=self._work, memory=memory, room=asked.room)

    def cancel(self, file: str) -> bool:
        """Leave `file` (URI or path) out; False where it is not to be done any more."""
        return self._work.cancel(file)

    async def run(self, review: Surveying) -> Refactored:
        """Have the files worked on, and land what comes of it.

        Raises `HomespunError` where it does not come to its end, with the way to go on.
        """
        try:
            plan, left = await self._made(review)
        except HomespunError as error:
            await self._told(error.code)
            raise self._kept(error) from error
        except asyncio.CancelledError:
            await asyncio.shield(self._told("cancelled"))
            raise
        self._events.growing(lambda: replace(plan, complete=False))
        if self._task.dry_run:
            return self._dry(plan, left)
        return await self._landed(plan, left, review)

    async def _made(self, review: Surveying) -> tuple[ChangePlan, tuple[str, ...]]:
        """The change as a whole, and what the last look found."""
        course, means = self._course, self._means
        self._events.stage("writing")
        await course.work()
        self._events.stage("checking")
        overlay = Overlay(means.workspace, course.proposed)
        left = await course.check(Consistency(overlay, means.paths, means.index), review)
        changed = sum(file.offered for file in course.proposed.files.values())
        changing = _changing(changed, len(self._agreed.files))
        return course.plan(f"{self._agreed.summary} {changing}".strip()), left

    async def _landed(
        self, plan: ChangePlan, left: tuple[str, ...], review: Surveying
    ) -> Refactored:
        task, change_id = self._task, self._change_id
        place = task.place or Place("")
        edit = EditTask(task.instruction, place, "workspace", task.title, review=task.review)
        try:
            outcome = await self._means.editing().land(
                change_id, plan, edit, self._answered, self._events, review
            )
        except HomespunError as error:
            raise self._kept(error) from error
        kept = bool(plan.offered) and outcome.status == "rejected"
        if not plan.offered:
            # One whose change is made is at its end by that, whoever lands it.
            with suppress(KeepingFailed):
                await self._means.keeping.forget_refactor(change_id)
        reasons = tuple(dict.fromkeys((*outcome.reasons, *self._course.proposed.notes)))
        whole = not (reasons or left)
        status = outcome.status if whole or outcome.status != "applied" else "partly"
        outcome = replace(outcome, reasons=reasons, status=status)
        refactored = Refactored(outcome, left=left, unseen=self._course.unseen, kept=kept)
        refactored = await self._checked(refactored)
        self._events.stage("done")
        return refactored

    async def _checked(self, refactored: Refactored) -> Refactored:
        """What was made, with what the user's own checks say of it."""
        commands = self._means.settings().refactor.check
        homes = (self._means.paths.home(file.uri) for file in refactored.outcome.files)
        folder = next(filter(None, homes), "")
        return await checked(refactored, commands, folder, self._events) if folder else refactored

    def _dry(self, plan: ChangePlan, left: tuple[str, ...]) -> Refactored:
        """What would be made."""
        answered = self._answered
        reasons = (*plan.reasons, *self._course.proposed.notes)
        outcome = Outcome(
            plan.plan_id,
            "rejected" if plan.offered or reasons else "nothing",
            plan.summary,
            reasons,
            provider=answered.by.provider,
            model=answered.by.model,
            local=answered.by.local,
            spent=answered.spent,
        )
        return Refactored(outcome, patch(plan), left, unseen=self._course.unseen, kept=True)

    @property
    def _answered(self) -> Answered:
        return Answered(self._course.by or self._asked.by, self._course.spent)

    def _kept(self, error: HomespunError) -> HomespunError:
        """`error` with the way to go on."""
        on = f"What is done is kept: {self._task.resuming(self._change_id)}"
        error.hint = f"{error.hint} {on}".strip()
        return error

    async def _told(self, note: str) -> None:
        """Write down that it was left; failing to must not hide why."""
        with suppress(KeepingFailed):
            await self._means.keeping.event(self._change_id, "failed", note)


def _changing(changed: int, chosen: int) -> str:
    """How many of the files that were chosen change; others may change with them."""
    files = counted(changed, "file") if changed >= chosen else part(changed, chosen, "file")
    return f"{files} {'changes' if changed == 1 else 'change'}."
