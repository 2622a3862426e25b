"""Builds one index and keeps it true: in small steps, so that news can come in between."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from homespun.index import scan
from homespun.index.extract import Extract, extract
from homespun.index.gathering import Gathering, take
from homespun.index.helper import Answer
from homespun.index.languages import tongue
from homespun.index.scan import Found, Limits, Rules
from homespun.index.sharing import Last, Sharing
from homespun.index.store import Store
from homespun.index.tasks import Task, Tasks
from homespun.index.texts import read

_COMMIT = 5.0
"""Seconds between two commits while much is written."""
_SORTING = 50
"""Sorting the imports takes as long as finding the symbols of one of so many files."""
_SETTLING = 2_000
"""Files that must have changed before it pays to put the index in order."""
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
        return f"{self.folder.rstrip(os.sep)}{os.sep}{relative.replace('/', os.sep)}"

    def relative(self, path: str) -> str | None:
        """An absolute path as one of the folder's, with `/`; None for one that lies elsewhere."""
        start = self.folder.rstrip(os.sep) + os.sep
        if not os.path.normcase(path).startswith(os.path.normcase(start)):
            return None
        return path[len(start) :].replace(os.sep, "/").rstrip("/") or None


class Builder:
    """Brings an index up to date with its folder, and then file by file with what changes."""

    def __init__(self, subject: Subject, store: Store, helper: Sequence[str] | None = None) -> None:
        """`helper`: the command of a second process, see `Sharing`."""
        self._helper = helper
        self._subject = subject
        self._store = store
        self._committed = time.monotonic()
        self._complete = True
        self._under_way = False
        self._words: Gathering | None = None
        self.stale = True
        """Whether the folder must be walked (again)."""

    def steps(self) -> Iterator[None]:
        """Walk the folder and take in what is new: words first, then symbols. Ends when done."""
        self.stale = False
        self._under_way = True
        with closing(Sharing(self._helper, self._store.half)) as sharing:
            self._words = words = Gathering(self._store, sharing, self._subject.path)
            yield from self._walk(words)
            for _ in words.steps():
                yield from self._breath()
            self._words = None
            tasks = Tasks(
                Task("symbols", id, path, self._subject.path(path), size)
                for id, path, size in self._store.unparsed()
            )
            self._tell(words=True, symbols=not tasks)
            last = Last(self._store.sort_imports, _SORTING)
            for _ in sharing.work_off(tasks, self._parse, self._take_parsed, last):
                yield from self._breath()
        self._under_way = False
        while self._store.sort_imports():
            yield from self._breath()
        self._tell(words=True, symbols=True)
        if words.count > _SETTLING:
            self._store.settle()

    def _walk(self, words: Gathering) -> Iterator[None]:
        """Compare the folder with the index: what is new is for `words`, what is gone goes."""
        found = Found()
        known = self._store.stamps()
        subject = self._subject
        for paths in scan.scan(subject.folder, subject.rules, subject.limits, found):
            changed = {
                path: stamp for path in paths if known.get(path) != (stamp := found.files[path])
            }
            if changed and not words.count:
                self._tell(words=False, symbols=False)
            words.add(changed)
            yield
        self._complete = found.complete
        for path in known.keys() - found.files.keys():
            self._store.remove(path)
            yield from self._breath()
        self._store.skip_anew(found.skipped)

    def changed(self, paths: Sequence[str]) -> None:
        """Look at files or folders (absolute paths) anew, now."""
        for path in paths:
            relative = self._subject.relative(path)
            if relative is None:
                continue
            if relative.rpartition("/")[2] in _IGNORE_FILES:
                self.stale = True
            self._look(relative, path)
        if not self._under_way:
            self._store.sort_imports()
        self._commit()

    def _look(self, relative: str, path: str) -> None:
        if os.path.isdir(path):
            self.stale = self.stale or self._subject.allows(os.path.join(path, "any"))
            return
        if self._words is not None:
            self._words.pass_by(relative)
        for inner in self._store.inside(relative) if not os.path.lexists(path) else ():
            self._store.remove(inner)
        if self._subject.holds(relative):
            take(self._store, relative, read(path), self._store.new_row())
            self._commit()
            if (id := self._store.id(relative)) is not None and tongue(relative) is not None:
                self._parse(Task("symbols", id, relative, path))
        else:
            self._store.remove(relative)

    def _parse(self, task: Task) -> None:
        self._store.put_extract(task.number, extract(task.path, task.file))

    def _take_parsed(self, task: Task, answer: Answer) -> None:
        if isinstance(answer, Extract):
            self._store.put_extract(task.number, answer)

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
