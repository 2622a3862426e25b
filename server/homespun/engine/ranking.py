"""Which files belong to a place in the code, why, and which of their lines."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from homespun.core import uri as uris
from homespun.core.definitions import enclosing
from homespun.core.identifiers import names, words
from homespun.core.symbols import Hit, Question, Reference, Symbol
from homespun.core.text import Snapshot, Span
from homespun.engine.nearby import nearby
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.search import Index

_USER = 4.0
"""What a file is worth that uses what is being changed; the others are measured by it."""
_DEFINITION = 2.5
_TEST = 1.5
_IMPORTED = 1.0
_IMPORTER = 0.8
_WORDS = 1.0
_EDITED = 0.8
_LATELY = 1800.0
"""Seconds for which a file that was saved is what somebody works on."""
_HITS = 20
"""Files that have words of the instruction."""
_MOST_EDITED = 10
"""More files, or more than a quarter of all, were not saved by a person but written by a tool."""
_RELATED = 2.0
"""By how much more a name counts in a file that imports, or is imported by, the subject."""
_MOST_FILES = 40
_OUTLINED = 15
"""Files that are worth a look at their outline though no line of them is known to matter."""
_REMEMBERED = 60.0
"""Seconds for which it is known what imports a file: it only helps to tell what is worth more."""
_COMMON_NAME = 40
"""Files with a name from which on it tells nothing of any of them."""
_COMMON_WORD = 10 * _COMMON_NAME
"""Files that hold a word from which on it is no use to look which of them use it as a name."""
_LONG_PLACE = 60
"""Lines of a definition that are shown whole; of a longer one the lines around the name."""
_AROUND = 4
_MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A file that belongs to a task: the smaller the `rank`, the more. Lines count from 0."""

    uri: str
    reason: str
    rank: float
    places: tuple[tuple[int, int], ...] = ()
    outline: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """What belongs to a place, the worthiest first, and the lines of its own file's outline."""

    files: Sequence[Found]
    outline: Sequence[int] = ()


_NOTHING = Belonging(())


@dataclass
class _File:
    """What speaks for a file so far."""

    worth: float = 0.0
    reasons: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    lines: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def add(self, worth: float, reason: str, name: str = "") -> None:
        self.worth += worth
        self.reasons.setdefault(reason, set()).add(name)

    def says(self, reason: str, name: str) -> bool:
        """Whether `add` was told of both."""
        return name in self.reasons.get(reason, ())

    def why(self) -> str:
        """The reasons with some of the names, for people."""
        said: list[str] = []
        for reason, about in self.reasons.items():
            shown = sorted(filter(None, about))
            more = ", ..." if len(shown) > 3 else ""
            said.append(f"{reason} {', '.join(shown[:3])}{more}".rstrip())
        return "; ".join(said)


Key = tuple[str, str]
"""A file of the index: its folder, and its path in it."""


@dataclass(frozen=True, slots=True)
class _Relations:
    """What a file imports, and what imports it, of how many `files` of the index.

    `at` is when that was looked at, by a steady clock.
    """

    at: float
    files: int
    imports: frozenset[Key]
    importers: frozenset[Key]


