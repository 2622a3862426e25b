"""The main use case: a task to a change that has landed, or to the reason why not."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from homespun.core.plan import ChangePlan
from homespun.engine.fitting import Fitting, lost
from homespun.engine.keeping import Keeping
from homespun.engine.landing import Landing
from homespun.engine.ports import Choice, EditTask, Events, Outcome, Review, Spent
from homespun.engine.propose import Proposal, Proposer
from homespun.engine.reviewing import Reviews
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

    def __init__(
        self,
        keeping: Keeping,
        fitting: Fitting,
        landing: Landing,
        reviews: Reviews,
        wanted: ReviewWish,
    ) -> None:
        """`reviews` hold what the user decides on later; `wanted` is what the settings say."""
        self._keeping = keeping
        self._fitting = fitting
        self._landing = landing
        self._reviews = reviews
        self._wanted: ReviewWish = wanted

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
            return await self._landing.drop(replace(outcome, status=status))
        plan = plan.risky_first
        choice = await self._chosen(plan, task.review or self._wanted, events, review)
        if choice == "later":
            return await self._reviews.wait(plan, outcome, events.plan)
        if choice is None:
            reasons = (*plan.reasons, "You discarded it.")
            return await self._landing.drop(replace(outcome, reasons=reasons))
        events.stage("applying")
        return await self._landing.make(outcome, choice)

    async def _chosen(
        self, plan: ChangePlan, wish: ReviewWish, events: Events, review: Review
    ) -> Choice:
        """What the user wants of `plan`, asked where that should be: again where less of it fits.

        The rest of a change of which a part was lost is another change than the one that was seen.
        """
        choice: Choice = plan
        if wish == "always" or (wish == "risky" and plan.risks):
            events.stage("reviewing")
            choice = await review.choose(plan)
        while isinstance(choice, ChangePlan):
            chosen = await _confirmed(choice, review)
            fitted = await self._fitting.plan(chosen)
            if wish == "never" or not fitted.offered or not lost(chosen, fitted):
                return chosen
            events.stage("reviewing")
            choice = await review.choose(fitted)
        return choice

    async def _told(self, change_id: str, kind: str, note: str = "") -> None:
        """Write down an end that changed nothing; failing to must not hide it."""
        with suppress(KeepingFailed):
            await self._keeping.event(change_id, kind, note)


async def _confirmed(plan: ChangePlan, review: Review) -> ChangePlan:
    """`plan` without the protected files that the user does not say yes to, one by one."""
    for file in plan.offered:
        if not file.protected:
            continue
        path = file.new_path or file.path
        question = f"{path} can change how your tools behave. Write it all the same?"
        if not await review.confirm(question, "Write it"):
            plan = plan.with_file(file.with_all(accepted=False))
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
