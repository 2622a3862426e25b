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


def root_of(file: Path, folder: Path | None) -> Path:
    """The workspace of `file`: `folder`, else the repository around it, else where it lies.

    Where it is below the current folder and in no repository, the current folder. Raises
    `InputError` where the file is not in `folder`.
    """
    file = file.resolve()
    if folder is None:
        return _around(file if file.is_dir() else file.parent)
    if not file.is_relative_to(folder.resolve()):
        raise InputError(f"{file} is not in {folder}.", "Leave --folder out, or name its folder.")
    return folder.resolve()


def _around(start: Path) -> Path:
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in _MARKS):
            return folder
    here = Path.cwd().resolve()
    return here if start.is_relative_to(here) else start


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
