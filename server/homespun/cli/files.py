"""The files that a command is about, and the workspace around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from homespun.core.text import Snapshot
from homespun.disk import DiskWorkspace, to_uri
from homespun.errors import InputError, UnknownFile

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_MARKS = (".git", ".homespun.toml")


def root_of(folder: Path | None) -> Path:
    """The workspace: `folder`, else the repository around the current folder, else that folder."""
    return (folder or _around(Path.cwd())).resolve()


def root_with(file: Path, folder: Path | None) -> Path:
    """The workspace that `file` is in: `folder`, else the innermost repository around the file.

    Raises `InputError` where the file is not in the workspace that `root_of` names: a file that
    lies elsewhere is not to make its own surroundings a workspace unasked.
    """
    file, root = file.resolve(), root_of(folder)
    if not file.is_relative_to(root):
        raise InputError(f"{file} is not in {root}.", "Name its folder with --folder.")
    if folder is not None:
        return root
    inner = _around(file if file.is_dir() else file.parent)
    return inner if inner.is_relative_to(root) else root


def _around(start: Path) -> Path:
    """The innermost repository around `start`, else `start`."""
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in _MARKS):
            return folder
    return start


async def open_file(engine: Engine, file: Path) -> Snapshot:
    """The file (an absolute path) that the user named; from now on it counts as open.

    Raises `UnknownFile`, and `Refused` for what is no text.
    """
    workspace = engine.workspace
    uri = workspace.name(str(file)) if isinstance(workspace, DiskWorkspace) else to_uri(file)
    snapshot = await workspace.read(uri)
    if snapshot is None:
        raise UnknownFile(f"There is no file {file}.", "Check the name and the current folder.")
    return snapshot
