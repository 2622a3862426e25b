"""Reads the indexes of all folders of a workspace as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from homespun.index.reader import TOLD, Reader

T = TypeVar("T")
File = tuple[str, str]
"""A folder of the workspace, and a file's path in it."""
_USES, _DEFINITIONS = 2_000, 200
"""Answers about one place."""


class Readers:
    """Asks each `Reader` in turn; like them in any thread, and done in milliseconds."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        """`readers` by the absolute paths of their folders."""
        self.by_folder = readers

    def state(self) -> IndexState:
        """How far the indexes are, in sum; not for none at all."""
        readers = self.by_folder.values()
        states = [reader.state() for reader in readers]
        skipped = [one for state in states for one in state.skipped]
        return IndexState(
            files=sum(state.files for state in states),
            words=all(state.words for state in states),
            symbols=all(state.symbols for state in states),
            skipped=tuple(skipped[:TOLD]),
            skipped_count=sum(state.skipped_count for state in states),
            place=", ".join(state.place for state in states),
            size=sum(state.size for state in states),
            walked=min(reader.walked() for reader in readers),
        )

    def answers(self, question: Question) -> Answers:
        """See `Index.answers`."""
        return Answers(
            self.references(question.users_of, _USES, question.common, question.near),
            self.definitions(question.defined, _DEFINITIONS, question.most_definitions),
            self.named(question.stems),
            self.edited(question.since, question.most_edited),
            self.words(question.words, question.most_hits),
        )

    def files(self) -> Sequence[IndexedFile]:
        """All files, by folder and path."""
        return self._all(lambda reader: reader.files())

    def named(self, stems: Sequence[str]) -> Sequence[IndexedFile]:
        """The files whose names are these before their last dot."""
        return self._all(lambda reader: reader.named(stems))

    def edited(self, since: float, limit: int) -> Sequence[IndexedFile]:
        """The files that changed after `since`, in seconds since 1970, the latest first."""
        found = self._all(lambda reader: reader.edited(since, limit))
        return sorted(found, key=lambda one: -one.changed)[:limit]

    def words(self, words: Sequence[str], limit: int) -> Sequence[Hit]:
        """The files that hold any of the words, the best of all folders first."""
        found = self._all(lambda reader: reader.words(words, limit))
        return sorted(found, key=lambda hit: -hit.score)[:limit]

    def definitions(
        self, names: Sequence[str], limit: int, common: int | None = None
    ) -> Sequence[Symbol]:
        """Where the names are defined; see `Reader.definitions`."""
        return self._all(lambda reader: reader.definitions(names, limit, common))[:limit]

    def references(
        self, names: Sequence[str], limit: int, common: int, near: Sequence[File] | None
    ) -> Sequence[Reference]:
        """Where the names are used; of very common ones only in the files `near`."""

        def ask(reader: Reader) -> Sequence[Reference]:
            if near is None:
                return reader.references(names, limit, common)
            inside = [path for folder, path in near if folder == reader.folder]
            return reader.references(names, limit, common, inside)

        return self._all(ask)[:limit]

    def outlines(self, files: Sequence[File]) -> Sequence[Sequence[Symbol]]:
        """The definitions of each of these files."""
        found: dict[File, Sequence[Symbol]] = {}
        for folder, reader in self.by_folder.items():
            outlines = reader.outlines([path for home, path in files if home == folder])
            found |= {(folder, path): symbols for path, symbols in outlines.items()}
        return [found.get(file, ()) for file in files]

    def _all(self, ask: Callable[[Reader], Iterable[T]]) -> list[T]:
        return [one for reader in self.by_folder.values() for one in ask(reader)]
