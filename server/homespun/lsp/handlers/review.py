"""`homespun/plans`, `/decide`, `/proposed`, `/finish`: plans that wait for the user's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.errors import Stale
from homespun.lsp.dispatch import Question
from homespun.lsp.plans import plan_result, tell_closed, tell_plan

if TYPE_CHECKING:
    from homespun.lsp.plan_methods import (
        DecideParams,
        FinishParams,
        Plan,
        PlansParams,
        PlansResult,
        ProposedParams,
        ProposedResult,
    )
    from homespun.lsp.server import Server
    from homespun.lsp.wire import EditResult


async def plans(ls: Server, params: PlansParams) -> PlansResult:
    """All that wait."""
    from homespun.lsp.plan_methods import PlansResult

    engine = await ls.engine()
    return PlansResult(plans=tuple(plan_result(plan) for plan in await engine.waiting()))


async def decide(ls: Server, params: DecideParams) -> Plan:
    """Take or leave some of it."""
    from homespun.engine.reviewing import Decision

    engine = await ls.engine()
    decision = Decision(params.accept, params.file, params.hunk)
    try:
        return plan_result(await engine.reviews.decide(params.plan_id, decision))
    except Stale:
        await _retell(ls, params.plan_id)
        raise


async def proposed(ls: Server, params: ProposedParams) -> ProposedResult:
    """What one file would become."""
    from homespun.lsp.plan_methods import ProposedResult

    engine = await ls.engine()
    return ProposedResult(text=await engine.reviews.proposed(params.plan_id, params.file))


async def finish(ls: Server, params: FinishParams) -> EditResult:
    """Make what was accepted, or drop it."""
    from homespun.lsp.results import edit_result

    reviews = (await ls.engine()).reviews
    end = reviews.finish if params.apply else reviews.drop
    try:
        return edit_result(await end(params.plan_id))
    finally:
        await _retell(ls, params.plan_id)


async def offer(ls: Server) -> None:
    """Show the plans that wait from before, to an editor that has just started."""
    if ls.client.review:
        for plan in await (await ls.engine()).waiting():
            tell_plan(ls, plan)


async def _retell(ls: Server, plan_id: str) -> None:
    """Tell what has become of a plan: it waits in another form, or not at all."""
    try:
        plan = await (await ls.engine()).reviews.plan(plan_id)
    except Stale:
        tell_closed(ls, plan_id)
    else:
        tell_plan(ls, plan)


PLANS = Question("homespun/plans", plans)
DECIDE = Question("homespun/decide", decide)
PROPOSED = Question("homespun/proposed", proposed)
FINISH = Question("homespun/finish", finish)
