"""Which files matter for a refactor, and why: what the index knows, before any model is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from homespun.core import instruction_words
from homespun.core.counting import counted
from homespun.core.globs import matches
from homespun.core.levels import levels
from homespun.core.symbols import Symbol
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.refactor.task import RefactorTask, SurveyFile
from homespun.engine.search import Index
from homespun.errors import HomespunError, NothingToDo
from homespun.security.path_guard import read_only

Tokens = Callable[[str], int]
Withheld = Callable[[str], str | None]

_BY_WORDS = 20
"""Files that are proposed for the instruction's words alone."""
_MOST_NAMES = 40

_DEFINES, _USES, _MENTIONS, _NAMED, _IMPORTS, _MATCHES = range(6)
"""Kinds of evidence, the best first."""


@dataclass(slots=True)
class Evidence:
    """What speaks for one file; `kind` is the best of it, `lines` (from 0) are where it is."""

    folder: str
    path: str
    kind: int = _MATCHES
    reasons: list[str] = field(default_factory=list[str])
    lines: list[int] = field(default_factory=list[int])

    def add(self, kind: int, reason: str, line: int | None = None) -> None:
        """One more reason."""
        self.kind = min(self.kind, kind)
        if reason not in self.reasons:
            self.reasons.append(reason)
        if line is not None:
            self.lines.append(line)


Files = dict[tuple[str, str], Evidence]
"""By folder and path."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the index proposes: the files, the names that it is about, and where those are."""

    files: tuple[SurveyFile, ...]
    names: tuple[str, ...]
    definitions: tuple[Symbol, ...]
    notes: tuple[str, ...]


