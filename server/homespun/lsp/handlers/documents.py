"""Files that come, go and are renamed; open documents themselves are the protocol's own work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from homespun.lsp.server import Server


def created(ls: Server, params: types.CreateFilesParams) -> None:
    """Files were made in the editor."""
    for file in params.files:
        ls.documents.touched(file.uri)
    ls.tell_index([file.uri for file in params.files])


def deleted(ls: Server, params: types.DeleteFilesParams) -> None:
    """Files were removed in the editor."""
    for file in params.files:
        ls.documents.touched(file.uri)
    ls.tell_index([file.uri for file in params.files])


def renamed(ls: Server, params: types.RenameFilesParams) -> None:
    """Files got other names in the editor."""
    for file in params.files:
        ls.documents.rename(file.old_uri, file.new_uri)
    ls.tell_index([uri for file in params.files for uri in (file.old_uri, file.new_uri)])


def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """A document was written to disk."""
    ls.tell_index([params.text_document.uri])


def watched(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Files changed on disk; where they are ours, the settings are read again."""
    for change in params.changes:
        ls.documents.touched(change.uri)
    if any(change.uri.endswith("/.homespun.toml") for change in params.changes):
        ls.configure(ls.settings)
    ls.tell_index([change.uri for change in params.changes])


def install(server: Server) -> None:
    """Serve news of files."""
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(saved)
    server.feature(types.WORKSPACE_DID_CREATE_FILES)(created)
    server.feature(types.WORKSPACE_DID_DELETE_FILES)(deleted)
    server.feature(types.WORKSPACE_DID_RENAME_FILES)(renamed)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(watched)
