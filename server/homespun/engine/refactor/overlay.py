"""The workspace as it would be with all that has been proposed so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homespun.core.text import Snapshot
from homespun.engine.ports import Applied, Diagnostic, FileOperation, Folder, Workspace
from homespun.engine.refactor.proposed import Proposed


class Overlay:
    """A `Workspace` to look at: changed texts before those of the one below. Nothing is made."""

    def __init__(self, below: Workspace, proposed: Proposed) -> None:
        """`proposed` is looked at anew with each question."""
        self._below = below
        self._proposed = proposed

    def folders(self) -> Sequence[Folder]:
        """Those of the workspace below."""
        return self._below.folders()

    def opened(self, uri: str) -> Snapshot | None:
        """The open document with what is proposed for it."""
        opened = self._below.opened(uri)
        return None if opened is None else self._changed(uri, opened)

    def open_documents(self) -> Sequence[Snapshot]:
        """All open documents, with what is proposed for them."""
        changed = (self._changed(one.uri, one) for one in self._below.open_documents())
        return [snapshot for snapshot in changed if snapshot is not None]

    def diagnostics(self, uri: str) -> Sequence[Diagnostic]:
        """None: they are of the text as it was."""
        return ()

    async def read(self, uri: str) -> Snapshot | None:
        """The text that the file would have; see the port."""
        if self._proposed.change(uri) is None:
            return await self._below.read(uri)
        return self._changed(uri, None)

    async def readable(self, uris: Sequence[str]) -> Mapping[str, Snapshot]:
        """The texts that the files would have, of those that can be read; see the port."""
        found = dict(
            await self._below.readable([uri for uri in uris if self._proposed.change(uri) is None])
        )
        for uri in uris:
            if self._proposed.change(uri) is not None and (one := self._changed(uri, None)):
                found[uri] = one
        return found

    async def apply(self, label: str, operations: Sequence[FileOperation]) -> Applied:
        """Never: what is proposed is made by the workspace below, as one change."""
        return Applied(applied=False, reason="it is only looked at here")

    def moved(self, uri: str) -> str:
        """Where a file has gone, by the user or by what is proposed; see the port."""
        uri = self._below.moved(uri)
        change = self._proposed.change(uri)
        return uri if change is None else change.new_uri or uri

    def before(self, uri: str) -> str | None:
        """The user's own text of a file that has other text here; None where it is the same."""
        change = self._proposed.change(uri)
        return None if change is None else change.before

    def unwatched(self) -> bool:
        """See the port."""
        return self._below.unwatched()

    async def unsaved(self, uris: Sequence[str]) -> Sequence[str]:
        """See the port."""
        return await self._below.unsaved(uris)

    async def settled(self, uri: str, expected: str | None) -> str | None:
        """See the port."""
        found = await self.read(uri)
        return None if found is None else found.text

    def _changed(self, uri: str, now: Snapshot | None) -> Snapshot | None:
        change = self._proposed.change(uri)
        if change is None:
            return now
        if change.action == "delete" or (change.action == "rename" and uri == change.uri):
            return None
        language = "" if now is None else now.language_id
        return Snapshot.of(uri, change.after, change.version, language)
