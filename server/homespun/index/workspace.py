"""The index of a workspace: of each of its folders, as they are now."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from homespun.core.symbols import Hit, IndexedFile, IndexState, Reference, Symbol
from homespun.index import place
from homespun.index.child import Child
from homespun.index.orders import Changed, Damaged, Serve
from homespun.index.reader import Reader

T = TypeVar("T")
File = tuple[str, str]
"""A folder of the workspace, and a file's path in it."""

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
        self._began = 0.0
        self._lock = threading.Lock()
        self._serving: Wanted | None = None
        self._readers: Mapping[str, Reader] = {}

    def start(self) -> None:
        """Have it built from now on; else the first question does that."""
        self._current()

    async def state(self) -> IndexState:
        """How far the indexes are, in sum."""
        readers = self._current()
        if not readers:
            return IndexState(problem=self._absence())
        return await asyncio.to_thread(self._sum, list(readers.values()))

    def _sum(self, readers: Sequence[Reader]) -> IndexState:
        states = [reader.state() for reader in readers]
        skipped = [one for state in states for one in state.skipped]
        return IndexState(
            files=sum(state.files for state in states),
            words=all(state.words for state in states),
            symbols=all(state.symbols for state in states),
            skipped=tuple(skipped[:100]),
            skipped_count=sum(state.skipped_count for state in states),
            problem=self._child.problem,
            place=", ".join(state.place for state in states),
            size=sum(state.size for state in states),
            walked=min(reader.walked() for reader in readers),
        )

    async def files(self) -> Sequence[IndexedFile]:
        """All files, by folder and path."""
        return await self._of_all(lambda reader: reader.files())

    async def named(self, stems: Sequence[str]) -> Sequence[IndexedFile]:
        """The files whose names are these before their last dot."""
        return await self._of_all(lambda reader: reader.named(stems))

    async def edited(self, since: float, limit: int) -> Sequence[IndexedFile]:
        """The files that changed after `since`, in seconds since 1970, the latest first."""
        found = await self._of_all(lambda reader: reader.edited(since, limit))
        return sorted(found, key=lambda one: -one.changed)[:limit]

    async def words(self, words: Sequence[str], limit: int = 50) -> Sequence[Hit]:
        """The files that hold any of the words, the best of all folders first."""
        found = await self._of_all(lambda reader: reader.words(words, limit))
        return sorted(found, key=lambda hit: -hit.score)[:limit]

    async def definitions(self, names: Sequence[str], limit: int = 200) -> Sequence[Symbol]:
        """Where the names are defined."""
        return (await self._of_all(lambda reader: reader.definitions(names, limit)))[:limit]

    async def references(
        self,
        names: Sequence[str],
        limit: int = 2000,
        common: int = 5000,
        near: Sequence[File] | None = None,
    ) -> Sequence[Reference]:
        """Where the names are used; of very common ones only in the files `near`."""

        def ask(reader: Reader) -> Sequence[Reference]:
            if near is None:
                return reader.references(names, limit, common)
            inside = [path for folder, path in near if folder == reader.folder]
            return reader.references(names, limit, common, inside)

        return (await self._of_all(ask))[:limit]

    async def outlines(self, files: Sequence[File]) -> Sequence[Sequence[Symbol]]:
        """The definitions of each of these files."""

        def ask(reader: Reader) -> Sequence[tuple[File, Sequence[Symbol]]]:
            paths = [path for folder, path in files if folder == reader.folder]
            found = reader.outlines(paths)
            return [((reader.folder, path), symbols) for path, symbols in found.items()]

        found = dict(await self._of_all(ask))
        return [found.get(file, ()) for file in files]

    async def used_names(self, folder: str, path: str) -> Sequence[Reference]:
        """The names that one file uses."""
        return await self._of_one(folder, lambda reader: reader.used_names(path))

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        """The files that one file imports."""
        return await self._of_one(folder, lambda reader: reader.imports(path))

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        """The files that import one file."""
        return await self._of_one(folder, lambda reader: reader.importers(path))

    def changed(self, paths: Sequence[str]) -> None:
        """Have these files or folders looked at anew."""
        if paths and self._current():
            self._child.tell(Changed(tuple(paths)))

    async def close(self) -> None:
        """End the process and let go of the files."""
        await asyncio.to_thread(self._child.close)
        for reader in self._readers.values():
            reader.close()

    def _current(self) -> Mapping[str, Reader]:
        """The readers for the folders as they are now; the child is told where they are others."""
        wanted = self._wanted()
        with self._lock:
            if wanted != self._serving:
                self._turn_to(wanted)
            return self._readers

    def _turn_to(self, wanted: Wanted) -> None:
        folders = wanted.folders if wanted.enabled else ()
        known = self._readers
        self._serving, self._began = wanted, time.time()
        databases = [place.database(folder, self._cache) for folder in folders]
        if self._patience and databases and all(map(_is_kept, databases)):
            self._patience = 0.0
        self._readers = {
            folder: known.get(folder) or Reader(folder, place.database(folder, self._cache))
            for folder in folders
        }
        if folders or known:
            self._child.serve(Serve(folders, wanted.ignore, wanted.watch))

    def _absence(self) -> str:
        if self._serving is not None and not self._serving.enabled:
            return "the setting `context.index` is off"
        return "no folder is open"

    async def _of_all(self, ask: Callable[[Reader], Sequence[T]]) -> list[T]:
        readers = list(self._current().values())
        await self._settle()
        answers = [await self._read(reader, ask) for reader in readers]
        return [one for answer in answers for one in answer]

    async def _of_one(self, folder: str, ask: Callable[[Reader], Sequence[T]]) -> Sequence[T]:
        reader = self._current().get(folder)
        await self._settle()
        return () if reader is None else await self._read(reader, ask)

    async def _read(self, reader: Reader, ask: Callable[[Reader], Sequence[T]]) -> Sequence[T]:
        answer = await asyncio.to_thread(ask, reader)
        if reader.damaged:
            reader.damaged = False
            self._child.tell(Damaged(reader.folder))
        return answer

    async def _settle(self) -> None:
        """Once: wait a moment for the indexes to be as the disk is."""
        patience, self._patience = self._patience, 0.0
        until = time.monotonic() + patience
        while time.monotonic() < until and not self._fresh():  # noqa: ASYNC110 - another process tells
            await asyncio.sleep(_POLL)

    def _fresh(self) -> bool:
        """Whether every index was brought up to date since this process began to ask."""
        return all(reader.walked() >= self._began for reader in self._readers.values())
