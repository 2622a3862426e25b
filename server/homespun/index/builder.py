"""Builds one index and keeps it true: in small steps, so that news can come in between."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from homespun.index import scan
from homespun.index.extract import extract
from homespun.index.helper import Helper
from homespun.index.languages import tongue
from homespun.index.scan import Found, Limits, Rules
from homespun.index.store import Store
from homespun.index.texts import NoText, Text, read

_log = logging.getLogger(__name__)

_COMMIT = 2.0
"""Seconds between two commits while much is written."""
_SETTLING = 2_000
"""Files that must have changed before it pays to put the index in order."""
_AHEAD = 16
"""Files that are read at once, before their turn."""
_SHARED = 200
"""Files that must be parsed before a second process has started in time to help."""
_IGNORE_FILES = (".gitignore", ".ignore", ".homespunignore")


@dataclass(frozen=True, slots=True)
class Subject:
    """The folder that is indexed, and what may be taken in of it.

    `rules` are asked by a walk; `allows` is asked of one file, by its absolute path.
    """

    folder: str
    limits: Limits
    rules: Rules
    allows: Callable[[str], bool]

    def holds(self, relative: str) -> bool:
        """Whether a walk would find this file, which may not be there."""
        path = self.path(relative)
        folder = os.path.join(os.path.realpath(self.folder), *relative.split("/")[:-1])
        return (
            not scan.derived(relative)
            and os.path.realpath(os.path.dirname(path)) == folder
            and not os.path.islink(path)
            and self.allows(path)
        )

    def path(self, relative: str) -> str:
        """The absolute path of one of its files."""
        return os.path.join(self.folder, *relative.split("/"))

    def relative(self, path: str) -> str | None:
        """An absolute path as one of the folder's, with `/`; None for one that lies elsewhere."""
        start = self.folder.rstrip(os.sep) + os.sep
        if not os.path.normcase(path).startswith(os.path.normcase(start)):
            return None
        return path[len(start) :].replace(os.sep, "/").rstrip("/") or None


class Builder:
    """Brings an index up to date with its folder, and then file by file with what changes."""

    def __init__(self, subject: Subject, store: Store, helper: Sequence[str] | None = None) -> None:
        """`helper`: the command of a second process that parses, see `Helper`."""
        self._helper = helper
        self._subject = subject
        self._store = store
        self._committed = time.monotonic()
        self._complete = True
        self.stale = True
        """Whether the folder must be walked (again)."""

    def steps(self) -> Iterator[None]:
        """Walk the folder and take in what is new: words first, then symbols. Ends when done."""
        self.stale = False
        found = Found()
        subject = self._subject
        yield from scan.scan(subject.folder, subject.rules, subject.limits, found)
        self._complete = found.complete
        known = self._store.known()
        stamps = {path: one.stamp for path, one in known.items()}
        stamps.update(self._store.passed_over())
        changed, gone = scan.differences(found.files, stamps)
        self._store.skip_anew(found.skipped)
        for path in gone:
            self._store.remove(path)
            yield from self._breath()
        if changed:
            self._tell(words=False, symbols=False)
        for path, text in self._read_ahead(changed):
            self._take(path, text)
            yield from self._breath()
        unparsed = self._store.unparsed()
        self._tell(words=True, symbols=not unparsed)
        with self._parsing(len(unparsed)) as helper:
            yield from self._parse(unparsed, helper)
        self._tell(words=True, symbols=True)
        if len(changed) > _SETTLING:
            self._store.settle()

    def _parse(self, unparsed: list[tuple[int, str]], helper: Helper | None) -> Iterator[None]:
        """Take in the symbols of files, half of them by `helper`, where there is one."""
        waiting = deque(unparsed)
        while waiting:
            while helper is not None and helper.has_room and waiting:
                id, path = waiting.pop()
                helper.give(id, path, self._subject.path(path))
            if waiting:
                self._symbols(*waiting.popleft())
            yield from self._taken(helper, wait=0.0)
            if helper is not None and not waiting:
                while helper.owed and helper.alive:
                    yield from self._taken(helper, wait=0.1)
                waiting.extend(helper.owed.items())
                helper = None

    def _taken(self, helper: Helper | None, wait: float) -> Iterator[None]:
        for id, found in helper.done(wait) if helper is not None else ():
            self._store.put_extract(id, found)
        yield from self._breath()

    @contextmanager
    def _parsing(self, count: int) -> Generator[Helper | None]:
        """A second process, where there is enough for two to do."""
        if self._helper is None or count < _SHARED:
            yield None
            return
        try:
            helper = Helper(self._helper)
        except OSError as error:
            _log.warning("No second process parses: %s", error)
            yield None
            return
        try:
            yield helper
        finally:
            helper.close()

    def changed(self, paths: Sequence[str]) -> None:
        """Look at files or folders (absolute paths) anew, now."""
        for path in paths:
            relative = self._subject.relative(path)
            if relative is None:
                continue
            if relative.rpartition("/")[2] in _IGNORE_FILES:
                self.stale = True
            self._look(relative, path)
        self._commit()

    def _look(self, relative: str, path: str) -> None:
        if os.path.isdir(path):
            self.stale = self.stale or self._subject.allows(os.path.join(path, "any"))
            return
        for inner in self._store.inside(relative) if not os.path.lexists(path) else ():
            self._store.remove(inner)
        if self._subject.holds(relative):
            id = self._take(relative, read(path))
            if id is not None:
                self._commit()
                self._symbols(id, relative)
        else:
            self._store.remove(relative)

    def _read_ahead(self, paths: Sequence[str]) -> Iterator[tuple[str, Text | NoText]]:
        """The texts of files, read in a thread while SQLite works: neither holds the other up."""

        def texts(some: Sequence[str]) -> list[tuple[str, Text | NoText]]:
            return [(path, read(self._subject.path(path))) for path in some]

        with ThreadPoolExecutor(1) as thread:
            following: Future[list[tuple[str, Text | NoText]]] | None = None
            for at in range(0, len(paths), _AHEAD):
                current, following = following, thread.submit(texts, paths[at : at + _AHEAD])
                yield from current.result() if current is not None else ()
            yield from following.result() if following is not None else ()

    def _take(self, path: str, text: Text | NoText) -> int | None:
        """Take in a file's words; its id where it has symbols too."""
        if isinstance(text, NoText):
            if text.stamp is None:
                self._store.remove(path)
            else:
                self._store.skip(path, text.reason, text.stamp)
            return None
        has_symbols = tongue(path) is not None
        decoded = text.data.decode("utf-8", "replace")
        id = self._store.put_words(path, text.stamp, decoded, has_symbols=has_symbols)
        return id if has_symbols else None

    def _symbols(self, id: int, path: str) -> None:
        self._store.put_extract(id, extract(path, self._subject.path(path)))

    def _breath(self) -> Iterator[None]:
        if time.monotonic() - self._committed > _COMMIT:
            self._commit()
        yield

    def _tell(self, *, words: bool, symbols: bool) -> None:
        whole = self._complete
        self._store.tell(words=words and whole, symbols=symbols and whole, walked=words)
        self._commit()

    def _commit(self) -> None:
        self._store.commit()
        self._committed = time.monotonic()
