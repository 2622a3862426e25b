"""A folder on disk behaves as the engine expects of a workspace."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from homespun.core.diff import edits
from homespun.core.text import Snapshot
from homespun.disk import DiskWorkspace, to_path, to_uri
from homespun.engine.disk_texts import MAX_BYTES
from homespun.engine.ports import Applied, CreateFile, DeleteFile, EditFile, RenameFile
from homespun.errors import Refused


@pytest.fixture
def workspace(tmp_path: Path) -> DiskWorkspace:
    return DiskWorkspace([str(tmp_path)])


def files_in(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


async def test_names_its_folder(tmp_path: Path, workspace: DiskWorkspace) -> None:
    (folder,) = workspace.folders()
    assert (folder.name, folder.path) == (tmp_path.name, str(tmp_path))
    assert to_path(folder.uri) == folder.path


@pytest.mark.parametrize(
    "text", ["", "a\r\nb", "\ufeffa\n", "one\rtwo\n\x0cthree", "ümlaut \U0001f9f5\n"]
)
async def test_reads_what_is_there(tmp_path: Path, workspace: DiskWorkspace, text: str) -> None:
    path = tmp_path / "ä b#c.txt"
    path.write_bytes(text.encode())
    snapshot = await workspace.read(to_uri(path))
    assert snapshot is not None
    assert (snapshot.text, snapshot.version) == (text, None)


async def test_no_file_is_none(tmp_path: Path, workspace: DiskWorkspace) -> None:
    (tmp_path / "file").touch()
    assert await workspace.read(to_uri(tmp_path / "gone")) is None
    assert await workspace.read(to_uri(tmp_path / "file" / "below")) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfea\x00", "UTF-8"),
        (b"caf\xe9", r"byte 3 "),
        (b"x" * (MAX_BYTES + 1), "larger than 10 MB"),
    ],
)
async def test_refuses_what_is_no_text(
    tmp_path: Path, workspace: DiskWorkspace, data: bytes, reason: str
) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(Refused, match=reason):
        await workspace.read(to_uri(tmp_path / "a"))


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are POSIX's here")
async def test_does_not_hang_at_a_pipe(tmp_path: Path, workspace: DiskWorkspace) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="plain file"):
        await workspace.read(to_uri(tmp_path / "pipe"))


async def test_only_named_files_count_as_open(tmp_path: Path, workspace: DiskWorkspace) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    uri = workspace.name(str(tmp_path / "a"))
    assert uri == to_uri(tmp_path / "a")
    assert workspace.opened(to_uri(tmp_path / "b")) is None
    (tmp_path / "a").write_text("changed")
    opened = workspace.opened(uri)
    assert opened is not None
    assert opened.text == "changed"
    assert [document.uri for document in workspace.open_documents()] == [uri]


async def test_applies_every_operation_in_one(tmp_path: Path, workspace: DiskWorkspace) -> None:
    for name in ("edited", "renamed", "deleted"):
        (tmp_path / name).write_bytes(b"one\r\ntwo\r\n")
    before = await workspace.read(to_uri(tmp_path / "edited"))
    assert before is not None
    answer = await workspace.apply(
        "test",
        [
            CreateFile(to_uri(tmp_path / "new" / "file"), "new\n"),
            EditFile(before, edits(before.text, "one\r\n2\r\n")),
            RenameFile(to_uri(tmp_path / "renamed"), to_uri(tmp_path / "other")),
            DeleteFile(to_uri(tmp_path / "deleted")),
        ],
    )
    assert answer == Applied(applied=True)
    found = files_in(tmp_path)
    assert found == {
        "new/file": b"new\n",
        "edited": b"one\r\n2\r\n",
        "other": b"one\r\ntwo\r\n",
    }
    assert await workspace.settled(to_uri(tmp_path / "edited"), "one\r\n2\r\n") == "one\r\n2\r\n"
    assert await workspace.settled(to_uri(tmp_path / "deleted"), None) is None


async def test_a_stale_edit_is_refused_with_its_reason(
    tmp_path: Path, workspace: DiskWorkspace
) -> None:
    (tmp_path / "a").write_text("now")
    seen = Snapshot.of(to_uri(tmp_path / "a"), "before")
    answer = await workspace.apply(
        "test",
        [CreateFile(to_uri(tmp_path / "b"), "new"), EditFile(seen, edits("before", "after"))],
    )
    assert not answer.applied
    assert "changed on disk" in answer.reason
    assert (tmp_path / "a").read_text() == "now"
    assert not (tmp_path / "b").exists()


async def test_a_path_outside_is_refused(tmp_path: Path) -> None:
    workspace = DiskWorkspace([str(tmp_path / "project")])
    answer = await workspace.apply("test", [CreateFile(to_uri(tmp_path / "x"), "new")])
    assert not answer.applied
    assert "outside the workspace" in answer.reason


async def test_what_is_no_file_is_refused(workspace: DiskWorkspace) -> None:
    answer = await workspace.apply("test", [CreateFile("untitled:Untitled-1", "new")])
    assert not answer.applied
