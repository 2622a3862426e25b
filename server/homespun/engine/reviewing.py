"""Plans that wait for the user: held here, decided on piece by piece, and kept past a restart.

A waiting plan stays on the text that the model saw. What is told of it is that plan on the files
as they are at that moment, so that its places are right and what no longer fits is named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from homespun.core.counting import counted
from homespun.core.plan import ChangePlan, FileChange
from homespun.engine.fitting import Fitting, lost
from homespun.engine.keeping import Keeping
from homespun.engine.landing import Landing
from homespun.engine.ports import Outcome
from homespun.errors import InputError, Stale


@dataclass(frozen=True, slots=True)
class Decision:
    """What the user says of a plan, of a file in it (its URI or path), or of one of its hunks."""

    accept: bool
    file: str | None = None
    hunk: int | None = None


@dataclass(slots=True)
class _Waiting:
    """A plan that waits; `told` is what the user saw of it last, `outcome` how it would end."""

    plan: ChangePlan
    outcome: Outcome
    told: ChangePlan
    ended: asyncio.Future[Outcome] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def fail(self, error: Exception) -> None:
        """Tell whoever waits; nobody need."""
        self.ended.set_exception(error)
        self.ended.exception()


class Reviews:
    """The waiting plans of one workspace, by their ids."""

    def __init__(self, keeping: Keeping, fitting: Fitting, landing: Landing) -> None:
        """`landing` ends them."""
        self._keeping = keeping
        self._fitting = fitting
        self._landing = landing
        self._waiting: dict[str, _Waiting] = {}

    async def wait(
        self, plan: ChangePlan, outcome: Outcome, show: Callable[[ChangePlan], None]
    ) -> Outcome:
        """Hold `plan` until `finish`; how it ended. A wait that is cancelled leaves it waiting.

        Protected files are left out until each is accepted by itself. Raises what landing does,
        and `KeepingFailed`.
        """
        plan = _cautious(plan)
        waiting = _Waiting(plan, outcome, plan)
        await self._keeping.hold(plan)
        self._waiting[plan.plan_id] = waiting
        show(await self._tell(waiting))
        return await asyncio.shield(waiting.ended)

    async def restored(self, folders: Sequence[str]) -> Sequence[ChangePlan]:
        """All waiting plans, with those that an editor which is gone has left in `folders`."""
        for outcome, plan in await self._keeping.left_waiting(folders):
            self._waiting.setdefault(plan.plan_id, _Waiting(plan, outcome, plan))
        return [await self._tell(waiting) for waiting in tuple(self._waiting.values())]

    def waits(self, plan_id: str) -> bool:
        """Whether a plan waits here."""
        return plan_id in self._waiting

    async def plan(self, plan_id: str) -> ChangePlan:
        """A waiting plan as it is now. Raises `Stale` where it does not wait any more."""
        return await self._tell(self._find(plan_id))

    async def decide(self, plan_id: str, decision: Decision) -> ChangePlan:
        """Take or leave the plan, a file or a hunk; the plan as it is then.

        Raises `Stale` for a plan or a hunk that is not to be had any more, `InputError` for one
        that never was.
        """
        waiting = self._find(plan_id)
        shown = await self._fitting.plan(waiting.plan)
        decided = _decided(waiting.plan, shown, decision)
        if not await self._keeping.decided(decided):
            raise self._lost(plan_id)
        waiting.plan = decided
        return await self._tell(waiting)

    async def proposed(self, plan_id: str, file: str) -> str:
        """The text that `file` would have if the plan were finished now. Raises as `decide`."""
        waiting = self._find(plan_id)
        shown = await self._fitting.plan(waiting.plan)
        return shown.files[_index(waiting.plan, shown, file)].after

    async def drop(self, plan_id: str) -> Outcome:
        """End the plan; nothing is changed. Raises `Stale` where it does not wait any more."""
        waiting = self._find(plan_id)
        await self._claim(plan_id)
        reasons = (*waiting.plan.reasons, "You discarded it.")
        outcome = replace(waiting.outcome, status="rejected", reasons=reasons)
        return await _ended(waiting, self._landing.drop(outcome))

    async def finish(self, plan_id: str) -> Outcome:
        """Make what was accepted; how it ended.

        Raises `Stale` where less of it fits than the user was told last (it waits on, to be looked
        at again) or it does not wait any more, and what landing raises.
        """
        waiting = self._find(plan_id)
        told = waiting.told
        if lost(told, await self._tell(waiting)):
            raise Stale(
                "The text has changed since you saw this, so that not all of it fits any more.",
                "Look at what is left of it, and finish it again.",
            )
        await self._claim(plan_id)
        return await _ended(waiting, self._landing.make(waiting.outcome, waiting.plan))

    def _find(self, plan_id: str) -> _Waiting:
        waiting = self._waiting.get(plan_id)
        if waiting is None:
            raise _gone(plan_id)
        return waiting

    async def _tell(self, waiting: _Waiting) -> ChangePlan:
        waiting.told = await self._fitting.plan(waiting.plan)
        return waiting.told

    async def _claim(self, plan_id: str) -> None:
        """Make sure that nobody else ends it: not a second call, nor another editor.

        A second call finds nothing at once, lest it takes the first one's release for a loss.
        """
        waiting = self._waiting.pop(plan_id, None)
        if waiting is None:
            raise _gone(plan_id)
        try:
            released = await self._keeping.release(plan_id)
        except BaseException:
            self._waiting[plan_id] = waiting
            raise
        if not released:
            error = _gone(plan_id)
            waiting.fail(error)
            raise error

    def _lost(self, plan_id: str) -> Stale:
        """It was ended by somebody else: nothing here waits for it any more."""
        waiting, error = self._waiting.pop(plan_id, None), _gone(plan_id)
        if waiting is not None:
            waiting.fail(error)
        return error


async def _ended(waiting: _Waiting, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Carry `work` to its end even where the caller is cancelled: others may wait for it."""

    async def carried() -> Outcome:
        try:
            outcome = await work
        except Exception as error:
            waiting.fail(error)
            raise
        waiting.ended.set_result(outcome)
        return outcome

    return await asyncio.shield(asyncio.ensure_future(carried()))


