"""Hovering shows an explanation that was given of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from homespun.core.text import Position

if TYPE_CHECKING:
    from homespun.lsp.server import Server


def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """The explanation of the place; nothing is asked for it."""
    snapshot = ls.documents.snapshot(params.text_document.uri)
    if snapshot is None:
        return None
    position = Position(params.position.line, params.position.character)
    markdown = ls.explanations.at(snapshot, snapshot.offset(position, ls.client.encoding))
    if markdown is None:
        return None
    kind = types.MarkupKind.Markdown if ls.client.markdown_hover else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, markdown))


def install(server: Server) -> None:
    """Serve hovering."""
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)
