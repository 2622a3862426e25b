"""The journal as the engine uses it: awaited, in the engine's own words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from homespun.core.patch import patch
from homespun.core.plan import ChangePlan, FileChange
from homespun.core.text import Snapshot, Span
from homespun.engine.paths import Paths
from homespun.engine.plan_data import dumped, loaded
from homespun.engine.ports import (
    EditTask,
    HistoryDetails,
    HistoryEntry,
    Outcome,
    Place,
    Spent,
)
from homespun.engine.records import forward, record
from homespun.engine.refactor.memory import Memory, told_instruction
from homespun.engine.scene import Scene
from homespun.errors import NothingToDo
from homespun.journal.entry import Entry, Keeper
from homespun.journal.refactors import RefactorEntry
from homespun.journal.usage import UsageRecord
from homespun.providers.base import AnsweredBy

_STANDING = ("applied", "partly", "applying")
"""What an undo takes back. A change at `applying` was torn from us in its midst: where it had not
been made yet, taking it back changes nothing."""
_UNDOABLE = (*_STANDING, "failed", "undoing")
"""What it takes back where the change is named: also what only half came to be."""

_LISTS = "`homespun history` lists the changes."


@dataclass(frozen=True, slots=True)
class Kept:
    """A change as it was kept: its task, its replies, and the text that they are about.

    `base` is the file as it was when the model was asked, `region` the part that could change.
    """

    change_id: str
    task: EditTask
    base: Snapshot
    region: Span | None
    replies: tuple[str, ...]
    by: AnsweredBy


class Keeping:
    """Writes down what was asked, answered and changed. Raises `KeepingFailed` throughout."""

    def __init__(self, journal: Keeper, paths: Paths) -> None:
        """`journal` may be one that keeps nothing."""
        self._journal = journal
        self._paths = paths
        self._tidied = False

    @property
    def where(self) -> str:
        """The journal's file, for people."""
        return self._journal.where

    async def begin(self, change_id: str, scene: Scene, by: AnsweredBy) -> None:
        """A task is about to be asked."""
        await asyncio.to_thread(
            self._journal.begin,
            change_id,
            self._paths.home(scene.task.place.uri),
            scene.task.title,
            json.dumps(_as_data(scene)),
            by.model,
            by.provider,
            by.local,
        )

    async def begin_refactor(
        self, change_id: str, folder: str, title: str, task: str, by: AnsweredBy
    ) -> Memory:
        """A refactor of a folder (absolute path) is about to be worked on; `task` as it is kept."""
        await asyncio.to_thread(
            self._journal.begin, change_id, folder, title, task, by.model, by.provider, by.local
        )
        await asyncio.to_thread(self._journal.refactors.begin, change_id, task)
        return Memory(
            self._journal.refactors, RefactorEntry(change_id, 0.0, task, "asked", held=False)
        )

    async def resume_refactor(self, change_id: str) -> tuple[RefactorEntry, Memory] | None:
        """A refactor that was left, held by this process from now unless another holds it."""
        entry = await asyncio.to_thread(self._journal.refactors.take, change_id)
        return None if entry is None else (entry, Memory(self._journal.refactors, entry))

    async def refactors_left(self, folders: Sequence[str]) -> list[RefactorEntry]:
        """The refactors of `folders` that are not at their end, newest first."""
        return await asyncio.to_thread(self._journal.refactors.left, folders)

    async def waits(self, change_id: str) -> bool:
        """Whether the change waits for the user's decision, here or in another process."""
        entry = await asyncio.to_thread(self._journal.get, change_id)
        return entry is not None and entry.status == "waiting"

    async def forget_refactor(self, change_id: str) -> bool:
        """A refactor is at its end; False where there was none."""
        return await asyncio.to_thread(self._journal.refactors.forget, change_id)

    async def tidy(self, days: int, megabytes: int) -> None:
        """Forget old changes, once in the life of a process."""
        if not self._tidied:
            self._tidied = True
            await asyncio.to_thread(self._journal.trim, days, megabytes)

    async def interrupted(self, folder: str | None) -> HistoryEntry | None:
        """The change in whose midst a process ended, if the latest one was."""
        entry = await asyncio.to_thread(self._journal.latest, folder, ("applying", "undoing"))
        return None if entry is None else self._history_entry(entry)

    async def answered(self, change_id: str, replies: Sequence[str], spent: Spent) -> None:
        """The model has answered; what it said is kept whatever becomes of it."""
        counted = {"prompt": spent.prompt_tokens, "completion": spent.completion_tokens}
        await asyncio.to_thread(
            self._journal.answered, change_id, json.dumps(list(replies)), counted
        )

    async def hold(self, plan: ChangePlan) -> None:
        """The plan waits for the user."""
        await asyncio.to_thread(self._journal.hold, plan.plan_id, dumped(plan))

    async def decided(self, plan: ChangePlan) -> bool:
        """The waiting plan as the user wants it now; False where it does not wait any more."""
        return await asyncio.to_thread(self._journal.decided, plan.plan_id, dumped(plan))

    async def release(self, plan_id: str) -> bool:
        """The plan waits no more; False where another process has ended it."""
        return await asyncio.to_thread(self._journal.release, plan_id)

    async def left_waiting(self, folders: Sequence[str]) -> list[tuple[Outcome, ChangePlan]]:
        """The plans that wait in `folders` and nobody holds, each with how it would end."""
        left: list[tuple[Outcome, ChangePlan]] = []
        for entry, kept in await asyncio.to_thread(self._journal.left_waiting, folders):
            # One that another version of ours has written may be of no use here.
            with suppress(ValueError):
                plan = loaded(kept)
                left.append((_outcome(entry, plan), plan))
        return left

    async def used(self, usage: UsageRecord) -> None:
        """What a request took."""
        await asyncio.to_thread(self._journal.used, usage)

    async def usage_since(self, since: float) -> list[UsageRecord]:
        """What the requests from `since` on took, oldest first."""
        return await asyncio.to_thread(self._journal.usage_since, since)

    async def proposed(self, change_id: str, files: Sequence[FileChange]) -> None:
        """The files as they are about to change."""
        records = [record(file) for file in files]
        await asyncio.to_thread(self._journal.proposed, change_id, records)

    async def event(self, change_id: str, kind: Any, note: str = "") -> None:
        """What became of the change; `kind` is one of the journal's."""
        await asyncio.to_thread(self._journal.event, change_id, kind, note)

    async def history(self, folder: str | None, limit: int) -> list[HistoryEntry]:
        """The latest changes of a workspace folder (None: of all), newest first."""
        entries = await asyncio.to_thread(self._journal.entries, folder, limit)
        return [self._history_entry(entry) for entry in entries]

    async def details(self, change_id: str) -> HistoryDetails:
        """One change with its patch. Raises `NothingToDo` where there is none of that id."""
        entry = await asyncio.to_thread(self._journal.get, change_id)
        if entry is None:
            raise _unknown(change_id)
        made = ChangePlan(change_id, entry.title, "", forward(entry.files, self._paths))
        return HistoryDetails(self._history_entry(entry), patch(made))

    async def undoable(self, change_id: str | None, folder: str | None) -> Entry:
        """The change to take back: the named one, or the latest that stands."""
        if change_id is None:
            entry = await asyncio.to_thread(self._journal.latest, folder, _STANDING)
            missing = NothingToDo("There is no change to take back.", _LISTS)
        else:
            entry = await asyncio.to_thread(self._journal.get, change_id)
            missing = _unknown(change_id)
        if entry is None:
            raise missing
        if entry.status not in _UNDOABLE:
            raise NothingToDo(
                f"Change {entry.change_id} is {entry.status}, so it cannot be undone."
            )
        return entry

    async def kept(self, change_id: str | None, folder: str | None) -> Kept:
        """A change whose reply can be placed again: the named one, or the latest refused.

        Raises `NothingToDo`, also where that one is a refactor: its answers are many, and it is
        gone on with.
        """
        left = await self.refactors_left([folder] if folder else [])
        if change_id is None:
            entry = await asyncio.to_thread(
                self._journal.latest, folder, ("refused", "failed", "partly", "undone")
            )
            if left and (entry is None or left[0].change_id > entry.change_id):
                raise _goes_on(left[0].change_id)
        else:
            entry = await asyncio.to_thread(self._journal.get, change_id)
        if entry is not None and any(one.change_id == entry.change_id for one in left):
            raise _goes_on(entry.change_id)
        if entry is not None and told_instruction(entry.instruction):
            ended = entry.status != "waiting"
            raise _at_its_end(entry.change_id) if ended else still_waits(entry.change_id)
        if entry is None or not entry.reply:
            raise NothingToDo("There is no kept reply to apply again.", _LISTS)
        return _kept(entry)

    def _history_entry(self, entry: Entry) -> HistoryEntry:
        return HistoryEntry(
            entry.change_id,
            entry.at,
            entry.title,
            entry.status,
            entry.note,
            tuple(self._paths.relative(record.uri) for record in entry.files),
            f"{entry.provider}/{entry.model}",
            entry.local,
        )


