"""The documents that are open in the editor, kept in step with it keystroke by keystroke."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from homespun.core import uri as uris
from homespun.core.following import Change
from homespun.core.linestore import LineStore
from homespun.core.text import Encoding, Position, Range, Snapshot

_FOLLOWED = 1000
"""Versions of a document from which places can be followed: minutes of typing, and half a MB."""


@dataclass(slots=True)
class _Document:
    """An open document: `uri` as the editor spells it, `version` as it counts."""

    uri: str
    language_id: str
    version: int | None
    store: LineStore
    kept: Snapshot | None = None
    passed: deque[tuple[int | None, Sequence[Change]]] = field(
        default_factory=lambda: deque(maxlen=_FOLLOWED)
    )
    """The versions before this one, each with what has made it the next one."""

    @property
    def snapshot(self) -> Snapshot:
        """The text as it is now; the same one until it changes, with all that it has derived."""
        if self.kept is None:
            self.kept = self.store.snapshot(self.uri, self.version, self.language_id)
        return self.kept

    def change(self, changes: Sequence[Mapping[str, Any]], encoding: Encoding) -> None:
        """Make changes as `didChange` has them, one after the other."""
        made: list[Change] = []
        self.passed.append((self.version, made))
        for change in changes:
            text = change["text"]
            if change.get("range") is None:
                made.append(Change.between(self.snapshot, Snapshot.of(self.uri, text), encoding))
                self.store.reset(text)
            else:
                range_ = _range(change["range"])
                made.append(Change.of(range_, text, encoding))
                self.store.replace(range_, encoding, text)
            self.kept = None


class Documents:
    """Open documents by URI, however it is spelled; the editor's own spelling is kept.

    `encoding` is that of the positions in changes, agreed on at `initialize`.
    """

    def __init__(self, platform: str) -> None:
        """`platform` as `sys.platform`: it decides which spellings mean the same file."""
        self.encoding: Encoding = "utf-16"
        self.windows = platform == "win32"
        self._ignore_case = platform == "darwin"
        self._open: dict[str, _Document] = {}
        self._spellings: dict[str, str] = {}
        self._watchers: dict[str, list[asyncio.Event]] = {}
        self._moves: dict[str, str] = {}

    def open(self, uri: str, language_id: str, version: int | None, text: str) -> None:
        """The editor opened a document, and owns its text from now on."""
        self.close(uri)
        self._open[uri] = _Document(uri, language_id, version, LineStore(text))
        self._spellings[self.key(uri)] = uri
        self.touched(uri)

    def change(self, uri: str, version: int | None, changes: Sequence[Mapping[str, Any]]) -> None:
        """The editor changed a document: `changes` as the plain JSON of `didChange`.

        Plain, because turning it into objects first costs ten times the change itself. Raises
        KeyError, TypeError or ValueError for what is no such JSON, or a document not open.
        """
        document = self._open[uri]
        document.change(changes, self.encoding)
        document.version = version
        if self._watchers:
            self.touched(uri)

    def close(self, uri: str) -> None:
        """The editor closed a document; from now on the disk has its text."""
        spelled = self._spellings.pop(self.key(uri), uri)
        if self._open.pop(spelled, None) is not None:
            self.touched(uri)

    def snapshot(self, uri: str) -> Snapshot | None:
        """The document's text as it is now; None where it is not open."""
        document = self._document(uri)
        return None if document is None else document.snapshot

    def since(self, uri: str, version: int) -> Sequence[Change] | None:
        """What has been changed since `version`, in order; None where that is not known."""
        document = self._document(uri)
        if document is None:
            return None
        if version == document.version:
            return ()
        versions = [passed for passed, _ in document.passed]
        if version not in versions:
            return None
        later = islice(document.passed, versions.index(version), None)
        return [change for _, changes in later for change in changes]

    def all(self) -> Sequence[Snapshot]:
        """Every open document, in the order in which they were opened."""
        return [document.snapshot for document in self._open.values()]

    def key(self, uri: str) -> str:
        """What is the same for all spellings of `uri`."""
        return uris.key(uri, windows=self.windows, ignore_case=self._ignore_case)

    def rename(self, uri: str, new_uri: str) -> None:
        """The editor gave a file, or a folder with all that is in it, another name."""
        self._moves.pop(self.key(new_uri), None)
        self._moves[self.key(uri)] = new_uri
        self.touched(uri)
        self.touched(new_uri)

    def moved(self, uri: str) -> str:
        """The URI that the file has now which had this one: the same unless it was renamed."""
        for _ in self._moves:
            following = self._next(uri)
            if following is None:
                break
            uri = following
        return uri

    def _document(self, uri: str) -> _Document | None:
        return self._open.get(uri) or self._open.get(self._spellings.get(self.key(uri), ""))

    def _next(self, uri: str) -> str | None:
        """One step on: by the rename of the file itself, or of a folder that holds it."""
        parts = uri.split("/")
        for count in range(len(parts), 3, -1):
            new = self._moves.get(self.key("/".join(parts[:count])))
            if new is not None:
                return "/".join((new.rstrip("/"), *parts[count:]))
        return None

    def touched(self, uri: str) -> None:
        """Tell those who watch `uri` that there is news of it."""
        for event in self._watchers.get(self.key(uri), ()):
            event.set()

    @contextmanager
    def watch(self, uri: str) -> Generator[asyncio.Event]:
        """An event that is set when `uri` is opened, changed, closed or reported on."""
        key, event = self.key(uri), asyncio.Event()
        self._watchers.setdefault(key, []).append(event)
        try:
            yield event
        finally:
            self._watchers[key].remove(event)
            if not self._watchers[key]:
                del self._watchers[key]


def _range(plain: Mapping[str, Any]) -> Range:
    start, end = plain["start"], plain["end"]
    return Range(
        Position(start["line"], start["character"]), Position(end["line"], end["character"])
    )
