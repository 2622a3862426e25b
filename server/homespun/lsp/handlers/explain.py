"""`homespun/explain`: what a piece of code does, in Markdown, streamed as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.core.prompt import Exchange
from homespun.lsp.dispatch import Endpoint
from homespun.lsp.markdown import without_images
from homespun.lsp.tasks import place

if TYPE_CHECKING:
    from homespun.lsp.jobs import Job
    from homespun.lsp.methods import ExplainParams, ExplainResult
    from homespun.lsp.server import Server

_SHORT = 2000
"""Characters of an explanation that fit into a message."""


async def explain(ls: Server, job: Job, params: ExplainParams) -> ExplainResult:
    """Explain the place, and keep the explanation for hovering over it."""
    from homespun.lsp.results import answered, explain_result

    engine = await ls.engine()
    snapshot, where = await place(ls, params.text_document, params.range)
    earlier = tuple(Exchange(one.question, one.answer) for one in params.earlier)
    explanation = await engine.explain(where, params.question, job.events, job.review, earlier)
    result = explain_result(explanation)
    result = result.model_copy(update={"markdown": without_images(result.markdown)})
    ls.explanations.keep(snapshot, where.span, result.markdown)
    job.events.result(answered(result.answered_by, result.usage))
    return result


async def tell_explain(ls: Server, result: ExplainResult) -> None:
    """Show the explanation: as a document, or its beginning in a message."""
    from homespun.lsp.results import answered

    footer = f"\n\n---\n{answered(result.answered_by, result.usage)}\n"
    if not await ls.show_page("explanation.md", result.markdown + footer):
        ls.say(result.markdown[:_SHORT])


EXPLAIN = Endpoint("homespun/explain", "Homespun: explain", True, explain, tell_explain)
