"""Plans as clients of ours are shown them, told as they grow."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from homespun.core.plan import ChangePlan, FileChange, Hunk
from homespun.core.text import Snapshot

if TYPE_CHECKING:
    from homespun.lsp.plan_methods import Plan, PlanFile, PlanHunk
    from homespun.lsp.server import Server

_EVERY = 0.033
"""Seconds between two notes on a plan: thirty a second, so that none is told 50 ms late."""


class PlanNotes:
    """Tells the editor how one plan grows; the last one is always told."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._latest: ChangePlan | None = None
        self._told = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def tell(self, plan: ChangePlan) -> None:
        """`plan` is what is known by now; it may be told a little later."""
        if not self._server.client.review:
            return
        self._latest = plan
        loop = asyncio.get_running_loop()
        if self._timer is None:
            wait = max(0.0, self._told + _EVERY - loop.time())
            self._timer = loop.call_later(wait, self._send) if wait else None
            if not wait:
                self._send()

    def close(self) -> None:
        """The job is over: a plan that waits outlives it, any other is not shown any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._send()
        if self._latest is not None and not self._latest.complete:
            tell_closed(self._server, self._latest.plan_id)

    def _send(self) -> None:
        self._timer = None
        self._told = asyncio.get_running_loop().time()
        if self._latest is not None:
            tell_plan(self._server, self._latest)


def tell_plan(server: Server, plan: ChangePlan) -> None:
    """Show `plan` as it is."""
    server.connection.notify("homespun/plan", _dumped(plan_result(plan)))


def tell_closed(server: Server, plan_id: str) -> None:
    """Tell that there is nothing more to show of a plan."""
    from homespun.lsp.plan_methods import Plan

    closed = Plan(plan_id=plan_id, state="closed", title="", summary="", reasons=(), files=())
    server.connection.notify("homespun/plan", _dumped(closed))


def plan_result(plan: ChangePlan) -> Plan:
    """`plan` for the wire: a growing one where the reply still streams, else one that waits."""
    from homespun.lsp.plan_methods import Plan

    return Plan(
        plan_id=plan.plan_id,
        state="waiting" if plan.complete else "growing",
        title=plan.title,
        summary=plan.summary,
        reasons=plan.reasons,
        files=tuple(_file(file) for file in plan.files),
    )


def _file(file: FileChange) -> PlanFile:
    from homespun.lsp.plan_methods import PlanFile

    added, removed = file.line_counts()
    text = Snapshot.of(file.uri, file.before or "")
    return PlanFile(
        uri="" if file.uri.startswith("refused:") else file.uri,
        path=file.path,
        action=file.action,
        new_uri=file.new_uri,
        version=file.version,
        added=added,
        removed=removed,
        risks=file.risks,
        protected=file.protected,
        accepted=file.accepted,
        refusal=file.refusal,
        hunks=tuple(_hunk(text, index, hunk) for index, hunk in enumerate(file.hunks)),
    )


def _hunk(text: Snapshot, index: int, hunk: Hunk) -> PlanHunk:
    from homespun.lsp.plan_methods import PlanHunk

    before = text.text[hunk.edit.start : hunk.edit.end]
    start = text.line_at(hunk.edit.start)
    return PlanHunk(
        index=index,
        start=start,
        end=start + len([line for line in Snapshot.of("", before).lines if line]),
        before=before,
        after=hunk.edit.text,
        accepted=hunk.accepted,
        refusal=hunk.refusal,
    )


def _dumped(plan: Plan) -> Any:
    return plan.model_dump(mode="json", by_alias=True)
