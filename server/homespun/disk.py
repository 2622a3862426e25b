"""A folder on disk as a workspace: the same engine for the command line as for editors.

What this workspace cannot see: text that an editor holds and has not saved. An edit is refused
where the file on disk is not what the model saw, but an editor that then saves its own, older
text over it is out of our reach (most editors ask first). So: save before you call.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from homespun.core import diff
from homespun.core import uri as uris
from homespun.core.text import Snapshot
from homespun.engine.disk_texts import DiskTexts, read_text
from homespun.engine.ports import (
    Applied,
    CreateFile,
    Diagnostic,
    EditFile,
    FileOperation,
    Folder,
    RenameFile,
)
from homespun.engine.steps import Step
from homespun.engine.writer import Writer
from homespun.errors import InputError, Refused

_WINDOWS = os.name == "nt"


class DiskWorkspace:
    """The `Workspace` port over folders on disk.

    The files that the user names count as open, as they would be in an editor: the user looks at
    them, so that changing them is no surprise.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        """`roots`: the folders' paths; relative ones are taken from the current folder."""
        paths = [Path(root).resolve() for root in roots]
        self._folders = tuple(Folder(path.name, to_uri(path), str(path)) for path in paths)
        self._writer = Writer([str(path) for path in paths])
        self._texts = DiskTexts(to_path)
        self._named: list[str] = []

    def name(self, path: str) -> str:
        """Count a file that the user names as open; its URI."""
        named = to_uri(Path(path).resolve())
        if named not in self._named:
            self._named.append(named)
        return named

    def folders(self) -> Sequence[Folder]:
        """The folders that this was made with."""
        return self._folders

    def opened(self, uri: str) -> Snapshot | None:
        """The text on disk of a file that was named; None for others. Raises as `read` does."""
        return _snapshot(uri) if uri in self._named else None

    def open_documents(self) -> Sequence[Snapshot]:
        """The files that were named, in that order."""
        return [snapshot for uri in self._named if (snapshot := _snapshot(uri))]

    def diagnostics(self, uri: str) -> Sequence[Diagnostic]:
        """None: nobody looks for problems here."""
        return ()

    async def read(self, uri: str) -> Snapshot | None:
        """The file as it is on disk now, byte order mark and line ends kept; None for none.

        Raises `Refused` for what is no UTF-8 text, or larger than 10 MB.
        """
        return await asyncio.to_thread(_snapshot, uri)

    async def readable(self, uris: Sequence[str]) -> Mapping[str, Snapshot]:
        """Those files that can be read, as they are on disk now."""
        return await asyncio.to_thread(self._texts.readable, uris)

    async def apply(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        """Make all of it, or nothing."""
        try:
            await asyncio.to_thread(self._write, operations)
        except (Refused, InputError) as error:
            return Applied(applied=False, reason=f"{error.message} {error.hint}".rstrip())
        return Applied(applied=True)

    def moved(self, uri: str) -> str:
        """The same: nobody tells of a renamed file here."""
        return uri

    async def unsaved(self, uris: Sequence[str]) -> Sequence[str]:
        """None: what is changed here is on disk."""
        return ()

    def unwatched(self) -> bool:
        """A command is done before it would matter."""
        return False

    async def settled(self, uri: str, expected: str | None) -> str | None:
        """What is on disk now: a disk has no delay that would have to be waited for."""
        return await asyncio.to_thread(read_text, to_path(uri))

    def _write(self, operations: Sequence[FileOperation]) -> None:
        self._writer.perform([self._step(operation) for operation in operations])

    def _step(self, operation: FileOperation) -> Step:
        if isinstance(operation, EditFile):
            before = operation.before.text
            after = diff.apply(before, operation.edits)
            return self._writer.replacing(to_path(operation.before.uri), before, after)
        path = to_path(operation.uri)
        if isinstance(operation, CreateFile):
            return self._writer.creating(path, operation.text)
        if isinstance(operation, RenameFile):
            return self._writer.moving(path, to_path(operation.new_uri))
        return self._writer.removing(path)


def to_uri(path: Path) -> str:
    """The `file:` URI of an absolute path of this system."""
    return uris.from_path(str(path), windows=_WINDOWS)


def to_path(file_uri: str) -> str:
    """The path of this system that a `file:` URI names. Raises `InputError` where it is none."""
    return uris.to_path(file_uri, windows=_WINDOWS)


def _snapshot(uri: str) -> Snapshot | None:
    text = read_text(to_path(uri))
    return None if text is None else Snapshot.of(uri, text)