def still_waits(change_id: str) -> NothingToDo:
    """Why a refactor is not begun, nor its answers placed, while its change waits."""
    return NothingToDo(
        f"The refactor {change_id} is done, and its change waits for your decision.",
        "Take or drop it in your editor, among the changes to review.",
    )


def _unknown(change_id: str) -> NothingToDo:
    return NothingToDo(f"There is no change {change_id} in the journal.", _LISTS)


def _goes_on(change_id: str) -> NothingToDo:
    return NothingToDo(
        f"The change {change_id} is a refactor that was left before its end.",
        f"`homespun refactor --resume {change_id}` goes on with it: what the model has answered is"
        " not asked for again.",
    )


def _at_its_end(change_id: str) -> NothingToDo:
    return NothingToDo(
        f"The change {change_id} is a refactor that came to its end: its answers are not kept.",
        "Begin it anew with `homespun refactor`. Another change is placed again by its id:"
        " `homespun history` lists them.",
    )


def _outcome(entry: Entry, plan: ChangePlan) -> Outcome:
    """How a change would end that has not ended yet."""
    return Outcome(
        entry.change_id,
        "rejected",
        plan.summary,
        plan.reasons,
        provider=entry.provider,
        model=entry.model,
        local=entry.local,
        spent=Spent(entry.usage.get("prompt", 0), entry.usage.get("completion", 0)),
    )


def _as_data(scene: Scene) -> dict[str, object]:
    task = scene.task
    return {
        "instruction": task.instruction,
        "uri": task.place.uri,
        "scope": task.scope,
        "title": task.title,
        "text": scene.original.text,
        "language": scene.original.language_id,
        "region": _as_pair(scene.region),
        "comment": _as_pair(task.remove_comment),
    }


def _as_pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _as_span(pair: list[int] | None) -> Span | None:
    return None if pair is None else Span(*pair)


def _kept(entry: Entry) -> Kept:
    data: dict[str, Any] = json.loads(entry.instruction)
    task = EditTask(
        data["instruction"],
        Place(data["uri"]),
        data["scope"],
        data["title"],
        remove_comment=_as_span(data["comment"]),
    )
    base = Snapshot.of(data["uri"], data["text"], None, data["language"])
    replies = tuple(str(reply) for reply in json.loads(entry.reply))
    by = AnsweredBy(entry.provider, entry.model, entry.local)
    return Kept(entry.change_id, task, base, _as_span(data["region"]), replies, by)
