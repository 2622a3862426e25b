"""A client by pytest-lsp at the real `homespun lsp`, which really applies the edits it is sent."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Union

from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import ClientServerConfig, LanguageClient, make_test_lsp_client

CAPABILITIES = Path(__file__).parent / "capabilities"
CLIENTS = sorted(path.stem for path in CAPABILITIES.glob("*.json"))
_WIDTHS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class Client:
    """One user at one editor."""

    def __init__(self, lsp: LanguageClient, root: Path, encoding: str) -> None:
        self.lsp = lsp
        self.root = root
        self.encoding = encoding
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.answer = "Apply"

    def open(self, name: str) -> str:
        uri = (self.root / name).as_uri()
        self.texts[uri] = (self.root / name).read_bytes().decode()
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "python", 1, self.texts[uri])
        self.lsp.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    async def actions(self, uri: str, line: int) -> dict[str, types.Command]:
        """The code actions at a line (from 0), by their titles."""
        at = types.Range(types.Position(line, 0), types.Position(line, 0))
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), at, types.CodeActionContext([])
        )
        found = await self.lsp.text_document_code_action_async(params) or []
        commands = [a if isinstance(a, types.Command) else a.command for a in found]
        return {a.title: c for a, c in zip(found, commands, strict=True) if c is not None}

    async def run(self, command: types.Command) -> dict[str, object]:
        """Carry out a command and wait for its end, as scripts do."""
        given = {**command.arguments[0], "wait": True} if command.arguments else {"wait": True}
        return await self.command(command.command, given)

    async def command(self, name: str, given: Mapping[str, object]) -> dict[str, object]:
        params = types.ExecuteCommandParams(name, [dict(given)])
        return await self.lsp.workspace_execute_command_async(params)  # type: ignore[return-value]

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """Make the edit, and tell the server of each changed document."""
        for change in params.edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit), "only texts change in these tests"
            wanted = change.text_document.version
            assert wanted in (None, self.versions.get(change.text_document.uri))
            self._edit(change.text_document.uri, list(change.edits))  # type: ignore[arg-type]
        for uri, edits in (params.edit.changes or {}).items():
            self._edit(uri, list(edits))
        return types.ApplyWorkspaceEditResult(applied=True)

    def _edit(self, uri: str, edits: list[types.TextEdit]) -> None:
        text = self.texts[uri]
        spans = sorted(
            (
                (self._offset(text, e.range.start), self._offset(text, e.range.end), e)
                for e in edits
            ),
            key=lambda span: span[:2],
            reverse=True,
        )
        for start, end, edit in spans:
            text = text[:start] + edit.new_text + text[end:]
        self.texts[uri] = text
        self.versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.lsp.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [whole]))

    def _offset(self, text: str, position: types.Position) -> int:
        codec, width = _WIDTHS[self.encoding]
        lines = text.split("\n")
        before = sum(len(line) + 1 for line in lines[: position.line])
        column = lines[position.line].encode(codec)[: position.character * width].decode(codec)
        return before + len(column)


def _read_code_actions(lsp: LanguageClient) -> None:
    """lsprotocol takes any code action that carries a command for a bare command."""
    converter = lsp.protocol._converter

    def read(plain: dict[str, Any], _: object) -> types.Command | types.CodeAction:
        bare = isinstance(plain.get("command"), str)
        return converter.structure(plain, types.Command if bare else types.CodeAction)

    converter.register_structure_hook(types.Command | types.CodeAction, read)
    converter.register_structure_hook(Union[types.Command, types.CodeAction], read)  # noqa: UP007


@asynccontextmanager
async def client(
    name: str, root: Path, state: Path, environ: Mapping[str, str]
) -> AsyncGenerator[Client]:
    """The client `name` (a file of `capabilities`) over `root`; our own files go to `state`."""
    own = {
        "XDG_CONFIG_HOME": state / "config",
        "XDG_STATE_HOME": state / "state",
        "XDG_CACHE_HOME": state / "cache",
    }
    command = [sys.executable, "-m", "homespun", "lsp"]
    env = {**os.environ, **{k: str(v) for k, v in own.items()}, **environ}
    lsp = make_test_lsp_client()
    _read_code_actions(lsp)
    config = ClientServerConfig(command, client_factory=lambda: lsp, server_env=env)
    user = Client(lsp, root, "utf-16")

    @lsp.feature(types.WORKSPACE_APPLY_EDIT)
    def _apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return user.apply(params)

    @lsp.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    def _ask(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        return next((a for a in params.actions or () if a.title == user.answer), None)

    @lsp.feature(types.CLIENT_REGISTER_CAPABILITY)
    def _register(params: types.RegistrationParams) -> None:
        return None

    await config.start()
    announced = json.loads((CAPABILITIES / f"{name}.json").read_text())
    result = await lsp.initialize_session(
        types.InitializeParams(
            capabilities=get_converter().structure(announced, types.ClientCapabilities),
            workspace_folders=[types.WorkspaceFolder(root.as_uri(), root.name)],
        )
    )
    user.encoding = str(result.capabilities.position_encoding or "utf-16")
    try:
        yield user
    finally:
        await lsp.shutdown_session()
        await lsp.stop()