class Surveyor:
    """Finds the files of a refactor in one workspace."""

    def __init__(self, workspace: Workspace, paths: Paths, index: Index) -> None:
        """`index` may know only a part of the workspace yet."""
        self._workspace = workspace
        self._paths = paths
        self._index = index

    async def find(self, task: RefactorTask, count: Tokens, withheld: Withheld) -> Found:
        """The files that matter, in order of dependency. Raises `NothingToDo` for none.

        `count` tells the tokens of a text, `withheld` why a file (absolute path) stays here.
        """
        found: dict[tuple[str, str], Evidence] = {}
        names, definitions = await self._names(task)
        await self._gather(found, names, definitions)
        self._opened(found, names)
        await self._named(found, task)
        known = any(one.kind < _MENTIONS for one in found.values())
        if not known and not task.include:
            await self._words(found, task)
        await self._included(found, task)
        kept = [one for one in found.values() if self._wanted(one, task)]
        if not kept:
            raise _nothing(task, await self._notes())
        files = await self._files(kept, task, count, withheld)
        return Found(await self._ordered(files), names, definitions, await self._notes())

    async def _names(self, task: RefactorTask) -> tuple[tuple[str, ...], tuple[Symbol, ...]]:
        """What the refactor is about: the symbol at the place, and names of the instruction."""
        asked: list[str] = []
        if task.place is not None and task.place.span is not None:
            snapshot = await self._workspace.read(task.place.uri)
            if snapshot is not None:
                asked.append(instruction_words.word_at(snapshot.text, task.place.span.start))
        told = instruction_words.names(task.instruction)
        plain = instruction_words.words(task.instruction)
        asked = [name for name in dict.fromkeys((*asked, *told, *plain)) if name][:_MOST_NAMES]
        defined = await self._index.definitions(asked)
        known = {symbol.name for symbol in defined}
        # A plain word that happens to be a name is meant only where nothing else is.
        sure = [name for name in asked if name in known and (name not in plain or name in told)]
        pointed = [name for name in asked[:1] if name in known and task.place is not None]
        names = tuple(dict.fromkeys((*pointed, *sure))) or tuple(n for n in asked if n in known)
        return names, tuple(symbol for symbol in defined if symbol.name in names)

    async def _gather(
        self, found: Files, names: Sequence[str], definitions: Sequence[Symbol]
    ) -> None:
        for symbol in definitions:
            reason = f"defines `{symbol.name}`"
            _at(found, symbol.folder, symbol.path).add(_DEFINES, reason, symbol.line)
        used: dict[tuple[str, str, str], list[int]] = {}
        for use in await self._index.references(names) if names else ():
            used.setdefault((use.folder, use.path, use.name), []).append(use.line)
        for (folder, path, name), lines in used.items():
            evidence = _at(found, folder, path)
            evidence.add(_USES, f"uses `{name}` ({counted(len(lines), 'place')})")
            evidence.lines += lines
        for symbol in definitions:
            for path in await self._index.importers(symbol.folder, symbol.path):
                if (symbol.folder, path) not in found:
                    _at(found, symbol.folder, path).add(_IMPORTS, f"imports {symbol.path}")
        for hit in await self._index.words(names, limit=1000) if names else ():
            if (hit.folder, hit.path) not in found:
                _at(found, hit.folder, hit.path).add(_MENTIONS, f"mentions {_listed(names)}")

    def _opened(self, found: Files, names: Sequence[str]) -> None:
        """Open documents, whose unsaved text the index does not know."""
        for snapshot in self._workspace.open_documents():
            folder = self._paths.home(snapshot.uri)
            key = (folder, self._inside(folder, snapshot.uri)) if folder else None
            if key is None or (key in found and found[key].kind < _MENTIONS):
                continue
            for name in names:
                lines = instruction_words.uses(snapshot.text, name)
                if lines:
                    evidence = _at(found, *key)
                    evidence.add(_USES, f"uses `{name}` (open in the editor)")
                    evidence.lines += lines

    async def _named(self, found: Files, task: RefactorTask) -> None:
        """Files that the instruction or the place names."""
        told = instruction_words.paths(task.instruction)
        for file in await self._index.files() if told else ():
            if any(file.path == one or file.path.endswith(f"/{one}") for one in told):
                _at(found, file.folder, file.path).add(_NAMED, "named in the instruction")
        if task.place is not None and (home := self._paths.home(task.place.uri)):
            path = self._inside(home, task.place.uri)
            _at(found, home, path).add(_NAMED, "where you are")

    async def _words(self, found: Files, task: RefactorTask) -> None:
        wanted = instruction_words.words(task.instruction)
        for hit in await self._index.words(wanted, limit=_BY_WORDS) if wanted else ():
            text = await self._text(hit.folder, hit.path)
            there = instruction_words.mentions(text, wanted) or list(wanted)
            _at(found, hit.folder, hit.path).add(_NAMED, f"has {_listed(there)}")

    async def _included(self, found: Files, task: RefactorTask) -> None:
        if not task.include:
            return
        for file in await self._index.files():
            if matches(self._shown(file.folder, file.path), task.include):
                _at(found, file.folder, file.path).add(_MATCHES, "among the files that you named")

    def _wanted(self, one: Evidence, task: RefactorTask) -> bool:
        shown = self._shown(one.folder, one.path)
        if task.exclude and matches(shown, task.exclude):
            return False
        return not task.include or matches(shown, task.include)

    async def _files(
        self, kept: Sequence[Evidence], task: RefactorTask, count: Tokens, withheld: Withheld
    ) -> list[SurveyFile]:
        """The files with their costs; chosen are those that something better speaks for."""
        evident = any(one.kind < _MATCHES for one in kept)
        best = _MENTIONS if any(one.kind <= _USES for one in kept) else _NAMED
        if not evident:
            best = _MATCHES
        files: list[SurveyFile] = []
        for one in sorted(kept, key=lambda one: (one.kind, one.folder, one.path)):
            files.append(await self._file(one, one.kind <= best, count, withheld))
        return files

    async def _file(
        self, one: Evidence, chosen: bool, count: Tokens, withheld: Withheld
    ) -> SurveyFile:
        uri = self._paths.uri_of(one.folder, one.path)
        absolute = self._paths.absolute(uri)
        refusal = withheld(absolute) or ""
        tokens = 0
        if not refusal:
            text, refusal = await self._readable(uri, absolute)
            tokens = count(text)
        return SurveyFile(
            uri,
            self._paths.relative(uri),
            tuple(one.reasons),
            tokens,
            chosen=chosen and not refusal,
            refusal=refusal,
        )

    async def _readable(self, uri: str, absolute: str) -> tuple[str, str]:
        """The file's text, and why it cannot be changed."""
        try:
            snapshot = await self._workspace.read(uri)
        except HomespunError as error:
            return "", error.message
        if snapshot is None:
            return "", "the file is gone"
        if absolute and read_only(absolute):
            return snapshot.text, "the file is read-only"
        return snapshot.text, ""

    async def _ordered(self, files: Sequence[SurveyFile]) -> tuple[SurveyFile, ...]:
        """`files` in levels: each after those that it imports."""
        by_uri = {file.uri: file for file in files}
        needs: dict[str, list[str]] = {}
        for file in files:
            folder = self._paths.home(file.uri)
            inside = self._inside(folder, file.uri) if folder else ""
            imports = await self._index.imports(folder, inside) if folder else ()
            needs[file.uri] = [self._paths.uri_of(folder, path) for path in imports]
        return in_levels(by_uri, levels(list(by_uri), needs))

    async def _text(self, folder: str, path: str) -> str:
        try:
            snapshot = await self._workspace.read(self._paths.uri_of(folder, path))
        except HomespunError:
            return ""
        return "" if snapshot is None else snapshot.text

    def _shown(self, folder: str, path: str) -> str:
        return self._paths.relative(self._paths.uri_of(folder, path))

    def _inside(self, folder: str, uri: str) -> str:
        return self._paths.within(folder, uri)

    async def _notes(self) -> tuple[str, ...]:
        state = await self._index.state()
        if state.problem:
            return (f"There is no index of the workspace: {state.problem}",)
        if not (state.words and state.symbols):
            return ("The workspace is still being looked through: files may be missing here.",)
        return ()


def _nothing(task: RefactorTask, notes: Sequence[str]) -> NothingToDo:
    said = " ".join(notes)
    if task.include or task.exclude:
        return NothingToDo(
            "No file that you named matters for this.", f"Name others. {said}".rstrip()
        )
    return NothingToDo(
        "No file seems to matter for this: nothing of the instruction is found in any.",
        f"Name the function or the files: in backticks, or by include. {said}".rstrip(),
    )


def in_levels(
    files: dict[str, SurveyFile], order: Iterable[Sequence[str]]
) -> tuple[SurveyFile, ...]:
    """`files` (by URI) in that order, each told its level."""
    return tuple(
        replace(files[uri], level=number) for number, level in enumerate(order) for uri in level
    )


def _at(found: Files, folder: str, path: str) -> Evidence:
    return found.setdefault((folder, path), Evidence(folder, path))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:5])
