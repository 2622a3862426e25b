"""Having the model work on the files: level by level, several answers at once, each kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from homespun.core.plan import ChangePlan, FileChange
from homespun.core.refactor_prompt import mending_task, part_task
from homespun.core.text import Snapshot
from homespun.engine.compose import Prompt
from homespun.engine.paths import Paths
from homespun.engine.place import Placer
from homespun.engine.ports import EditTask, Events, Place, Spent, Workspace
from homespun.engine.propose import Proposal, Proposer
from homespun.engine.reading import Reading
from homespun.engine.refactor.agreed import Agreed
from homespun.engine.refactor.batches import Batch
from homespun.engine.refactor.memory import Memory, answer_data, kept_answer
from homespun.engine.refactor.neighbourhood import Neighbourhood
from homespun.engine.refactor.standing import Quiet, Standing
from homespun.engine.refactor.task import SurveyFile
from homespun.engine.refactor.way import BatchComposer, Piece, Way, shown_to_model
from homespun.engine.scene import Scene
from homespun.errors import (
    ContextOverflow,
    InputError,
    Lost,
    Refused,
    ReplyError,
    ServerFault,
)
from homespun.providers.base import AnsweredBy

LEFT_OUT = "you left it out"
CANCELLED = "you left it out while the others were worked on"
_NOT_DONE = "it was not done yet when the refactor was left"

Shown = dict[str, tuple[Snapshot, bool]]


@dataclass(frozen=True, slots=True)
class Tools:
    """What answers are made with: a new way for each, and a placer on any workspace."""

    way: Callable[[], Awaitable[Way]]
    placer: Callable[[Workspace, Scene, Shown], Placer]
    paths: Paths


@dataclass(frozen=True, slots=True)
class View:
    """What all answers of a level share: the files as they are at its start, and what is said."""

    workspace: Workspace
    around: Neighbourhood
    shared: str
    title: str
    to_mend: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """What is to be put right in files, by path, where that is all that is to be done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one batch."""

    batch: Batch
    plan: ChangePlan
    spent: Spent
    by: AnsweredBy | None
    """Who gave it; None where nobody did."""
    unseen: tuple[str, ...] = ()
    """What belongs to its files and was not shown with them, for want of room: paths."""


class Work:
    """The answers of one refactor."""

    def __init__(
        self, tools: Tools, memory: Memory, standing: Standing, agreed: Agreed, at_once: int
    ) -> None:
        """`at_once` answers come side by side.

        With 0 of them none is asked for: there are those that are kept.
        """
        self._tools = tools
        self._memory = memory
        self._standing = standing
        self._agreed = agreed
        self._at_once = at_once
        self._cancelled: set[str] = set()
        self._asked: dict[str, asyncio.Task[Answer]] = {}
        self._numbers = 0

    @property
    def cancelled(self) -> frozenset[str]:
        """The files (by URI) that the user left out on the way."""
        return frozenset(self._cancelled)

    def again(self, files: Sequence[SurveyFile]) -> None:
        """These are to be worked on once more."""
        self._standing.again(files)

    def cancel(self, name: str) -> bool:
        """Leave one file (its URI or path) out; False where it is not to be done any more."""
        files = (*self._standing.waiting.values(), *self._standing.running.values())
        file = next((one for one in files if name in (one.uri, one.path)), None)
        if file is None or file.uri in self._cancelled:
            return False
        self._cancelled.add(file.uri)
        if (task := self._asked.get(file.uri)) is not None:
            task.cancel()
        return True

    async def level(self, batches: Sequence[Batch], view: View) -> list[Answer]:
        """The answers to `batches`, in that order.

        A file that no usable answer came for is refused in its answer, with the reason. Raises
        the `ModelError` family where the model cannot be asked any more, and `KeepingFailed`.
        """
        free = asyncio.Semaphore(max(1, self._at_once))

        async def one(batch: Batch) -> list[Answer]:
            async with free:
                return await self._batch(batch, view)

        # A group cancels each once: a second cancel would break into the closing of a connection,
        # and the server would go on with its answer.
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(batch)) for batch in batches]
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None
        answers = [task.result() for task in tasks]
        return [answer for several in answers for answer in several]

    async def _batch(self, batch: Batch, view: View) -> list[Answer]:
        """The answers for a batch: one, or where that is of no use, one for each of its files."""
        if (kept := self._known(batch)) is not None:
            return [self._taken(kept, asked=False)]
        apart = [await self._apart(one) for one in batch.alone()]
        answers = [answer for answer in apart if answer is not None]
        if not answers:
            return await self._answers(batch, view)
        for answer in answers:
            (uri,) = answer.batch.uris
            batch = batch.without(uri)
        return [*answers, *(await self._batch(batch, view) if batch.files else [])]

    async def _apart(self, one: Batch) -> Answer | None:
        """The answer for a file that is not asked for with the others; None where it is.

        Such a file is left out, or has an answer of its own, as one that was left out on the way
        before. One that only this run leaves out may be asked for by a later one: nothing is kept.
        """
        if (kept := self._known(one)) is not None:
            return self._taken(kept, asked=False)
        (uri,) = one.uris
        if uri in self._agreed.left_out:
            return self._not_asked(one, LEFT_OUT)
        return await self._refused(one, CANCELLED) if uri in self._cancelled else None

    async def _answers(self, batch: Batch, view: View) -> list[Answer]:
        split = _name("split", batch)
        if self._memory.known(split) is None:
            if not self._at_once:
                return [self._not_asked(one, _NOT_DONE) for one in batch.alone()]
            try:
                return [await self._one(batch, view)]
            except (ReplyError, ContextOverflow, InputError, Refused) as error:
                if len(batch.files) == 1:
                    return [await self._refused(batch, error.message)]
            except _OneLess:
                return await self._batch(batch, view)
            await self._memory.keep(split, True)
        return [answer for one in batch.alone() for answer in await self._batch(one, view)]

    async def _one(self, batch: Batch, view: View) -> Answer:
        """One answer, in a task of its own that leaving out one of its files cancels."""
        task = asyncio.ensure_future(self._ask(batch, view))
        self._asked.update(dict.fromkeys(batch.uris, task))
        self._standing.begin(batch.files)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        finally:
            for uri in batch.uris:
                self._asked.pop(uri, None)
        if task.cancelled():
            raise _OneLess
        return await self._kept(task.result())

    async def _ask(self, batch: Batch, view: View) -> Answer:
        """The answer to a batch; one that broke off, or whose repair did, is asked for once more.

        A route asks another of its servers then. Where there is none, it raises why.
        """
        try:
            return await self._ask_once(batch, view)
        except (Lost, ServerFault):
            return await self._ask_once(batch, view)

    async def _ask_once(self, batch: Batch, view: View) -> Answer:
        way = await self._tools.way()
        pieces = [await self._piece(file, view.workspace) for file in batch.files]
        named = zip(pieces, batch.files, strict=True)
        task = part_task({piece.path: file.reasons for piece, file in named})
        if view.to_mend:
            task = mending_task(pieces[0].path, view.to_mend[batch.files[0].path])
        # The index knows a file that was renamed meanwhile by its name on disk.
        named = zip(pieces, batch.files, strict=True)
        subjects = [Snapshot.of(file.uri, piece.snapshot.text) for piece, file in named]
        around = await view.around.of(subjects)
        composer = BatchComposer(way, view.shared, task, pieces, self._agreed.names, around)
        proposal = await self._proposed(way, composer, pieces, view)
        if proposal.torn is not None:
            raise proposal.torn
        return Answer(batch, proposal.plan, proposal.spent, way.asking.by, composer.unseen)

    async def _proposed(
        self, way: Way, composer: BatchComposer, pieces: Sequence[Piece], view: View
    ) -> Proposal:
        """The model's answer on `pieces`, placed. Raises as `Proposer.propose`."""
        number = self._numbers = self._numbers + 1
        events: Events = Quiet(self._standing, number)
        first = pieces[0]
        instruction = EditTask(view.title, Place(first.snapshot.uri), "workspace", view.title)
        own = frozenset(piece.snapshot.uri for piece in pieces)
        scene = Scene(instruction, first.snapshot, first.snapshot, first.path, None, own)

        def read(prompt: Prompt) -> Reading:
            placer = self._tools.placer(view.workspace, scene, shown_to_model(prompt, own))
            return Reading(placer, way.gate, self._memory.change_id, events)

        proposer = Proposer(composer, way.asking, read, way.note)
        try:
            return await proposer.propose(scene, events)
        finally:
            self._standing.wrote_all(number)

    async def _piece(self, file: SurveyFile, workspace: Workspace) -> Piece:
        """A file as it would be by now, where it would be: an answer may have renamed it."""
        paths, uri = self._tools.paths, workspace.moved(file.uri)
        snapshot = await workspace.read(uri)
        if snapshot is None:
            raise InputError("the file is gone")
        path = file.path if uri == file.uri else paths.relative(uri)
        return Piece(snapshot, path, paths.absolute(uri), "; ".join(file.reasons))

    def has_done(self, batch: Batch) -> bool:
        """Whether there is an answer to it already."""
        return self._memory.known(_name("answer", batch)) is not None

    def _known(self, batch: Batch) -> Answer | None:
        kept = self._memory.known(_name("answer", batch))
        return None if kept is None else Answer(batch, *kept_answer(kept))

    async def _kept(self, answer: Answer) -> Answer:
        data = answer_data(answer.plan, answer.spent, answer.by, answer.unseen)
        await self._memory.keep(_name("answer", answer.batch), data)
        return self._taken(answer, asked=True)

    async def _refused(self, batch: Batch, reason: str) -> Answer:
        """The answer for a file that none came for."""
        return await self._kept(self._none(batch, reason))

    def _not_asked(self, batch: Batch, reason: str) -> Answer:
        """The answer for a file that is not asked for now, and may be later."""
        return self._taken(self._none(batch, reason), asked=False)

    def _none(self, batch: Batch, reason: str) -> Answer:
        (file,) = batch.files
        change = FileChange(file.uri, file.path, "edit", None).refused(reason)
        plan = ChangePlan(self._memory.change_id, "", "", (change,))
        return Answer(batch, plan, Spent(), None)

    def _taken(self, answer: Answer, *, asked: bool) -> Answer:
        refused = {file.uri: file.refusal for file in answer.plan.files if file.refusal}
        # One that was left out before a restart stays out, of the last look as well.
        self._cancelled.update(uri for uri, why in refused.items() if why == CANCELLED)
        for file in answer.batch.files:
            self._standing.end(file, failed=file.uri in refused, asked=asked)
        return answer


class _OneLess(Exception):
    """The answer was stopped, since one of its files is left out: the others go on."""


def _name(kind: str, batch: Batch) -> str:
    return f"{kind}:{json.dumps([batch.level, *(file.path for file in batch.files)])}"
