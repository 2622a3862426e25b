"""`homespun lsp` itself, by each client's capabilities, with a model that follows a script.

The client is pytest-lsp's, which knows LSP by itself and warns of what breaks it.
"""

import ast
import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from lsp.editor import Editor, capabilities, running
from lsp.test_clients import CLIENTS

TEXT = "def add(a, b):\r\n    return a - b  # 😀\r\n"
FIXED = TEXT.replace("a - b", "a + b")
REPLY = json.dumps({"summary": "Adds now.", "text": FIXED})
HOMESPUN = (sys.executable, "-m", "homespun", "lsp")


def environment(home: Path, endpoint: ScriptedEndpoint | None) -> dict[str, str]:
    """Nothing of the user's, and the scripted model."""
    folders = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CONFIG", "STATE", "CACHE")}
    address = "http://127.0.0.1:9/v1" if endpoint is None else endpoint.base_url
    model = {"HOMESPUN_MODEL": "vllm/scripted", "VLLM_BASE_URL": address}
    return {"HOME": str(home), **folders, **model}


@dataclass
class Desk:
    """A client at the real server, its texts, and the edits that it was sent."""

    client: LanguageClient
    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    edits: list[types.WorkspaceEdit] = field(default_factory=list)

    def open(self, name: str, text: str) -> str:
        (self.root / name).write_bytes(text.encode())
        uri = (self.root / name).as_uri()
        self.texts[uri] = text
        document = types.TextDocumentItem(uri, "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return uri

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """Make the edit in an editor of our own, which checks versions and tells the server."""
        self.edits.append(params.edit)
        editor = Editor({}, lambda _: None)
        editor.encoding = self.encoding
        for uri, edits in text_edits(params.edit):
            editor.documents[uri] = {"text": self.texts[uri], "version": 1}
            editor._edit(uri, [get_converter().unstructure(edit) for edit in edits])
            self.texts[uri] = editor.text(uri)
            self.client.text_document_did_change(
                types.DidChangeTextDocumentParams(
                    types.VersionedTextDocumentIdentifier(uri=uri, version=len(self.edits) + 1),
                    [types.TextDocumentContentChangeWholeDocument(editor.text(uri))],
                )
            )
        return types.ApplyWorkspaceEditResult(applied=True)

    @property
    def encoding(self) -> str:
        return self.initialized.capabilities.position_encoding

    initialized: Any = None


def text_edits(edit: types.WorkspaceEdit) -> list[tuple[str, Any]]:
    if edit.changes is not None:
        return list(edit.changes.items())
    return [(change.text_document.uri, change.edits) for change in edit.document_changes]


@pytest.fixture
async def endpoint() -> AsyncGenerator[ScriptedEndpoint]:
    async with ScriptedEndpoint(Script(turns=(Turn(REPLY, times=9),), window=16384)) as made:
        yield made


@pytest.fixture(params=CLIENTS)
async def desk(
    request: pytest.FixtureRequest, endpoint: ScriptedEndpoint, tmp_path: Path
) -> AsyncGenerator[Desk]:
    root = tmp_path / "project"
    root.mkdir()
    config = pytest_lsp.ClientServerConfig(
        list(HOMESPUN), server_env=environment(tmp_path, endpoint)
    )
    client = await config.start()
    made = Desk(client, root)

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return made.apply(params)

    announced = get_converter().structure(capabilities(request.param), types.ClientCapabilities)
    made.initialized = await client.initialize_session(
        types.InitializeParams(announced, root_uri=root.as_uri())
    )
    yield made
    await client.shutdown_session()
    await client.stop()


async def test_a_code_action_lands_an_edit_and_undo_takes_it_back(desk: Desk) -> None:
    uri = desk.open("a.py", TEXT)
    place = types.Range(types.Position(1, 4), types.Position(1, 4))
    context = types.CodeActionContext([], only=["refactor.rewrite.homespun.simplify"])
    actions = await desk.client.text_document_code_action_async(
        types.CodeActionParams(types.TextDocumentIdentifier(uri), place, context)
    )
    assert [action.title for action in actions] == ["Homespun: Simplify (add)"]
    # lsprotocol takes any code action with a command for a bare command, and writes the real one
    # into its `command` as text.
    command = ast.literal_eval(actions[0].command)
    started = await desk.client.workspace_execute_command_async(
        types.ExecuteCommandParams(command["command"], command["arguments"])
    )
    assert started["job"]
    await until(lambda: desk.texts[uri] == FIXED)
    undone = await desk.client.workspace_execute_command_async(
        types.ExecuteCommandParams("homespun.undo", [{"wait": True}])
    )
    assert undone["status"] == "applied"
    assert desk.texts[uri] == TEXT


async def test_a_failure_reaches_the_user(desk: Desk, endpoint: ScriptedEndpoint) -> None:
    await endpoint.__aexit__(None, None, None)
    uri = desk.open("a.py", TEXT)
    params = {"textDocument": {"uri": uri}, "instruction": "add", "wait": True}
    with pytest.raises(JsonRpcException, match="cannot be reached"):
        await desk.client.workspace_execute_command_async(
            types.ExecuteCommandParams("homespun.edit", [params])
        )
    await desk.client.workspace_execute_command_async(
        types.ExecuteCommandParams("homespun.edit", [params | {"wait": False}])
    )
    await until(lambda: desk.client.messages)
    assert desk.client.messages[0].type == types.MessageType.Error
    assert desk.texts[uri] == TEXT


async def test_cancelling_stops_the_model(tmp_path: Path) -> None:
    slow = Script(turns=(Turn(REPLY, tokens_per_second=2),), window=16384)
    async with (
        ScriptedEndpoint(slow) as endpoint,
        running(capabilities("neovim_0.11.4"), HOMESPUN, **environment(tmp_path, endpoint)) as run,
    ):
        editor = run.editor
        await editor.initialize(tmp_path)
        uri = editor.open((tmp_path / "a.py").as_uri(), TEXT)
        params = {"textDocument": {"uri": uri}, "instruction": "add", "workDoneToken": 1}
        number = editor.send("homespun/edit", params)
        await until(lambda: endpoint.chats)
        await editor.wait_for(lambda: editor.messages("$/progress"))
        editor.notify("window/workDoneProgress/cancel", {"token": 1})
        with pytest.raises(Exception, match="Cancelled"):
            await editor.answer(number)
        await until(lambda: endpoint.closed_streams)
        assert editor.text(uri) == TEXT
        assert await run.stop() == 0
        assert await run.log() == ""


async def until(test: Any) -> None:
    async with asyncio.timeout(60):
        while not test():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)
