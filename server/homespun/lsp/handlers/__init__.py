"""One module a feature: convert in, call the engine, convert out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lsp import dispatch
from homespun.lsp.handlers import (
    changes,
    chat,
    code_action,
    context,
    documents,
    edit,
    explain,
    health,
    hover,
    lifecycle,
    models,
    refactor,
    review,
    settings,
)

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_ENDPOINTS = (
    edit.EDIT,
    context.CONTEXT,
    refactor.REFACTOR,
    explain.EXPLAIN,
    chat.CHAT,
    changes.HISTORY,
    changes.UNDO,
    changes.REAPPLY,
    health.HEALTH,
    models.MODELS,
    models.SELECT,
    models.TEST,
    models.ADD,
    models.REMOVE,
    models.PULL,
    models.DELETE,
)
_QUESTIONS = (
    review.PLANS,
    review.DECIDE,
    review.PROPOSED,
    review.FINISH,
    refactor.CANCEL_FILE,
    refactor.REFACTORS,
    refactor.DROP_REFACTOR,
)


def install(server: Server) -> None:
    """Give `server` everything that it answers."""
    for module in (lifecycle, documents, settings, code_action, hover):
        module.install(server)
    for endpoint in _ENDPOINTS:
        dispatch.install(server, endpoint)
    for question in _QUESTIONS:
        dispatch.install_question(server, question)
