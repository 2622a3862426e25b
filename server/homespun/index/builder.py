"""Builds one index and keeps it true: in small steps, so that news can come in between."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from homespun.index import scan
from homespun.index.imports import IMPORTS
from homespun.index.languages import Tongue, tongue
from homespun.index.scan import Found, Limits, Rules, Stamp
from homespun.index.store import Store
from homespun.index.tags import Tags, tags
from homespun.index.texts import NoText, read

_COMMIT = 0.5
"""Seconds between two commits while much is written."""
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
        return os.path.join(self.folder, *relative.split("/"))

    def relative(self, path: str) -> str | None:
        """An absolute path as one of the folder's, with `/`; None for one that lies elsewhere."""
        start = self.folder.rstrip(os.sep) + os.sep
        if not os.path.normcase(path).startswith(os.path.normcase(start)):
            return None
        return path[len(start) :].replace(os.sep, "/").rstrip("/") or None


class Builder:
    """Brings an index up to date with its folder, and then file by file with what changes."""

    def __init__(self, subject: Subject, store: Store) -> None:
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
        for path in changed:
            self._words(path, found.files[path])
            yield from self._breath()
        unparsed = self._store.unparsed()
        self._tell(words=True, symbols=not unparsed)
        for id, path in unparsed:
            self._symbols(id, path)
            yield from self._breath()
        self._tell(words=True, symbols=True)
        if len(changed) > _SETTLING:
            self._store.settle()

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
            id = self._words(relative, None)
            if id is not None:
                self._commit()
                self._symbols(id, relative)
        else:
            self._store.remove(relative)

    def _words(self, path: str, stamp: Stamp | None) -> int | None:
        """Take in a file's words; its id where it has symbols too."""
        text = read(self._subject.path(path))
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
        language = tongue(path)
        text = read(self._subject.path(path))
        if language is None or isinstance(text, NoText):
            self._store.put_tags(id, Tags(), (), ())
            return
        put_symbols(self._store, id, path, tags(language, text.data), language)

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


def put_symbols(store: Store, id: int, path: str, found: Tags, language: Tongue) -> None:
    """Take in what was found in a file."""
    own = IMPORTS[language.imports]
    specs = dict.fromkeys(spec for statement in found.imports for spec in own.specs(statement))
    keyed = [(spec, key) for spec in specs for key in own.keys(spec, path)]
    spaces = dict.fromkeys(name for statement in found.spaces for name in own.spaces(statement))
    store.put_tags(id, found, keyed, spaces)
