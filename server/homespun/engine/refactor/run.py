"""Refactors as they are asked for: from the instruction to the change, also past a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from homespun.config.schema import Settings
from homespun.core.patch import patch
from homespun.core.plan import ChangePlan
from homespun.engine.edit import Answered, Editing
from homespun.engine.keeping import Keeping
from homespun.engine.paths import Paths
from homespun.engine.place import Placer
from homespun.engine.ports import EditTask, Outcome, Place, Review, Spent, Workspace
from homespun.engine.refactor.checking import checked
from homespun.engine.refactor.choosing import Choosing
from homespun.engine.refactor.consistency import Consistency
from homespun.engine.refactor.course import Agreed, Course, home_of
from homespun.engine.refactor.estimate import Speed
from homespun.engine.refactor.memory import Memory, kept_task, task_data, told_instruction
from homespun.engine.refactor.overlay import Overlay
from homespun.engine.refactor.standing import Standing
from homespun.engine.refactor.task import (
    Refactored,
    RefactorTask,
    Surveying,
    Unfinished,
    Watching,
)
from homespun.engine.refactor.way import Asked, Way
from homespun.engine.refactor.working import Shown, Tools, Work
from homespun.engine.scene import Scene
from homespun.engine.search import Index
from homespun.errors import HomespunError, InputError, KeepingFailed, NothingToDo, Stale
from homespun.journal.entry import new_id
from homespun.journal.refactors import RefactorEntry
from homespun.providers.base import AnsweredBy, Endpoint


@dataclass(frozen=True, slots=True)
class Means:
    """What a refactor needs of the engine.

    `agree` gives the endpoint that serves (for the URI of a file, a model's name, who is asked),
    `ways` a maker of ways to it, `at_once` how many answers it gives side by side, `speed` how
    fast a model was seen to be, `take_back` undoes a change, `withheld` tells why a file (absolute
    path) is not sent.
    """

    agree: Callable[[str, str | None, Review], Awaitable[Endpoint]]
    ways: Callable[[Endpoint], Callable[[], Awaitable[Way]]]
    at_once: Callable[[Endpoint], Awaitable[int]]
    speed: Callable[[AnsweredBy], Awaitable[Speed | None]]
    placer: Callable[[Workspace, Scene, Shown], Placer]
    editing: Callable[[], Editing]
    settings: Callable[[], Settings]
    take_back: Callable[[str], Awaitable[Outcome]]
    withheld: Callable[[str], str | None]


class Refactors:
    """The refactors of one workspace."""

    def __init__(
        self, workspace: Workspace, paths: Paths, index: Index, keeping: Keeping, means: Means
    ) -> None:
        """`keeping` holds what is done of each, so that it can be resumed."""
        self._workspace = workspace
        self._paths = paths
        self._index = index
        self._keeping = keeping
        self._means = means
        self._running: dict[str, Work | None] = {}
        self._choosing = Choosing(workspace, paths, index, means.speed, means.withheld)

    async def run(self, task: RefactorTask, events: Watching, review: Surveying) -> Refactored:
        """Change many files as one. A refused change is a `Refactored`, no error.

        Raises `HomespunError` where it does not come to its end; what is done is kept then.
        """
        events.stage("waiting")
        if task.resume:
            return await self._resume(task, events, review)
        if not task.instruction.strip():
            raise NothingToDo("There is no instruction.", "Say what is to be changed.")
        asked = await self._asked(task, review)
        change_id = new_id()
        agreed = await self._choosing.agreed(task, change_id, asked, events, review)
        if not agreed.files:
            return Refactored(_untouched(change_id, asked.by, agreed.spent))
        folder = home_of(self._paths, agreed.files, self._workspace)
        memory = await self._keeping.begin_refactor(
            change_id, folder, task.title, task_data(task), asked.by
        )
        await memory.keep("agreed", agreed.as_data())
        return await self._worked(task, agreed, memory, asked, events, review)

    def cancel_file(self, change_id: str, file: str) -> bool:
        """Leave `file` (URI or path) out of a refactor at work; False where it is done already.

        Raises `NothingToDo` where no such refactor is at work here.
        """
        work = self._running.get(change_id)
        if work is None:
            raise NothingToDo(f"No refactor {change_id} is at work here.")
        return work.cancel(file)

    async def unfinished(self) -> Sequence[Unfinished]:
        """The refactors of this workspace that were left before their end, newest first."""
        folders = [folder.path for folder in self._workspace.folders()]
        left = await self._keeping.refactors_left(folders)
        return [self._unfinished(entry) for entry in left]

    async def drop(self, change_id: str) -> bool:
        """Forget a refactor that was left; False where there is none of this id.

        Raises `InputError` where it is at work.
        """
        if change_id in self._running:
            raise _at_work(change_id)
        found = await self._keeping.resume_refactor(change_id)
        if found is None:
            return False
        if found[0].held:
            raise _at_work(change_id)
        await self._keeping.event(change_id, "refused", "dropped")
        return await self._keeping.forget_refactor(change_id)

    async def _resume(self, task: RefactorTask, events: Watching, review: Surveying) -> Refactored:
        if task.resume in self._running:
            raise _at_work(task.resume)
        found = await self._keeping.resume_refactor(task.resume)
        if found is None:
            raise NothingToDo(
                f"There is no refactor {task.resume} that could be resumed.",
                "`homespun refactor --list` names those that can.",
            )
        entry, memory = found
        if entry.held:
            raise _at_work(task.resume)
        if entry.status == "applying":
            # It was torn from us while it was made: begin from what was there before.
            await self._take_back(task.resume)
        task = kept_task(entry.task, task)
        kept = memory.known("agreed")
        if kept is None:
            raise NothingToDo(
                "This refactor was left before its files were chosen.", "Begin it anew."
            )
        agreed = Agreed.of(kept).without(task.exclude)
        asked = await self._asked(task, review)
        return await self._worked(task, agreed, memory, asked, events, review)

    async def _take_back(self, change_id: str) -> None:
        outcome = await self._means.take_back(change_id)
        if outcome.status != "applied":
            raise Stale(
                "This refactor was torn off while it was made, and what was made cannot be taken"
                f" back: {'; '.join(outcome.reasons)}",
                "Mend that, and resume it again.",
            )

    async def _asked(self, task: RefactorTask, review: Review) -> Asked:
        uri = "" if task.place is None else task.place.uri
        endpoint = await self._means.agree(uri, task.model, review)
        ways = self._means.ways(endpoint)
        wanted = self._means.settings().refactor.at_once
        return Asked(ways, await ways(), wanted or await self._means.at_once(endpoint))

    async def _worked(
        self,
        task: RefactorTask,
        agreed: Agreed,
        memory: Memory,
        asked: Asked,
        events: Watching,
        review: Surveying,
    ) -> Refactored:
        """Have the files worked on, and land what comes of it."""
        change_id = memory.change_id
        self._running[change_id] = None
        try:
            course = self._course(task, agreed, memory, asked, events)
            events.stage("writing")
            await course.work()
            events.stage("checking")
            overlay = Overlay(self._workspace, course.proposed)
            consistency = Consistency(overlay, self._paths, self._index)
            left = await course.check(consistency, review)
            plan = course.plan(self._summary(agreed, course))
        except HomespunError as error:
            await self._told(change_id, error.code)
            raise _kept(error, change_id) from error
        except asyncio.CancelledError:
            with suppress(KeepingFailed):
                await asyncio.shield(self._keeping.event(change_id, "failed", "cancelled"))
            raise
        finally:
            self._running.pop(change_id, None)
        events.growing(lambda: replace(plan, complete=False))
        return await self._landed(task, plan, left, course, asked, events, review)

    def _course(
        self,
        task: RefactorTask,
        agreed: Agreed,
        memory: Memory,
        asked: Asked,
        events: Watching,
    ) -> Course:
        standing = Standing(events, memory.change_id, {file.uri: file for file in agreed.files})
        tools = Tools(asked.ways, self._means.placer, self._paths)
        at_once = 0 if task.finished else asked.at_once
        work = Work(tools, memory, standing, agreed.names, at_once)
        for uri in agreed.left_out:
            work.cancel(uri)
        self._running[memory.change_id] = work
        most = self._means.settings().refactor.files_in_a_request
        return Course(
            task,
            agreed,
            self._workspace,
            work,
            memory,
            asked.way,
            self._paths,
            self._index,
            most,
        )

    def _summary(self, agreed: Agreed, course: Course) -> str:
        changed = sum(file.offered for file in course.proposed.files.values())
        return f"{agreed.summary} {_counted(changed, len(agreed.files))}".strip()

    async def _landed(
        self,
        task: RefactorTask,
        plan: ChangePlan,
        left: tuple[str, ...],
        course: Course,
        asked: Asked,
        events: Watching,
        review: Surveying,
    ) -> Refactored:
        change_id = plan.plan_id
        answered = Answered(course.by or asked.by, course.spent)
        notes = tuple(course.proposed.notes)
        if task.dry_run:
            return replace(_dry(plan, answered, notes, left), unseen=course.unseen, kept=True)
        place = task.place or Place("")
        edit = EditTask(task.instruction, place, "workspace", task.title, review=task.review)
        try:
            outcome = await self._means.editing().land(
                change_id, plan, edit, answered, events, review
            )
        except HomespunError as error:
            raise _kept(error, change_id) from error
        kept = bool(plan.offered) and outcome.status == "rejected"
        if not kept:
            with suppress(KeepingFailed):
                await self._keeping.forget_refactor(change_id)
        reasons = tuple(dict.fromkeys((*outcome.reasons, *notes)))
        whole = not (reasons or left)
        status = outcome.status if whole or outcome.status != "applied" else "partly"
        outcome = replace(outcome, reasons=reasons, status=status)
        refactored = Refactored(outcome, left=left, unseen=course.unseen, kept=kept)
        refactored = await self._checked(refactored, events)
        events.stage("done")
        return refactored

    async def _checked(self, refactored: Refactored, events: Watching) -> Refactored:
        """What was made, with what the user's own checks say of it."""
        commands = self._means.settings().refactor.check
        homes = (self._paths.home(file.uri) for file in refactored.outcome.files)
        folder = next(filter(None, homes), "")
        return await checked(refactored, commands, folder, events) if folder else refactored

    def _unfinished(self, entry: RefactorEntry) -> Unfinished:
        """What people are told of a refactor that was left."""
        memory = Memory.reading(entry)
        kept = memory.known("agreed")
        done = sum(len(paths) for paths in memory.answered())
        instruction = told_instruction(entry.task)
        files = len(kept["files"]) if kept else 0
        running = entry.held or entry.change_id in self._running
        return Unfinished(entry.change_id, entry.at, instruction, files, done, running)

    async def _told(self, change_id: str, note: str) -> None:
        """Write down that it was left; failing to must not hide why."""
        with suppress(KeepingFailed):
            await self._keeping.event(change_id, "failed", note)


def _dry(
    plan: ChangePlan, answered: Answered, notes: tuple[str, ...], left: tuple[str, ...]
) -> Refactored:
    reasons = (*plan.reasons, *notes)
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
    return Refactored(outcome, patch(plan), left)


def _counted(changed: int, chosen: int) -> str:
    """How many of the files that were chosen change; others may change with them."""
    if changed == 1:
        return "1 file changes." if chosen == 1 else f"1 of {chosen} files changes."
    if changed >= chosen:
        return f"{changed} files change."
    return f"{changed} of {chosen} files change."


def _untouched(change_id: str, by: AnsweredBy, spent: Spent) -> Outcome:
    return Outcome(
        change_id,
        "rejected",
        "",
        ("You left all files as they are.",),
        provider=by.provider,
        model=by.model,
        local=by.local,
        spent=spent,
    )


def _kept(error: HomespunError, change_id: str) -> HomespunError:
    """`error` with the way to go on."""
    error.hint = (
        f"{error.hint} What is done is kept: homespun refactor --resume {change_id}".strip()
    )
    return error


def _at_work(change_id: str) -> InputError:
    return InputError(
        f"The refactor {change_id} is at work, here or in another process.",
        "Wait for its end, or cancel it there.",
    )
