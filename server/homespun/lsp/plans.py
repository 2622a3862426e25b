"""Plans as clients of ours are shown them, told as they grow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from homespun.core.plan import ChangePlan, FileChange, Hunk
from homespun.core.text import Snapshot

if TYPE_CHECKING:
    from homespun.lsp.plan_methods import Plan, PlanFile, PlanHunk
    from homespun.lsp.server import Server
    from homespun.lsp.wire import Wire

_EVERY = 0.025
"""Seconds between two notes on a plan: forty a second, so that none is told 50 ms late."""
_SHARE = 5
"""Telling plans takes up no more than one part in so many of the time."""


class PlanNotes:
    """Tells the editor how one plan grows; the last one is always told."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._latest: Callable[[], ChangePlan] | None = None
        self._next = self._took = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._files: dict[str, _Told] = {}

    def grow(self, plan: Callable[[], ChangePlan]) -> None:
        """`plan` makes what is known by now; it may be told a little later."""
        if not self._server.client.review:
            return
        self._latest = plan
        loop = asyncio.get_running_loop()
        if self._timer is None:
            wait = self._next - loop.time()
            if wait > 0:
                self._timer = loop.call_later(wait, self._send)
            else:
                self._send()

    def tell(self, plan: ChangePlan) -> None:
        """`plan` is what there is; it may be told a little later."""
        self.grow(lambda: plan)

    def close(self) -> None:
        """The job is over: a plan that waits outlives it, any other is not shown any more."""
        if self._latest is None:
            return
        plan = self._latest()
        if self._timer is not None:
            self._timer.cancel()
            self._tell(plan)
        if not plan.complete:
            tell_closed(self._server, plan.plan_id)

    def _send(self) -> None:
        self._timer = None
        if self._latest is None:
            return
        begun, busy = asyncio.get_running_loop().time(), time.thread_time()
        self._tell(self._latest())
        last, self._took = self._took, time.thread_time() - busy
        # The cheaper of two, since the first one loads what it needs.
        self._next = begun + max(_EVERY, _SHARE * min(last, self._took))

    def _tell(self, plan: ChangePlan) -> None:
        """Tell `plan`; what it says of files that are as they were is not made anew."""
        known = self._files
        self._files = {file.uri: _told(file, known.get(file.uri)) for file in plan.files}
        note = _dumped(plan_result(replace(plan, files=())))
        note["files"] = [told.message for told in self._files.values()]
        self._server.connection.notify("homespun/plan", note)


@dataclass(frozen=True, slots=True)
class _Told:
    """A file as it was told, and its text before with the places of its lines."""

    file: FileChange
    text: Snapshot
    message: Any


def _told(file: FileChange, known: _Told | None) -> _Told:
    if known is not None and known.file is file:
        return known
    same = known is not None and known.file.before is file.before
    text = known.text if known and same else Snapshot.of(file.uri, file.before or "")
    return _Told(file, text, _dumped(_file(file, text)))


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
        files=tuple(_file(file, Snapshot.of("", file.before or "")) for file in plan.files),
    )


def _file(file: FileChange, text: Snapshot) -> PlanFile:
    """`file` for the wire; `text` is what it was before."""
    from homespun.lsp.plan_methods import PlanFile

    added, removed = file.line_counts()
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


def _dumped(message: Wire) -> Any:
    return message.model_dump(mode="json", by_alias=True)