def _cautious(plan: ChangePlan) -> ChangePlan:
    files = (f.with_all(accepted=False) if f.protected else f for f in plan.files)
    return replace(plan, files=tuple(files))


def _decided(plan: ChangePlan, shown: ChangePlan, decision: Decision) -> ChangePlan:
    """`plan` with the decision, which was made on what is `shown` of it."""
    if decision.file is None and decision.hunk is not None:
        raise InputError("A hunk alone does not say which file it is of.", "Name its `file`.")
    if decision.file is None:
        return replace(plan, files=tuple(_all(file, decision) for file in plan.files))
    index = _index(plan, shown, decision.file)
    file, seen = plan.files[index], shown.files[index]
    if decision.hunk is None:
        _still_there(seen.path, seen.refusal, decision)
        return plan.with_file(file.with_all(accepted=decision.accept))
    if not 0 <= decision.hunk < len(file.hunks):
        raise InputError(
            f"The change of {seen.path} has {counted(len(file.hunks), 'hunk')}, so there is no"
            f" {decision.hunk}.",
            "Name a hunk by its `index`.",
        )
    refusal = seen.refusal or seen.hunks[decision.hunk].refusal
    _still_there(seen.path, refusal, decision)
    return plan.with_file(file.with_hunk(decision.hunk, accepted=decision.accept))


def _all(file: FileChange, decision: Decision) -> FileChange:
    """A yes to everything is none to a protected file: that needs one of its own."""
    if file.protected and decision.accept:
        return file
    return file.with_all(accepted=decision.accept)


def _still_there(path: str, refusal: str, decision: Decision) -> None:
    if decision.accept and refusal:
        raise Stale(f"{path}: {refusal}.", "Leave it out, or ask the model anew.")


def _index(plan: ChangePlan, shown: ChangePlan, name: str) -> int:
    """Which file `name` is: its URI or path, as it was or as it is now."""
    for index, (file, seen) in enumerate(zip(plan.files, shown.files, strict=True)):
        if name in (file.uri, seen.uri, file.path, seen.path):
            return index
    raise InputError("The plan changes no such file.", "Name it by its `uri` or `path` there.")


def _gone(plan_id: str) -> Stale:
    return Stale(
        f"The change {plan_id} does not wait for a decision any more.",
        "It was applied or dropped; `homespun history` tells how it ended.",
    )
