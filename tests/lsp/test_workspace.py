"""Documents, folders and settings as the engine sees them."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.errors import Refused
from homespun.lsp.documents import Documents
from homespun.lsp.server import Server
from lsp.editor import beside, capabilities

NEOVIM = capabilities("neovim_0.11.4")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "\ufeffa\r\nb\rc\n"),
        (b"", ""),
        ("\u2028é\x0c".encode(), "\u2028é\x0c"),
    ],
)
async def test_a_file_is_read_to_the_letter(
    server: Server, tmp_path: Path, data: bytes, text: str
) -> None:
    file = tmp_path / "a b é.txt"
    file.write_bytes(data)
    snapshot = await server.editor.read(file.as_uri())
    assert snapshot is not None and (snapshot.text, snapshot.version) == (text, None)


@pytest.mark.parametrize(
    ("data", "reason"), [(b"\xff", "UTF-8"), (b"x" * (10 * 1024 * 1024 + 1), "10 MB")]
)
async def test_what_is_no_text_is_refused(
    server: Server, tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    with pytest.raises(Refused, match=reason):
        await server.editor.read((tmp_path / "a.bin").as_uri())


async def test_what_is_no_file_is_none(server: Server, tmp_path: Path) -> None:
    assert await server.editor.read((tmp_path / "none.txt").as_uri()) is None
    assert await server.editor.read(tmp_path.as_uri()) is None
    assert await server.editor.read("untitled:Untitled-1") is None


async def test_unsaved_text_comes_first_however_the_uri_is_spelled(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "a b.py").write_text("saved")
    async with beside(server, NEOVIM, tmp_path) as editor:
        spelled = (tmp_path / "a b.py").as_uri().replace("file:///", "file://localhost/")
        editor.open(spelled, "unsaved")
        snapshot = await server.editor.read((tmp_path / "a b.py").as_uri())
        assert snapshot is not None and (snapshot.uri, snapshot.text) == (spelled, "unsaved")


async def test_folders_come_and_go(server: Server, tmp_path: Path) -> None:
    async with beside(server, NEOVIM, tmp_path) as editor:
        more = {"uri": "file:///tmp/more", "name": "more"}
        change = {"added": [more, {"uri": "memfs:/virtual", "name": "v"}], "removed": []}
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": change})
        assert [folder.path for folder in server.editor.folders()] == [str(tmp_path), "/tmp/more"]
        gone = {"added": [], "removed": [{"uri": tmp_path.as_uri(), "name": ""}]}
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": gone})
        assert [folder.name for folder in server.editor.folders()] == ["more"]


async def test_without_a_folder_the_first_files_own_is_it(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        assert server.editor.folders() == ()
        editor.open("untitled:Untitled-1", "")
        editor.open("file:///tmp/project/a.py", "")
        assert [folder.path for folder in server.editor.folders()] == ["/tmp/project"]


async def test_settled_sees_the_disk_for_a_file_that_is_not_open(
    server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "a.py"
    waiting = asyncio.create_task(server.editor.settled(file.as_uri(), "new"))
    await asyncio.sleep(0.1)
    file.write_text("new")
    assert await waiting == "new"
    waiting = asyncio.create_task(server.editor.settled(file.as_uri(), None))
    await asyncio.sleep(0.1)
    file.unlink()
    assert await waiting is None
    assert not server.documents._watchers


async def test_settings_come_with_initialize_and_are_asked_for(
    server: Server, tmp_path: Path
) -> None:
    options = {"homespun": {"review": "always", "model": "a/b"}}
    async with beside(server, NEOVIM, initializationOptions=options) as editor:
        assert server.settings == {"review": "always", "model": "a/b"}
        editor.settings = {"model": "c/d"}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await editor.request("homespun/history", {})
        await editor.wait_for(lambda: server.settings == {"review": "always", "model": "c/d"})
        editor.settings = {"wrong": 1}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        assert (await editor.shown())["message"] == "Homespun: settings: wrong: 1"


async def test_settings_are_taken_where_they_are_sent(server: Server) -> None:
    async with beside(server, {}) as editor:
        editor.notify(
            "workspace/didChangeConfiguration", {"settings": {"homespun": {"model": "e/f"}}}
        )
        await editor.request("homespun/history", {})
        assert server.settings == {"model": "e/f"}


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(
    ["a", "\n", "😀", "\r\n", "", "é\n\n"])), max_size=8))  # fmt: skip
def test_changes_in_step_with_the_plainest_editor(edits: list[tuple[int, int, str]]) -> None:
    documents, text = Documents("linux"), "ab😀\ncd\n"
    documents.encoding = "utf-32"
    documents.open("file:///a", "text", 1, text)
    for version, (one, other, new) in enumerate(edits, start=2):
        start, end = sorted((min(one, len(text)), min(other, len(text))))
        change = {"range": {"start": place(text, start), "end": place(text, end)}, "text": new}
        if "\r" in text[max(0, start - 1) : start] or "\r" in text[max(0, end - 1) : end]:
            continue
        text = text[:start] + new + text[end:]
        documents.change("file:///a", version, [change])
    snapshot = documents.snapshot("file:///a")
    assert snapshot is not None and snapshot.text == text


def place(text: str, offset: int) -> dict[str, int]:
    before = text[:offset]
    return {"line": before.count("\n"), "character": offset - before.rfind("\n") - 1}


@pytest.mark.parametrize(
    ("platform", "opened", "asked", "same"),
    [
        ("win32", "file:///c%3A/Work/a.py", "file:///C:/work/A.py", True),
        ("darwin", "file:///Work/a.py", "file:///work/A.py", True),
        ("linux", "file:///Work/a.py", "file:///work/a.py", False),
        ("linux", "file:///a%20b", "file:///a b", True),
    ],
)
def test_which_spellings_are_one_document(
    platform: str, opened: str, asked: str, same: bool
) -> None:
    documents = Documents(platform)
    documents.open(opened, "python", 1, "x")
    found = documents.snapshot(asked)
    assert (found is not None) == same
    assert found is None or found.uri == opened
    documents.close(asked)
    assert (documents.snapshot(opened) is None) == same
