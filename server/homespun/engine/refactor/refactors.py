"""Refactors as they are asked for: begun, gone on with, listed, dropped."""

from __future__ import annotations

from collections.abc import Sequence

from homespun.engine.keeping import still_waits
from homespun.engine.ports import Outcome, Review, Spent
from homespun.engine.refactor.agreed import Agreed, home_of
from homespun.engine.refactor.choosing import Choosing
from homespun.engine.refactor.means import Means
from homespun.engine.refactor.memory import Memory, kept_task, task_data, told_instruction
from homespun.engine.refactor.refactor import Refactor
from homespun.engine.refactor.task import (
    Refactored,
    RefactorTask,
    Surveying,
    Unfinished,
    Watching,
)
from homespun.engine.refactor.way import Asked, Nobody
from homespun.errors import InputError, NothingToDo, Stale
from homespun.journal.entry import new_id
from homespun.journal.refactors import RefactorEntry
from homespun.providers.base import AnsweredBy


class Refactors:
    """The refactors of one workspace."""

    def __init__(self, means: Means) -> None:
        """`means` is what they work with."""
        self._means = means
        self._workspace = means.workspace
        self._paths = means.paths
        self._keeping = means.keeping
        self._running: dict[str, Refactor] = {}
        self._choosing = Choosing(means)

    async def run(self, task: RefactorTask, events: Watching, review: Surveying) -> Refactored:
        """Change many files as one. A refused change is a `Refactored`, no error.

        Raises `HomespunError` where it does not come to its end; what is done is kept then.
        """
        events.stage("waiting")
        if task.resume:
            return await self._resume(task, events, review)
        if task.finished:
            raise InputError("What is finished is that of a refactor that was left.", "Name one.")
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
        refactor = self._running.get(change_id)
        if refactor is None:
            raise NothingToDo(f"No refactor {change_id} is at work here.")
        return refactor.cancel(file)

    async def unfinished(self) -> Sequence[Unfinished]:
        """The refactors of this workspace that were left before their end, newest first."""
        folders = [folder.path for folder in self._workspace.folders()]
        left = await self._keeping.refactors_left(folders)
        return [self._unfinished(entry) for entry in left]

    async def drop(self, change_id: str) -> bool:
        """Forget a refactor that was left; False where there is none of this id.

        Raises as `_left`.
        """
        if await self._left(change_id) is None:
            return False
        await self._keeping.event(change_id, "refused", "dropped")
        return await self._keeping.forget_refactor(change_id)

    async def _resume(self, task: RefactorTask, events: Watching, review: Surveying) -> Refactored:
        found = await self._left(task.resume)
        if found is None:
            raise NothingToDo(
                f"There is no refactor {task.resume} that could be resumed.",
                "`homespun refactor --list` names those that can.",
            )
        entry, memory = found
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
        asked = Nobody() if task.finished else await self._asked(task, review)
        return await self._worked(task, agreed, memory, asked, events, review)

    async def _left(self, change_id: str) -> tuple[RefactorEntry, Memory] | None:
        """A refactor that was left, ours from now; None where there is none of this id.

        Raises `InputError` where it is at work, `NothingToDo` where it is done and waits for the
        user: then its change ends as any that waits.
        """
        if await self._keeping.waits(change_id):
            raise still_waits(change_id)
        self._not_twice(change_id)
        found = await self._keeping.resume_refactor(change_id)
        if found is not None and found[0].held:
            raise _at_work(change_id)
        return found

    def _not_twice(self, change_id: str) -> None:
        if change_id in self._running:
            raise _at_work(change_id)

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
        asked: Asked | Nobody,
        events: Watching,
        review: Surveying,
    ) -> Refactored:
        """Do a refactor to its end; as long as it is at work, nobody else begins it.

        Raises `InputError` where somebody has since it was found.
        """
        self._not_twice(memory.change_id)
        refactor = Refactor(self._means, task, agreed, memory, asked, events)
        self._running[memory.change_id] = refactor
        try:
            return await refactor.run(review)
        finally:
            self._running.pop(memory.change_id, None)

    def _unfinished(self, entry: RefactorEntry) -> Unfinished:
        """What people are told of a refactor that was left."""
        memory = Memory.reading(entry)
        kept = memory.known("agreed")
        done = sum(len(paths) for paths in memory.answered())
        instruction = told_instruction(entry.task)
        files = len(kept["files"]) if kept else 0
        running = entry.held or entry.change_id in self._running
        return Unfinished(entry.change_id, entry.at, instruction, files, done, running)


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


def _at_work(change_id: str) -> InputError:
    return InputError(
        f"The refactor {change_id} is at work, here or in another process.",
        "Wait for its end, or cancel it there.",
    )
