"""The editor's documents and folders as the engine sees them: its `Workspace` port."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from homespun.core import uri as uris
from homespun.core.text import Snapshot
from homespun.engine.disk_texts import DiskTexts, read_text
from homespun.engine.ports import (
    Applied,
    CreateFile,
    DeleteFile,
    Diagnostic,
    EditFile,
    FileOperation,
    Folder,
    RenameFile,
)
from homespun.errors import HomespunError, InputError
from homespun.lsp.edits import divide, workspace_edit

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_PATIENCE = 60
"""Seconds for an editor to answer an edit; others wait for it meanwhile."""
_SETTLING = 2.0
"""Seconds that an editor gets to report what became of an edit."""
_DISK_POLL = 0.05
"""Seconds between two looks at a file that no editor reports on."""


class Writer(Protocol):
    """The guarded writer: makes file operations that the editor can't, inside the folders only."""

    def create(self, path: str, text: str) -> None:
        """Make a file that does not exist, with its folders. Raises `HomespunError`."""
        ...

    def rename(self, path: str, new_path: str) -> None:
        """Give a file a name that nothing has. Raises `HomespunError`."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file. Raises `HomespunError`."""
        ...


class EditorWorkspace:
    """What is open in the editor, and the disk behind it."""

    def __init__(self, server: Server, writer: Callable[[Sequence[str]], Writer]) -> None:
        """`writer` makes a guarded writer for folders (absolute paths)."""
        self._server = server
        self._documents = server.documents
        self._writer = writer
        self._texts = DiskTexts(partial(uris.to_path, windows=self._documents.windows))
        self._folders: dict[str, Folder] = {}
        self._problems: dict[str, tuple[int | None, dict[tuple[object, str], Diagnostic]]] = {}

    def add_folder(self, uri: str, name: str = "") -> None:
        """Take a workspace folder in; one that has no path (a virtual one) is left out."""
        path = self.path(uri)
        if path is not None:
            self._folders[self._documents.key(uri)] = Folder(name or Path(path).name, uri, path)

    def remove_folder(self, uri: str) -> None:
        """Take a workspace folder out."""
        self._folders.pop(self._documents.key(uri), None)

    def folders(self) -> Sequence[Folder]:
        """The workspace folders; where there are none, the folder of the first open file."""
        if self._folders:
            return tuple(self._folders.values())
        paths = [self.path(document.uri) for document in self._documents.all()]
        homes = [Path(path).parent for path in paths if path is not None]
        return tuple(
            Folder(home.name, uris.from_path(str(home), windows=self._documents.windows), str(home))
            for home in homes[:1]
        )

    def path(self, uri: str) -> str | None:
        """The path that `uri` names, None for one that names none (such as `untitled:`)."""
        try:
            return uris.to_path(uri, windows=self._documents.windows)
        except InputError:
            return None

    def opened(self, uri: str) -> Snapshot | None:
        """The open document, None where it is not open."""
        return self._documents.snapshot(uri)

    def open_documents(self) -> Sequence[Snapshot]:
        """All open documents, in the order in which they were opened."""
        return self._documents.all()

    def diagnostics(self, uri: str) -> Sequence[Diagnostic]:
        """The problems that code actions told of this document's text as it is now."""
        snapshot = self.opened(uri)
        version, known = self._problems.get(self._documents.key(uri), (None, {}))
        if snapshot is None or snapshot.version != version:
            return ()
        return tuple(known.values())

    def learn(self, snapshot: Snapshot, diagnostics: Sequence[Diagnostic]) -> None:
        """Keep what a code action's context told; all that holds for one version adds up."""
        key = self._documents.key(snapshot.uri)
        version, known = self._problems.get(key, (None, {}))
        if version != snapshot.version:
            known = {}
        known = known | {(found.span, found.message): found for found in diagnostics}
        self._problems[key] = (snapshot.version, known)

    async def read(self, uri: str) -> Snapshot | None:
        """The open document, else the file on disk; see the port."""
        opened, path = self.opened(uri), self.path(uri)
        if opened is not None or path is None:
            return opened
        text = await asyncio.to_thread(_text, path)
        return None if text is None else Snapshot.of(uri, text)

    async def readable(self, uris: Sequence[str]) -> Mapping[str, Snapshot]:
        """Those that are open or can be read from the disk; see the port."""
        opened = {uri: snapshot for uri in uris if (snapshot := self.opened(uri)) is not None}
        others = [uri for uri in uris if uri not in opened]
        return {**opened, **await asyncio.to_thread(self._texts.readable, others)}

    def moved(self, uri: str) -> str:
        """The URI that the file has now which had this one, as far as the editor told."""
        return self._documents.moved(uri)

    async def unsaved(self, uris: Sequence[str]) -> Sequence[str]:
        """The open documents among `uris` whose text is not what is on disk."""
        return [uri for uri in uris if await asyncio.to_thread(self._is_unsaved, uri)]

    def unwatched(self) -> bool:
        """Whether the editor cannot be asked to tell of files that other programs change."""
        return not self._server.client.register_watchers

    async def settled(self, uri: str, expected: str | None) -> str | None:
        """The text of `uri` once it is `expected`, or after two seconds what is there."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + _SETTLING
        with self._documents.watch(uri) as news:
            while True:
                news.clear()
                snapshot = await self.read(uri)
                text = None if snapshot is None else snapshot.text
                left = deadline - clock()
                if text == expected or left <= 0:
                    return text
                reported = snapshot is not None and snapshot.version is not None
                await _wait(news, left if reported else min(left, _DISK_POLL))

    async def apply(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        """Make all of it: by the editor as one edit, and what it can't do by the writer.

        Once the edit is sent, its answer is awaited even where the job is cancelled: only then
        is it known what happened.
        """
        if reason := await asyncio.to_thread(self._obstacle, operations):
            return Applied(applied=False, reason=reason)
        return await asyncio.shield(asyncio.ensure_future(self._apply(label, operations)))

    async def _apply(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        # From here until the edit is sent nothing is awaited: no keystroke comes in between.
        current = [self._current(operation) for operation in operations]
        for operation in current:
            if isinstance(operation, str):
                return Applied(applied=False, reason=f"{operation} has changed meanwhile")
        ready = [operation for operation in current if not isinstance(operation, str)]
        parts = divide(ready, self._server.client)
        if parts.editor:
            applied = await self._by_editor(label, parts.editor)
            if not applied.applied:
                return applied
        try:
            for operation in parts.writer:
                await self._by_writer(operation)
        except HomespunError as error:
            return Applied(applied=False, reason=error.message)
        return Applied(applied=True)

    async def _by_editor(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        edit = workspace_edit(operations, self._server.client)
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._server.workspace_apply_edit_async(
                    types.ApplyWorkspaceEditParams(edit, label)
                )
        except TimeoutError:
            return Applied(applied=False, reason=f"it did not answer within {_PATIENCE} seconds")
        except JsonRpcException as error:
            return Applied(applied=False, reason=f"the editor answered: {error.message}")
        return Applied(bool(answer.applied), answer.failure_reason or "")

    async def _by_writer(self, operation: FileOperation) -> None:
        writer = self._writer([folder.path for folder in self.folders()])
        match operation:
            case CreateFile(uri, text):
                await asyncio.to_thread(writer.create, self.path(uri) or "", text)
                await self._server.show_document(uri)
            case RenameFile(uri, new_uri):
                old, new = self.path(uri) or "", self.path(new_uri) or ""
                await asyncio.to_thread(writer.rename, old, new)
            case DeleteFile(uri):
                await asyncio.to_thread(writer.delete, self.path(uri) or "")
            case EditFile():
                raise TypeError("a change of text is the editor's")

    def _obstacle(self, operations: Sequence[FileOperation]) -> str:
        """Why this cannot be made on the disk as it is now, "" where it can.

        A new name is taken (`ignoreIfExists` would not say), or a file that is not open was
        written by another program.
        """
        for operation in operations:
            if isinstance(operation, EditFile) and self._is_outdated(operation.before):
                return f"{operation.before.uri} has changed on disk meanwhile"
        taken = [op.uri for op in operations if isinstance(op, CreateFile)]
        taken += [op.new_uri for op in operations if isinstance(op, RenameFile)]
        freed = {op.uri for op in operations if isinstance(op, DeleteFile | RenameFile)}
        for uri in taken:
            path = self.path(uri)
            there = self.opened(uri) is not None or (path is not None and os.path.lexists(path))
            if there and uri not in freed:
                return f"there is already something at {path or uri}"
        return ""

    def _is_outdated(self, before: Snapshot) -> bool:
        path = self.path(before.uri)
        if before.version is not None or path is None or self.opened(before.uri) is not None:
            return False
        return _differs(path, before.text)

    def _is_unsaved(self, uri: str) -> bool:
        opened, path = self.opened(uri), self.path(uri)
        if opened is None or path is None:
            return opened is not None
        return _differs(path, opened.text)

    def _current(self, operation: FileOperation) -> FileOperation | str:
        """The operation on the text as it is now; the URI alone where that has moved on.

        `changes` hold no version, so it is compared here, for every editor.
        """
        if not isinstance(operation, EditFile):
            return operation
        before, now = operation.before, self.opened(operation.before.uri)
        if now is None:
            return operation if before.version is None else before.uri
        if now.version == before.version or now.text == before.text:
            return EditFile(now, operation.edits)
        return before.uri


def _differs(path: str, text: str) -> bool:
    """Whether the file is not to the letter `text`, or cannot be read as one."""
    try:
        return read_text(path) != text
    except HomespunError:
        return True


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _text(path: str) -> str | None:
    """As `read_text`, which refuses a folder: for an editor that names one, it is no file."""
    return None if os.path.isdir(path) else read_text(path)
