"""Which files belong to a place in the code, why, and which of their lines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from homespun.core import uri as uris
from homespun.core.definitions import enclosing
from homespun.core.identifiers import names, words
from homespun.core.symbols import Question, Symbol
from homespun.core.text import Snapshot, Span
from homespun.engine.nearby import nearby
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.search import Index
from homespun.engine.weighing import COMMON_NAME, IMPORTED, Key, Relations, Weighed, Weighing

_LATELY = 1800.0
"""Seconds for which a file that was saved is what somebody works on."""
_HITS = 20
"""Files that have words of the instruction."""
_MOST_EDITED = 10
"""More files, or more than a quarter of all, were not saved by a person but written by a tool."""
_MOST_FILES = 40
_OUTLINED = 15
"""Files that are worth a look at their outline though no line of them is known to matter."""
_REMEMBERED = 60.0
"""Seconds for which it is known what imports a file: it only helps to tell what is worth more."""
_COMMON_WORD = 10 * COMMON_NAME
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


class Ranking:
    """Asks the index what belongs to a place."""

    def __init__(self, index: Index, workspace: Workspace, paths: Paths) -> None:
        """`index` may know nothing yet, or ever."""
        self._index = index
        self._workspace = workspace
        self._paths = paths
        self._related: dict[Key, Relations] = {}

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
        most_edited = min(_MOST_EDITED, relations.files // 4)
        question = Question(
            users_of=_defined(subject, focus, own),
            common=_COMMON_WORD,
            near=sorted(relations.importers),
            defined=names(f"{part}\n{said}"),
            most_definitions=COMMON_NAME,
            stems=_tests(here),
            since=time.time() - _LATELY,
            # To see that there are more than the most, though the subject is one of them.
            most_edited=most_edited + 2,
            words=words(said),
            most_hits=_HITS,
        )
        weighing = Weighing(here, relations)
        weighing.take(await self._index.answers(question), most_edited)
        best = weighing.best(_MOST_FILES)
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
            Found(self._named(one.path), one.reason, -IMPORTED + n / 1000)
            for n, one in enumerate(near)
        ]

    async def _relations(self, here: Key) -> Relations:
        known = self._related.get(here)
        if known is None or time.monotonic() - known.at > _REMEMBERED or not known.files:
            state, imports, importers = await asyncio.gather(
                self._index.state(), self._index.imports(*here), self._index.importers(*here)
            )
            known = Relations(
                time.monotonic(),
                state.files,
                frozenset((here[0], path) for path in imports),
                frozenset((here[0], path) for path in importers),
            )
            self._related = {**dict(list(self._related.items())[-20:]), here: known}
        return known

    def _found(self, key: Key, file: Weighed, outline: Sequence[Symbol]) -> Found:
        lines = tuple(symbol.line for symbol in outline)
        return Found(self._uri(key), file.why(), -file.worth, _places(file.lines, outline), lines)

    def _key(self, uri: str) -> Key | None:
        home = self._paths.home(uri)
        if not home:
            return None
        return home, self._paths.within(home, uri)

    def _uri(self, key: Key) -> str:
        return self._named(f"{key[0].rstrip('/')}/{key[1]}")

    def _named(self, path: str) -> str:
        """The URI of an absolute path, as the editor spells it where the file is open."""
        plain = uris.from_path(path, windows=self._paths.windows)
        opened = self._workspace.opened(plain)
        return plain if opened is None else opened.uri


def _tests(here: Key) -> Sequence[str]:
    """How the tests of a file may be named."""
    stem = here[1].rpartition("/")[2].partition(".")[0]
    return f"test_{stem}", f"{stem}_test", f"{stem}.test", f"{stem}.spec", f"{stem}Test"


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
