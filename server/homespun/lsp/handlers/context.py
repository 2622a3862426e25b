"""`homespun/context`: what an edit would send to the model, without asking it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lsp.dispatch import Endpoint
from homespun.lsp.tasks import thought_task

if TYPE_CHECKING:
    from homespun.lsp.context_methods import ContextResult
    from homespun.lsp.jobs import Job
    from homespun.lsp.methods import ContextParams
    from homespun.lsp.server import Server


async def context(ls: Server, job: Job, params: ContextParams) -> ContextResult:
    """Compose the request, and give it instead of sending it."""
    from homespun.lsp.context_results import context_result

    engine = await ls.engine()
    task = await thought_task(ls, params)
    preview = await engine.context(task, job.review)
    return context_result(preview, ls.client.encoding)


async def tell_context(ls: Server, result: ContextResult) -> None:
    """Show it as a document, or its sum in a message."""
    from homespun.lsp.context_results import in_words, page

    if not await ls.show_page("context.md", page(result)):
        ls.say(in_words(result))


CONTEXT = Endpoint("homespun/context", "Homespun: context", True, context, tell_context)
