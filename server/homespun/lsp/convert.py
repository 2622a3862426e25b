"""Between LSP's values and ours."""

from __future__ import annotations

from lsprotocol import types

from homespun.core.text import Encoding, Position, Range, Snapshot
from homespun.engine.ports import Diagnostic


def to_lsp_range(range_: Range) -> types.Range:
    """`range_` as LSP has it."""
    return types.Range(
        types.Position(range_.start.line, range_.start.character),
        types.Position(range_.end.line, range_.end.character),
    )


def from_lsp_range(range_: types.Range) -> Range:
    """`range_` as the core has it."""
    return Range(
        Position(range_.start.line, range_.start.character),
        Position(range_.end.line, range_.end.character),
    )


def to_diagnostic(
    snapshot: Snapshot, diagnostic: types.Diagnostic, encoding: Encoding
) -> Diagnostic:
    """`diagnostic` with its place in the snapshot's offsets."""
    return Diagnostic(
        span=snapshot.span(from_lsp_range(diagnostic.range), encoding),
        message=diagnostic.message,
        severity=int(diagnostic.severity or types.DiagnosticSeverity.Error),
        source=diagnostic.source or "",
        code="" if diagnostic.code is None else str(diagnostic.code),
    )
