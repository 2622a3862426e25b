"""The end of a change: dropped or made, written down, and told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from homespun.core.counting import part
from homespun.core.plan import ChangePlan
from homespun.engine.apply import Applier, Landed
from homespun.engine.keeping import Keeping
from homespun.engine.ports import Outcome, Workspace
from homespun.errors import KeepingFailed


class Landing:
    """Ends changes of one workspace."""

    def __init__(self, workspace: Workspace, applier: Applier, keeping: Keeping) -> None:
        """`applier` makes them, `keeping` is told."""
        self._workspace = workspace
        self._applier = applier
        self._keeping = keeping

    async def drop(self, outcome: Outcome) -> Outcome:
        """Nothing is changed, for the reasons of `outcome`."""
        kind = "refused" if outcome.status == "rejected" else "kept"
        # It changed nothing: failing to write that down must not hide it.
        with suppress(KeepingFailed):
            await self._keeping.event(outcome.change_id, kind)
        return outcome

    async def make(self, outcome: Outcome, chosen: ChangePlan) -> Outcome:
        """Make what was chosen; `outcome` with what came of it. Raises as `Applier.apply`."""
        if not chosen.offered:
            discarded = chosen.reasons or ("You discarded it.",)
            return await self.drop(replace(outcome, status="rejected", reasons=discarded))
        landed = await self._applier.apply(chosen, outcome.change_id)
        reasons = _reasons(chosen, landed)
        if not landed.files:
            return await self.drop(replace(outcome, status="rejected", reasons=reasons))
        return replace(
            outcome,
            status="applied" if not reasons else "partly",
            reasons=reasons,
            files=landed.files,
            unsaved=tuple(await self._workspace.unsaved([file.uri for file in landed.files])),
        )


def _reasons(chosen: ChangePlan, landed: Landed) -> tuple[str, ...]:
    """Why not all of it was made, each said once."""
    left: list[str] = []
    for file in chosen.files:
        if not file.refusal and not file.accepted:
            left.append(f"{file.path}: you left it out")
        elif not file.refusal and not all(hunk.accepted for hunk in file.hunks):
            count = sum(not hunk.accepted for hunk in file.hunks)
            left.append(f"{file.path}: you left out {part(count, len(file.hunks), 'part')}")
    return tuple(dict.fromkeys((*chosen.reasons, *left, *landed.refusals)))
