"""What is done of one refactor, kept as it is done: a step that is kept is never done again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from homespun.core.plan import ChangePlan
from homespun.engine.plan_data import dumped, loaded
from homespun.engine.ports import Place, Spent
from homespun.engine.refactor.task import RefactorTask
from homespun.errors import NothingToDo
from homespun.journal.refactors import NoRefactors, RefactorEntry, RefactorKeeper
from homespun.providers.base import AnsweredBy


class Memory:
    """The steps of one refactor by their names, each a JSON value."""

    def __init__(self, keeper: RefactorKeeper, entry: RefactorEntry) -> None:
        """`entry` is what is kept by now."""
        self._keeper = keeper
        self._parts = dict(entry.parts)
        self.change_id = entry.change_id

    def known(self, name: str) -> Any:
        """What a step came to; None where it was not done."""
        kept = self._parts.get(name)
        return None if kept is None else json.loads(kept)

    async def keep(self, name: str, value: object) -> None:
        """A step is done. Raises `KeepingFailed`."""
        text = json.dumps(value)
        await asyncio.to_thread(self._keeper.keep, self.change_id, name, text)
        self._parts[name] = text

    @classmethod
    def reading(cls, entry: RefactorEntry) -> Memory:
        """One that is only looked at."""
        return cls(NoRefactors(), entry)

    def answered(self) -> list[list[str]]:
        """The paths of the files of each answer that is kept."""
        names = [name for name in self._parts if name.startswith("answer:")]
        return [json.loads(name.partition(":")[2])[1:] for name in names]


def task_data(task: RefactorTask) -> str:
    """`task` as it is kept; its place is a hint for the survey alone, which is kept itself."""
    kept = asdict(task)
    del kept["place"], kept["resume"], kept["dry_run"], kept["finished"]
    kept["uri"] = "" if task.place is None else task.place.uri
    return json.dumps(kept)


def kept_task(text: str, now: RefactorTask) -> RefactorTask:
    """The task that was kept, with what is said of it `now`. Raises `NothingToDo`.

    Which files its own globs left out, the survey says, and the user, who may have added them.
    """
    try:
        kept: dict[str, Any] = json.loads(text)
        return RefactorTask(
            str(kept["instruction"]),
            Place(str(kept["uri"])) if kept["uri"] else None,
            include=tuple(kept["include"]),
            exclude=now.exclude,
            review=now.review or kept["review"],
            model=now.model or kept["model"],
            dry_run=now.dry_run,
            resume=now.resume,
            finished=now.finished,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NothingToDo(
            "Another version of Homespun has kept this refactor in a way that is not understood.",
            "Drop it, and begin anew.",
        ) from error


def told_instruction(text: str) -> str:
    """The instruction of a task that was kept, "" where that is not understood."""
    try:
        return kept_task(text, RefactorTask("")).instruction
    except NothingToDo:
        return ""


def answer_data(
    plan: ChangePlan, spent: Spent, by: AnsweredBy | None, unseen: Sequence[str]
) -> dict[str, object]:
    """One answer as it is kept; `by`: who gave it, None where nobody did.

    `unseen` are the paths that there was no room to show.
    """
    who = asdict(by) if by else None
    return {"plan": dumped(plan), "spent": asdict(spent), "by": who, "unseen": list(unseen)}


def kept_answer(data: Any) -> tuple[ChangePlan, Spent, AnsweredBy | None, tuple[str, ...]]:
    """The answer that `answer_data` gave."""
    # Earlier versions kept neither who gave it nor what was not shown.
    by, unseen = data.get("by"), data.get("unseen", ())
    who = AnsweredBy(**by) if by else None
    return loaded(data["plan"]), Spent(**data["spent"]), who, tuple(unseen)
