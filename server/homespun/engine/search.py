"""What the engine asks of the workspace's index: files, words, definitions and their users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from homespun.core.symbols import (
    Answers,
    Hit,
    IndexedFile,
    IndexState,
    Question,
    Reference,
    Symbol,
)


class Index(Protocol):
    """The workspace's files on disk, searchable.

    Every answer is about what is indexed by now, comes within milliseconds, and is empty rather
    than an error where nothing is known yet (or ever: see `state`). Nothing here waits for the
    index to be complete. Only files that the ignore rules allow are in it; whoever sends one to a
    model passes the outward gate all the same. Unsaved text is not in it: the editor's open
    documents come first wherever both know a file.
    """

    def start(self) -> None:
        """Have it built from now on; else the first question or news does that."""
        ...

    async def state(self) -> IndexState:
        """How far it is, and what was skipped."""
        ...

    async def answers(self, question: Question) -> Answers:
        """Several answers at once, for who has no time for one after the other."""
        ...

    async def files(self) -> Sequence[IndexedFile]:
        """All files, ordered by folder and path."""
        ...

    async def words(self, words: Sequence[str], limit: int = 50) -> Sequence[Hit]:
        """The files that hold any of `words` (identifiers or plain words), the best first."""
        ...

    async def definitions(self, names: Sequence[str], limit: int = 200) -> Sequence[Symbol]:
        """Where these names are defined."""
        ...

    async def references(
        self,
        names: Sequence[str],
        limit: int = 2000,
        common: int = 5000,
        near: Sequence[tuple[str, str]] | None = None,
    ) -> Sequence[Reference]:
        """Where these names are used.

        Of those that hold a name, at most `common` files are looked through. Where there are more,
        it is the files `near` instead, if that is not None: each its folder and its path in it.
        """
        ...

    async def outlines(self, files: Sequence[tuple[str, str]]) -> Sequence[Sequence[Symbol]]:
        """The definitions of each of these files (folder and path), from its top."""
        ...

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        """The files of the same folder (paths) that one file imports, as far as can be seen."""
        ...

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        """The files of the same folder (paths) that import one file."""
        ...

    def changed(self, paths: Sequence[str]) -> None:
        """Files or folders (absolute paths) were made, changed, or removed on disk."""
        ...

    async def close(self) -> None:
        """Let go of files and processes."""
        ...


class Unknown:
    """An `Index` of nothing, for where there is none."""

    def start(self) -> None:
        """Nothing is built."""

    async def state(self) -> IndexState:
        """Why it knows nothing."""
        return IndexState(problem="none was made")

    async def answers(self, question: Question) -> Answers:
        """None."""
        return Answers()

    async def files(self) -> Sequence[IndexedFile]:
        """None."""
        return ()

    async def words(self, words: Sequence[str], limit: int = 50) -> Sequence[Hit]:
        """None."""
        return ()

    async def definitions(self, names: Sequence[str], limit: int = 200) -> Sequence[Symbol]:
        """None."""
        return ()

    async def references(
        self,
        names: Sequence[str],
        limit: int = 2000,
        common: int = 5000,
        near: Sequence[tuple[str, str]] | None = None,
    ) -> Sequence[Reference]:
        """None."""
        return ()

    async def outlines(self, files: Sequence[tuple[str, str]]) -> Sequence[Sequence[Symbol]]:
        """None of any."""
        return [() for _ in files]

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        """None."""
        return ()

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        """None."""
        return ()

    def changed(self, paths: Sequence[str]) -> None:
        """Nothing is looked at."""

    async def close(self) -> None:
        """There is nothing to let go of."""
