"""The main use case: a task to a change that has landed, or to the reason why not."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from homespun.core.plan import ChangePlan, FileChange
from homespun.engine.apply import Applier, Landed
from homespun.engine.keeping import Keeping
from homespun.engine.ports import EditTask, Events, Outcome, Review, Spent
from homespun.engine.propose import Proposal, Proposer
from homespun.engine.scene import Scene
from homespun.errors import HomespunError, KeepingFailed, ReplyError
from homespun.providers.base import AnsweredBy

ReviewWish = Literal["never", "risky", "always"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What an outcome says of the model: who, and what it took."""

    by: AnsweredBy
    spent: Spent


class Editing:
    """Lands one task's change: review, the protected files' yes, apply, and what is told of it."""

    def __init__(self, keeping: Keeping, applier: Applier, wanted: ReviewWish) -> None:
        """`wanted`: what the settings say of review."""
        self._keeping = keeping
        self._applier = applier
        self._wanted = wanted

    async def propose(
        self, change_id: str, scene: Scene, proposer: Proposer, by: AnsweredBy, events: Events
    ) -> Proposal:
        """Ask, and keep what was said. Raises what `Proposer.propose` raises."""
        await self._keeping.begin(change_id, scene, by)
        try:
            proposal = await proposer.propose(scene, events)
        except HomespunError as error:
            kind = "refused" if isinstance(error, ReplyError) else "failed"
            await self._told(change_id, kind, error.code)
            raise
        except asyncio.CancelledError:
            with suppress(KeepingFailed):
                await asyncio.shield(self._keeping.event(change_id, "failed", "cancelled"))
            raise
        await self._keeping.answered(change_id, proposal.replies, proposal.spent)
        return proposal

    async def land(
        self,
        change_id: str,
        plan: ChangePlan,
        task: EditTask,
        answered: Answered,
        events: Events,
        review: Review,
    ) -> Outcome:
        """Show the plan where it should be, apply what is wanted of it, and say how it ended."""
        outcome = _outcome(change_id, plan, answered)
        if not plan.offered:
            status = "rejected" if plan.reasons else "nothing"
            return await self._refused(replace(outcome, status=status))
        chosen = await self._reviewed(plan, task, events, review)
        if chosen is None or not chosen.offered:
            reasons = (*plan.reasons, "You discarded it.")
            return await self._refused(replace(outcome, reasons=reasons))
        events.stage("applying")
        landed = await self._applier.apply(chosen, change_id)
        if not landed.files:
            return await self._refused(replace(outcome, reasons=(*plan.reasons, *landed.refusals)))
        return _landed(outcome, plan, chosen, landed)

    async def _reviewed(
        self, plan: ChangePlan, task: EditTask, events: Events, review: Review
    ) -> ChangePlan | None:
        wish = task.review or self._wanted
        if wish == "always" or (wish == "risky" and plan.risks):
            events.stage("reviewing")
            chosen = await review.choose(plan)
            if chosen is None:
                return None
            plan = chosen
        return await _confirmed(plan, review)

    async def _refused(self, outcome: Outcome) -> Outcome:
        await self._told(outcome.change_id, "refused" if outcome.status == "rejected" else "kept")
        return outcome

    async def _told(self, change_id: str, kind: str, note: str = "") -> None:
        """Write down an end that changed nothing; failing to must not hide it."""
        with suppress(KeepingFailed):
            await self._keeping.event(change_id, kind, note)


async def _confirmed(plan: ChangePlan, review: Review) -> ChangePlan:
    """`plan` without the protected files that the user does not say yes to, one by one."""
    for file in plan.offered:
        if not file.protected:
            continue
        question = f"{file.path} can change how your tools behave. Write it all the same?"
        if not await review.confirm(question, "Write it"):
            plan = plan.with_file(replace(file, accepted=False))
    return plan


def _outcome(change_id: str, plan: ChangePlan, answered: Answered) -> Outcome:
    return Outcome(
        change_id,
        "rejected",
        plan.summary,
        plan.reasons,
        provider=answered.by.provider,
        model=answered.by.model,
        local=answered.by.local,
        spent=answered.spent,
    )


def _landed(outcome: Outcome, plan: ChangePlan, chosen: ChangePlan, landed: Landed) -> Outcome:
    left = tuple(f"{file.path}: you left it out" for file in _left_out(plan, chosen))
    reasons = (*plan.reasons, *left, *landed.refusals)
    whole = not reasons and chosen == plan
    return replace(
        outcome, status="applied" if whole else "partly", reasons=reasons, files=landed.files
    )


def _left_out(plan: ChangePlan, chosen: ChangePlan) -> list[FileChange]:
    kept = {file.uri for file in chosen.offered}
    return [file for file in plan.offered if file.uri not in kept]
