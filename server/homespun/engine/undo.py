"""One step back: all files of a change at once, with later edits elsewhere in them kept."""

from __future__ import annotations

from homespun.core.plan import ChangePlan
from homespun.engine.apply import Applier
from homespun.engine.fitting import Fitting
from homespun.engine.ports import Outcome, Workspace


async def take_back(
    plan: ChangePlan, applier: Applier, fitting: Fitting, workspace: Workspace
) -> Outcome:
    """Land `plan`, the reverse of a change, as a whole or not at all; how it ended."""
    landed = await applier.take_back(plan, plan.plan_id)
    if landed.refusals:
        return Outcome(
            plan.plan_id,
            "rejected",
            "Later edits are in the way, so nothing was touched. Take those back first, or put the"
            " text before in their place by hand.",
            landed.refusals,
            obstacle=await fitting.obstacle(plan),
        )
    changed = [file.uri for file in landed.files]
    return Outcome(
        plan.plan_id,
        "applied",
        plan.title.replace("Undo:", "Taken back:", 1),
        files=landed.files,
        unsaved=tuple(await workspace.unsaved(changed)),
    )
