"""The editor's news of files reach the index, through the real server."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from homespun.index import place
from homespun.index.reader import Reader
from index.building import write
from index.serving import until
from lsp.plain_client import client


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
