"""File operations as LSP's workspace edits, in the form that the editor understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

from homespun.core.diff import Edit
from homespun.core.text import Encoding, Snapshot, Span
from homespun.engine.ports import CreateFile, DeleteFile, EditFile, FileOperation, RenameFile
from homespun.lsp.capabilities import Client
from homespun.lsp.convert import to_lsp_range

_KINDS: dict[type[FileOperation], str] = {
    CreateFile: "create",
    RenameFile: "rename",
    DeleteFile: "delete",
}
DocumentChange = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


@dataclass(frozen=True, slots=True)
class Division:
    """Operations by who can make them: the `editor`, or our own `writer`."""

    editor: tuple[FileOperation, ...]
    writer: tuple[FileOperation, ...]


def divide(operations: Sequence[FileOperation], client: Client) -> Division:
    """Leave to the editor what it announced; a change of text it can always make."""
    ours = tuple(op for op in operations if _KINDS.get(type(op), "") not in _able(client))
    return Division(tuple(op for op in operations if op not in ours), ours)


def workspace_edit(operations: Sequence[FileOperation], client: Client) -> types.WorkspaceEdit:
    """`operations` as one edit: with versions where the editor takes them, else as `changes`.

    File operations have no place in `changes`, so an editor that announces those takes
    `documentChanges` too (Neovim 0.11 announces the former only). Their versions are what stops
    an edit that crosses the user's next keystroke on its way.
    """
    if not client.document_changes and not client.operations:
        return types.WorkspaceEdit(changes=_changes(operations, client.encoding))
    changes: list[DocumentChange] = []
    for operation in operations:
        changes += _document_changes(operation, client.encoding)
    return types.WorkspaceEdit(document_changes=changes)


def _able(client: Client) -> frozenset[str]:
    return client.operations | {""}


def _changes(
    operations: Sequence[FileOperation], encoding: Encoding
) -> dict[str, list[types.TextEdit]]:
    return {
        op.before.uri: _text_edits(op.before, op.edits, encoding)
        for op in operations
        if isinstance(op, EditFile)
    }


def _document_changes(operation: FileOperation, encoding: Encoding) -> list[DocumentChange]:
    match operation:
        case EditFile(before, edits):
            return [_versioned(before.uri, before.version, _text_edits(before, edits, encoding))]
        case CreateFile(uri, text):
            # Neovim's default truncates a file that is there; that nothing is, was checked before.
            options = types.CreateFileOptions(ignore_if_exists=True)
            made = types.CreateFile(uri=uri, options=options)
            return [made, _versioned(uri, None, [_filling(text)])] if text else [made]
        case RenameFile(uri, new_uri):
            return [types.RenameFile(old_uri=uri, new_uri=new_uri)]
        case DeleteFile(uri):
            return [types.DeleteFile(uri=uri)]


def _versioned(
    uri: str, version: int | None, edits: list[types.TextEdit]
) -> types.TextDocumentEdit:
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return types.TextDocumentEdit(document, edits)


def _text_edits(
    before: Snapshot, edits: Sequence[Edit], encoding: Encoding
) -> list[types.TextEdit]:
    if not before.text:
        return [_filling(edit.text) for edit in edits]
    return [
        types.TextEdit(to_lsp_range(before.range(Span(edit.start, edit.end), encoding)), edit.text)
        for edit in edits
    ]


def _filling(text: str) -> types.TextEdit:
    """The edit that fills an empty document.

    Its range ends beyond the end, which LSP takes for the end: Neovim has one line where there is
    none, and only then takes it away, instead of leaving it below `text`.
    """
    return types.TextEdit(types.Range(types.Position(0, 0), types.Position(1, 0)), text)
