"""`homespun/history`, `homespun/undo`, `homespun/reapply`: changes that were made before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from homespun.lsp.dispatch import Endpoint
from homespun.lsp.handlers.edit import tell_edit

if TYPE_CHECKING:
    from homespun.lsp.jobs import Job
    from homespun.lsp.methods import (
        ChangeParams,
        HistoryEntry,
        HistoryParams,
        HistoryResult,
    )
    from homespun.lsp.server import Server
    from homespun.lsp.wire import EditResult

_LISTED = 10


async def history(ls: Server, job: Job, params: HistoryParams) -> HistoryResult:
    """The latest changes, or one of them with what it did."""
    from homespun.lsp.results import details_result, history_result

    engine = await ls.engine()
    if params.change_id is not None:
        return details_result(await engine.details(params.change_id))
    return history_result(await engine.history(params.limit))


async def undo(ls: Server, job: Job, params: ChangeParams) -> EditResult:
    """Take back one change, the latest where none is named."""
    from homespun.lsp.results import edit_result, sentence

    engine = await ls.engine()
    result = edit_result(await engine.undo(params.change_id))
    job.events.result(sentence(result))
    return result


async def reapply(ls: Server, job: Job, params: ChangeParams) -> EditResult:
    """Place a kept reply again."""
    from homespun.lsp.results import edit_result, sentence

    engine = await ls.engine()
    result = edit_result(await engine.reapply(params.change_id, job.events, job.review))
    job.events.result(sentence(result))
    return result


async def tell_history(ls: Server, result: HistoryResult) -> None:
    """List the changes, or show what one did: as a document, or the latest in a message."""
    if result.diff and await ls.show_page("change.diff", result.diff):
        return
    lines = [_line(entry) for entry in result.entries] or ["No changes yet."]
    page = "# Homespun's changes\n\n" + "".join(f"- {line}\n" for line in lines)
    if not await ls.show_page("history.md", page):
        ls.say("\n".join(lines[:_LISTED]))


def _line(entry: HistoryEntry) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.at))
    return f"{when} {entry.status}: {entry.title}. {entry.summary} ({entry.change_id})"


HISTORY = Endpoint("homespun/history", "Homespun: history", False, history, tell_history)
UNDO = Endpoint("homespun/undo", "Homespun: undo", False, undo, tell_edit)
REAPPLY = Endpoint("homespun/reapply", "Homespun: reapply", False, reapply, tell_edit)
