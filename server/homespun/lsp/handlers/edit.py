"""`homespun/edit`: ask the model for a change, and land it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from homespun.lsp.dispatch import Endpoint
from homespun.lsp.review import EditorReview
from homespun.lsp.tasks import edit_task

if TYPE_CHECKING:
    from homespun.lsp.jobs import Job
    from homespun.lsp.methods import EditParams
    from homespun.lsp.server import Server
    from homespun.lsp.wire import EditResult

_SAVE = "Save all"
_TIRESOME = 2
"""Files that are more than one would save by hand."""


async def edit(ls: Server, job: Job, params: EditParams) -> EditResult:
    """Do what the instruction says."""
    from homespun.lsp.results import edit_result, sentence

    engine = await ls.engine()
    task = await edit_task(ls, params)
    result = edit_result(await engine.edit(task, job.events, job.review))
    job.events.result(sentence(result))
    return result


async def tell_edit(ls: Server, result: EditResult) -> None:
    """Say why not all was changed; where all was, only editors without progress need words."""
    if result.obstacle:
        await ls.show_page("in-the-way.diff", result.obstacle)
    _say(ls, result)
    await _offer_to_save(ls, result)


async def _offer_to_save(ls: Server, result: EditResult) -> None:
    """Several files are tiresome to save one by one; an editor that can is asked to."""
    if not ls.client.save or len(result.unsaved) < _TIRESOME:
        return
    question = f"Homespun changed {len(result.unsaved)} files that are not saved yet."
    if await EditorReview(ls).pick(question, (_SAVE, "Leave them")) == _SAVE:
        await ls.connection.send_request_async("homespun/save", {"uris": list(result.unsaved)})


def _say(ls: Server, result: EditResult) -> None:
    from homespun.lsp.results import sentence

    if result.status == "applied" and ls.client.progress:
        return
    words = [f"Homespun: {sentence(result)}. {result.summary}".rstrip(), *result.reasons]
    whole = result.status in ("applied", "nothing")
    kind = types.MessageType.Info if whole else types.MessageType.Warning
    ls.say("\n".join(words), kind)


EDIT = Endpoint("homespun/edit", "Homespun: edit", True, edit, tell_edit)