class Ranking:
    """Asks the index what belongs to a place."""

    def __init__(self, index: Index, workspace: Workspace, paths: Paths) -> None:
        """`index` may know nothing yet, or ever."""
        self._index = index
        self._workspace = workspace
        self._paths = paths
        self._related: dict[Key, _Relations] = {}

    async def belonging(self, subject: Snapshot, focus: Span | None, said: str) -> Belonging:
        """What belongs to the part `focus` of `subject` (None: all), the worthiest first.

        `said` is what is to be done there, and what the editor reports.
        """
        here = self._key(subject.uri)
        if here is None:
            return _NOTHING
        relations, (own,) = await asyncio.gather(
            self._relations(here), self._index.outlines([here])
        )
        if not relations.files:
            return Belonging(await self._nearby(subject, here[0]))
        part = subject.text if focus is None else _around(subject, focus)
        asked = _Asked(here, relations)
        await asked.of(
            self._index,
            _defined(subject, focus, own),
            names(f"{part}\n{said}"),
            words(said),
            most_edited=min(_MOST_EDITED, relations.files // 4),
        )
        best = asked.best()
        outlined = [key for n, (key, file) in enumerate(best) if file.lines or n < _OUTLINED]
        outlines = dict(zip(outlined, await self._index.outlines(outlined), strict=True))
        return Belonging(
            [self._found(key, file, outlines.get(key, ())) for key, file in best],
            tuple(symbol.line for symbol in own if _still(subject, symbol)),
        )

    async def _nearby(self, subject: Snapshot, folder: str) -> Sequence[Found]:
        path = self._paths.absolute(subject.uri)
        near = await asyncio.to_thread(nearby, path, subject.text, folder)
        return [
            Found(self._named(one.path), one.reason, -_IMPORTED + n / 1000)
            for n, one in enumerate(near)
        ]

    async def _relations(self, here: Key) -> _Relations:
        known = self._related.get(here)
        if known is None or time.monotonic() - known.at > _REMEMBERED or not known.files:
            state, imports, importers = await asyncio.gather(
                self._index.state(), self._index.imports(*here), self._index.importers(*here)
            )
            known = _Relations(
                time.monotonic(),
                state.files,
                frozenset((here[0], path) for path in imports),
                frozenset((here[0], path) for path in importers),
            )
            self._related = {**dict(list(self._related.items())[-20:]), here: known}
        return known

    def _found(self, key: Key, file: _File, outline: Sequence[Symbol]) -> Found:
        lines = tuple(symbol.line for symbol in outline)
        return Found(self._uri(key), file.why(), -file.worth, _places(file.lines, outline), lines)

    def _key(self, uri: str) -> Key | None:
        home = self._paths.home(uri)
        if not home:
            return None
        path = self._paths.absolute(uri)
        return home, path[len(home) :].lstrip("/\\").replace("\\", "/")

    def _uri(self, key: Key) -> str:
        return self._named(f"{key[0].rstrip('/')}/{key[1]}")

    def _named(self, path: str) -> str:
        """The URI of an absolute path, as the editor spells it where the file is open."""
        plain = uris.from_path(path, windows=self._paths.windows)
        opened = self._workspace.opened(plain)
        return plain if opened is None else opened.uri


class _Asked:
    """One look at the index, for the subject `here`."""

    def __init__(self, here: Key, relations: _Relations) -> None:
        self._here = here
        self._relations = relations
        self._files: dict[Key, _File] = defaultdict(_File)
        for key in relations.imports:
            self._note(key, _IMPORTED, "is imported by it")
        for key in relations.importers:
            self._note(key, _IMPORTER, "imports it")

    async def of(
        self,
        index: Index,
        changed: Sequence[str],
        used: Sequence[str],
        said: Sequence[str],
        most_edited: int,
    ) -> None:
        """Ask for the names that are changed and used there, and the words that are said."""
        answers = await index.answers(
            Question(
                users_of=changed,
                common=_COMMON_WORD,
                near=sorted(self._relations.importers),
                defined=used,
                most_definitions=_COMMON_NAME,
                stems=_tests(self._here),
                since=time.time() - _LATELY,
                # To see that there are more than the most, though the subject is one of them.
                most_edited=most_edited + 2,
                words=said,
                most_hits=_HITS,
            )
        )
        self._users(answers.users)
        self._definitions(answers.definitions)
        for one in answers.named:
            self._note((one.folder, one.path), _TEST, "tests it")
        self._edited({(one.folder, one.path) for one in answers.edited}, most_edited)
        self._words(answers.hits)

    def _users(self, references: Sequence[Reference]) -> None:
        """Who uses what is being changed."""
        spread = _spread((r.name, (r.folder, r.path)) for r in references)
        for reference in references:
            key = (reference.folder, reference.path)
            related = _RELATED if key in self._relations.importers else 1.0
            worth = _USER * related * _telling(spread[reference.name])
            file = self._note(key, 0.0, "")
            if file is None:
                continue
            if not file.says("uses", reference.name):
                file.add(worth, "uses", reference.name)
            file.lines.add((reference.line, reference.line))

    def _definitions(self, symbols: Sequence[Symbol]) -> None:
        """Where the names are defined that are used there."""
        spread = _spread((s.name, (s.folder, s.path)) for s in symbols)
        for symbol in symbols:
            key = (symbol.folder, symbol.path)
            related = _RELATED if key in self._relations.imports else 1.0
            worth = _DEFINITION * related * _telling(spread[symbol.name])
            file = self._note(key, 0.0, "")
            if file is None or worth < 0.2:
                continue
            if not file.says("defines", symbol.name):
                # The tenth name that a file defines says less of it than the first.
                said = len(file.reasons.get("defines", ()))
                file.add(worth / (1 + said), "defines", symbol.name)
            file.lines.add((symbol.line, symbol.end_line))

    def _edited(self, files: set[Key], most: int) -> None:
        """What was saved a short time ago, where that is no more than `most` files."""
        others = files - {self._here}
        if len(others) <= most:
            for key in others:
                self._note(key, _EDITED, "was edited a short time ago")

    def _words(self, hits: Sequence[Hit]) -> None:
        """What speaks of the same things as the wish."""
        best = max((hit.score for hit in hits), default=0.0)
        for hit in hits:
            if best > 0:
                worth = _WORDS * hit.score / best
                self._note((hit.folder, hit.path), worth, "has words of the instruction")

    def best(self) -> Sequence[tuple[Key, _File]]:
        """The files that are worth most, in an order that depends on nothing else."""
        worthy = [(key, file) for key, file in self._files.items() if file.worth > 0]
        return sorted(worthy, key=lambda one: (-one[1].worth, one[0]))[:_MOST_FILES]

    def _note(self, key: Key, worth: float, reason: str) -> _File | None:
        if key == self._here:
            return None
        file = self._files[key]
        if worth:
            file.add(worth, reason)
        return file


def _tests(here: Key) -> Sequence[str]:
    """How the tests of a file may be named."""
    stem = here[1].rpartition("/")[2].partition(".")[0]
    return f"test_{stem}", f"{stem}_test", f"{stem}.test", f"{stem}.spec", f"{stem}Test"


def _spread(pairs: Iterable[tuple[str, Key]]) -> Counter[str]:
    """In how many files each name is."""
    return Counter(name for name, _ in set(pairs))


def _telling(files: int) -> float:
    """How much a name tells that is in so many files: 1 for one, nothing for very many."""
    return max(0.0, 1 - math.log(files) / math.log(_COMMON_NAME)) if files else 0.0


def _defined(subject: Snapshot, focus: Span | None, outline: Sequence[Symbol]) -> tuple[str, ...]:
    """The names whose definitions are changed: those in the focus, else those around it."""
    current = [symbol for symbol in outline if _still(subject, symbol)]
    if focus is None:
        return tuple(dict.fromkeys(symbol.name for symbol in current if not symbol.container))
    first = subject.line_at(focus.start)
    last = subject.line_at(max(focus.start, focus.end - 1))
    inside = [symbol.name for symbol in current if first <= symbol.line <= last]
    if inside:
        return tuple(dict.fromkeys(inside))
    around = enclosing(subject, first, last)
    return (around.name,) if around is not None and around.name else ()


def _still(subject: Snapshot, symbol: Symbol) -> bool:
    """Whether the index, which knows the file on disk, is right about the text as it is now."""
    lines = subject.lines
    return symbol.line < len(lines) and symbol.name in lines[symbol.line]


def _around(subject: Snapshot, focus: Span) -> str:
    """The focus, or the whole definition that it is in."""
    first = subject.line_at(focus.start)
    last = subject.line_at(max(focus.start, focus.end - 1))
    found = enclosing(subject, first, last)
    span = focus if found is None else found.span
    return subject.text[min(span.start, focus.start) : max(span.end, focus.end)]


def _places(lines: set[tuple[int, int]], outline: Sequence[Symbol]) -> tuple[tuple[int, int], ...]:
    """The definitions around the lines that matter, or a few lines where those are long."""
    wanted: list[tuple[int, int]] = []
    for first, last in sorted(lines)[: 4 * _MOST_PLACES]:
        around = [s for s in outline if s.line <= first and last <= s.end_line]
        inner = max(around, key=lambda s: s.line, default=None)
        if inner is not None and inner.end_line - inner.line < _LONG_PLACE:
            first, last = inner.line, inner.end_line
        elif last - first >= _LONG_PLACE:
            last = first + _LONG_PLACE
        else:
            first, last = max(0, first - _AROUND), last + _AROUND
        if wanted and first <= wanted[-1][1] + 2:
            wanted[-1] = (wanted[-1][0], max(last, wanted[-1][1]))
        else:
            wanted.append((first, last))
    return tuple(wanted[:_MOST_PLACES])
