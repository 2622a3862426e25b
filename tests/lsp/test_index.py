"""The editor's news of files reach the index, through the real server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types

from homespun.engine.ports import Workspace
from homespun.engine.search import Unknown
from homespun.index import place
from homespun.index.reader import Reader
from homespun.lsp.server import create
from index.building import write
from index.serving import until
from lsp.editor import beside, capabilities
from lsp.plain_client import client
from lsp.scripted_server import PlainWriter, ScriptedEngine


async def test_the_index_follows_what_the_editor_tells(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, {"shop.py": "def pay(): pass\n", ".env": "secret_word=1\n"})
    reader = Reader(str(root), place.database(str(root), tmp_path / "cache/homespun/index"))

    def found(word: str) -> list[str]:
        return [hit.path for hit in reader.words([word], 9)]

    async with client("vscode_1.139.1_languageclient_11", root, tmp_path, {}) as user:
        await until(lambda: reader.state().symbols)
        assert found("pay") == ["shop.py"]
        assert not found("secret_word")

        write(root, {"shop.py": "def charge(): pass\n"})
        document = types.TextDocumentIdentifier((root / "shop.py").as_uri())
        user.lsp.text_document_did_save(types.DidSaveTextDocumentParams(document))
        await until(lambda: found("charge") == ["shop.py"] and not found("pay"))

        write(root, {"new.py": "fresh = 1\n"})
        new = types.FileCreate((root / "new.py").as_uri())
        user.lsp.workspace_did_create_files(types.CreateFilesParams([new]))
        await until(lambda: found("fresh") == ["new.py"])

        (root / "new.py").rename(root / "newer.py")
        names = types.FileRename((root / "new.py").as_uri(), (root / "newer.py").as_uri())
        user.lsp.workspace_did_rename_files(types.RenameFilesParams([names]))
        await until(lambda: found("fresh") == ["newer.py"])

        (root / "newer.py").unlink()
        gone = types.FileEvent((root / "newer.py").as_uri(), types.FileChangeType.Deleted)
        user.lsp.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([gone]))
        await until(lambda: not found("fresh"))
    reader.close()


TOP = {"line": 0, "character": 0}
HERE = {
    "textDocument": {"uri": "file:///none.py"},
    "range": {"start": TOP, "end": TOP},
    "context": {"diagnostics": []},
}


class Listening(Unknown):
    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def changed(self, paths: Sequence[str]) -> None:
        self.told += paths


async def test_news_that_come_while_the_engine_is_built_are_passed_on(tmp_path: Path) -> None:
    begun, built, index = threading.Event(), threading.Event(), Listening()

    def build(workspace: Workspace, settings: object) -> ScriptedEngine:
        begun.set()
        built.wait(10)
        engine = ScriptedEngine(workspace)
        engine.index = index
        return engine

    announced = capabilities("neovim_0.11.4")
    async with beside(create(build, lambda _: PlainWriter()), announced, tmp_path) as editor:
        await asyncio.to_thread(begun.wait, 10)
        file = tmp_path / "a.py"
        editor.notify("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})
        await editor.request("textDocument/codeAction", HERE)  # so the news has been read
        built.set()
        await until(lambda: index.told == ["start", str(file)])
