"""The index of a workspace: of each of its folders, as they are now."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from homespun.core.symbols import (
    Answers,
    Hit,
    IndexedFile,
    IndexState,
    Question,
    Reference,
    Symbol,
)
from homespun.index import place
from homespun.index.child import Child
from homespun.index.orders import Changed, Damaged, Serve
from homespun.index.reader import Reader
from homespun.index.readers import File, Readers

T = TypeVar("T")
_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be indexed: see `orders.Serve`. `enabled`: whether the user wants an index."""

    folders: tuple[str, ...]
    ignore: tuple[str, ...]
    watch: bool
    enabled: bool = True


def _is_kept(database: Path) -> bool:
    """Whether another server keeps this index up to date."""
    try:
        return place.is_held(database)
    except OSError:
        return False


class WorkspaceIndex:
    """Reads the indexes itself, and has them built by a process beside it.

    The process is started by the first question or news, and told when folders or settings
    have changed by the next.
    """

    def __init__(
        self, wanted: Callable[[], Wanted], cache: Path, child: Child, patience: float = 0.0
    ) -> None:
        """`cache` is the folder of the indexes.

        `patience`: seconds that the first question waits for the index to be brought up to date,
        for who asks only once.
        """
        self._wanted = wanted
        self._cache = cache
        self._child = child
        self._patience = patience
        self._settling = asyncio.Lock()
        self._began = 0.0
        self._lock = threading.Lock()
        self._serving: Wanted | None = None
        self._readers = Readers({})

    def start(self) -> None:
        """Have it built from now on; else the first question does that."""
        self._current()

    async def state(self) -> IndexState:
        """How far the indexes are, in sum."""
        readers = self._current()
        if not readers.by_folder:
            return IndexState(problem=self._absence())
        state = await asyncio.to_thread(readers.state)
        return replace(state, problem=self._child.problem)

    async def answers(self, question: Question) -> Answers:
        """Several answers at once."""
        return await self._ask(lambda readers: readers.answers(question))

    async def files(self) -> Sequence[IndexedFile]:
        """All files, by folder and path."""
        return await self._ask(lambda readers: readers.files())

    async def words(self, words: Sequence[str], limit: int = 50) -> Sequence[Hit]:
        """The files that hold any of the words, the best of all folders first."""
        return await self._ask(lambda readers: readers.words(words, limit))

    async def definitions(self, names: Sequence[str], limit: int = 200) -> Sequence[Symbol]:
        """Where the names are defined."""
        return await self._ask(lambda readers: readers.definitions(names, limit))

    async def references(
        self,
        names: Sequence[str],
        limit: int = 2000,
        common: int = 5000,
        near: Sequence[File] | None = None,
    ) -> Sequence[Reference]:
        """Where the names are used; of very common ones only in the files `near`."""
        return await self._ask(lambda readers: readers.references(names, limit, common, near))

    async def outlines(self, files: Sequence[File]) -> Sequence[Sequence[Symbol]]:
        """The definitions of each of these files."""
        return await self._ask(lambda readers: readers.outlines(files))

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        """The files that one file imports."""
        return await self._of_one(folder, lambda reader: reader.imports(path))

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        """The files that import one file."""
        return await self._of_one(folder, lambda reader: reader.importers(path))

    def changed(self, paths: Sequence[str]) -> None:
        """Have these files or folders looked at anew."""
        if paths and self._current().by_folder:
            self._child.tell(Changed(tuple(paths)))

    async def close(self) -> None:
        """End the process and let go of the files."""
        await asyncio.to_thread(self._child.close)
        for reader in self._readers.by_folder.values():
            reader.close()

    def _current(self) -> Readers:
        """The readers for the folders as they are now; the child is told where they are others."""
        wanted = self._wanted()
        with self._lock:
            if wanted != self._serving:
                self._turn_to(wanted)
            return self._readers

    def _turn_to(self, wanted: Wanted) -> None:
        folders = wanted.folders if wanted.enabled else ()
        known = self._readers.by_folder
        self._serving, self._began = wanted, time.time()
        databases = [place.database(folder, self._cache) for folder in folders]
        if self._patience and databases and all(map(_is_kept, databases)):
            self._patience = 0.0
        self._readers = Readers(
            {
                folder: known.get(folder) or Reader(folder, place.database(folder, self._cache))
                for folder in folders
            }
        )
        if folders or known:
            self._child.serve(Serve(folders, wanted.ignore, wanted.watch))
        else:
            self._child.dismiss()

    def _absence(self) -> str:
        if self._serving is not None and not self._serving.enabled:
            return "the setting `context.index` is off"
        return "no folder is open"

    async def _of_one(self, folder: str, ask: Callable[[Reader], Sequence[T]]) -> Sequence[T]:
        reader = self._current().by_folder.get(folder)
        return () if reader is None else await self._ask(lambda _: ask(reader))

    async def _ask(self, ask: Callable[[Readers], T]) -> T:
        readers = self._current()
        await self._settle()
        answer = await asyncio.to_thread(ask, readers)
        for reader in readers.by_folder.values():
            if reader.damaged:
                reader.damaged = False
                self._child.tell(Damaged(reader.folder))
        return answer

    async def _settle(self) -> None:
        """Once: wait a moment for the indexes to be as the disk is."""
        async with self._settling:
            patience, self._patience = self._patience, 0.0
            until = time.monotonic() + patience
            while time.monotonic() < until and not self._fresh():  # noqa: ASYNC110 - another process tells
                await asyncio.sleep(_POLL)

    def _fresh(self) -> bool:
        """Whether every index was brought up to date since this process began to ask."""
        return all(reader.walked() >= self._began for reader in self._readers.by_folder.values())
