"""The last look at a refactor: names that it left behind, or that nothing defines any more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from homespun.core import python_names
from homespun.core.instruction_words import uses
from homespun.core.interfaces import signatures
from homespun.core.plan import FileChange
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.refactor.modules import Changed, Modules, is_python
from homespun.engine.search import Index
from homespun.errors import HomespunError

_SHORTEST = 3
"""Letters of a name that is looked for as a word: shorter ones are everywhere."""
_LINES_NAMED = 5
_MOST_NAMES = 200

Findings = dict[str, list[str]]
"""What is wrong, by the URI of the file that it is in."""


class Consistency:
    """Looks over all files, changed or not, as they would be."""

    def __init__(self, overlay: Workspace, paths: Paths, index: Index) -> None:
        """`overlay` has the texts as they would be; `index` knows those on disk."""
        self._overlay = overlay
        self._paths = paths
        self._index = index

    async def find(self, files: Iterable[FileChange]) -> Findings:
        """What the changes `files` leave to be put right, by file."""
        changed = [self._changed(file) for file in files if file.offered]
        found: Findings = {}
        lost = await self._lost(changed)
        for uri in await self._holding(changed, lost):
            await self._left_behind(found, uri, lost)
        await self._python(found, changed)
        return {uri: list(dict.fromkeys(reasons)) for uri, reasons in found.items()}

    async def _lost(self, changed: Sequence[Changed]) -> dict[str, str]:
        """The names that were defined and are nowhere any more, with the file where they were."""
        now = {name for one in changed for name, _ in signatures(one.after or "")}
        gone = {
            name: one.shown
            for one in changed
            for name, _ in signatures(one.before or "")
            if name not in now and len(name) >= _SHORTEST
        }
        if not gone:
            return {}
        ours = {one.uri for one in changed}
        elsewhere = {
            symbol.name
            for symbol in await self._index.definitions(list(gone)[:_MOST_NAMES], limit=10_000)
            if self._paths.uri_of(symbol.folder, symbol.path) not in ours
        }
        return {name: path for name, path in gone.items() if name not in elsewhere}

    async def _holding(self, changed: Sequence[Changed], lost: Mapping[str, str]) -> list[str]:
        """The files that may still have one of `lost`."""
        if not lost:
            return []
        names = list(lost)[:_MOST_NAMES]
        uses_ = await self._index.references(names, limit=20_000)
        hits = await self._index.words(names, limit=2000)
        known = [self._paths.uri_of(one.folder, one.path) for one in (*uses_, *hits)]
        opened = [one.uri for one in self._overlay.open_documents() if self._paths.inside(one.uri)]
        return sorted({*known, *opened, *(one.uri for one in changed)})

    async def _left_behind(self, found: Findings, uri: str, lost: Mapping[str, str]) -> None:
        text = await self._text(uri)
        if text is None:
            return
        tree = python_names.parsed(text) if uri.endswith(".py") else None
        for name, path in lost.items():
            lines = uses(text, name)
            if not lines or (tree is not None and not python_names.used_in_code(tree, name)):
                continue
            reason = f"still has `{name}` {_at(lines)}, which {path} does not define any more"
            found.setdefault(uri, []).append(reason)

    async def _python(self, found: Findings, changed: Sequence[Changed]) -> None:
        ours = [one for one in changed if is_python(one.path) or is_python(one.new_path)]
        if not ours:
            return
        for one in ours:
            for name, line in await asyncio.to_thread(_newly_undefined, one):
                reason = f"uses `{name}` (line {line}), which nothing defines or imports there"
                found.setdefault(one.uri, []).append(reason)
        before = frozenset([file.path for file in await self._index.files()])
        modules = Modules(ours, before)
        await self._invented(found, ours, modules)
        for uri, path in await self._importing(ours, modules):
            text = await self._text(uri)
            tree = None if text is None else python_names.parsed(text)
            for reason in modules.wrong(tree, path) if tree is not None else ():
                found.setdefault(uri, []).append(reason)

    async def _invented(self, found: Findings, ours: Sequence[Changed], modules: Modules) -> None:
        """Names that a change newly imports from the project, and that nothing defines in it."""
        wanted = [(one, taken) for one in ours for taken in modules.newly_taken(one)]
        if not wanted:
            return
        names = list(dict.fromkeys(taken.name for _, taken in wanted))[:_MOST_NAMES]
        known = {symbol.name for symbol in await self._index.definitions(names, limit=10_000)}
        known |= {name for one in ours for name, _ in signatures(one.after or "")}
        for one, taken in wanted:
            if taken.name not in known and not await self._binds(one, taken, modules):
                reason = f"imports `{taken.name}` (line {taken.line}), which nothing defines"
                found.setdefault(one.uri, []).append(reason)

    async def _binds(self, one: Changed, taken: python_names.Taken, modules: Modules) -> bool:
        """Whether the module binds the name in a way that no index knows, as under an `if`.

        What it imports by `*` is followed within the project; what comes from outside may be any.
        """
        folder = self._paths.home(one.uri)
        waiting, seen = [modules.file_of(taken, one.new_path)], set[str]()
        while folder and waiting:
            path = waiting.pop()
            if not path:
                return True
            seen.add(path)
            text = await self._text(self._paths.uri_of(folder, path))
            tree = None if text is None else python_names.parsed(text)
            if tree is None:
                continue
            if {taken.name, "__getattr__"} & python_names.top_names(tree):
                return True
            further = [modules.file_of(star, path) for star in python_names.stars(tree)]
            waiting += [path for path in further if path not in seen]
        return False

    async def _importing(self, ours: Sequence[Changed], modules: Modules) -> list[tuple[str, str]]:
        """The files, by URI and path in their folder, that import one of ours, and ours."""
        found: dict[str, str] = {}
        for one in ours:
            if one.after is not None:
                found[one.uri] = one.new_path
            folder = self._paths.home(one.uri)
            if not folder or not modules.changed(one.path):
                continue
            for path in await self._index.importers(folder, self._paths.within(folder, one.uri)):
                found.setdefault(self._paths.uri_of(folder, path), path)
        return sorted(found.items())

    def _changed(self, file: FileChange) -> Changed:
        after = None if file.action == "delete" else file.after
        folder = self._paths.home(file.uri)
        path = self._paths.within(folder, file.uri) if folder else file.path
        new_path = self._paths.within(folder, file.new_uri) if folder and file.new_uri else path
        return Changed(file.uri, file.path, path, new_path, file.before, after)

    async def _text(self, uri: str) -> str | None:
        """The text that a file would have, under the name that it would have by then."""
        try:
            snapshot = await self._overlay.read(self._overlay.moved(uri))
        except HomespunError:
            return None
        return None if snapshot is None else snapshot.text


def _newly_undefined(one: Changed) -> list[tuple[str, int]]:
    """Names that the text after lacks and the text before did not."""
    after = None if one.after is None else python_names.parsed(one.after)
    if after is None or not is_python(one.new_path):
        return []
    before = None if one.before is None else python_names.parsed(one.before)
    lacking = {} if before is None else python_names.undefined(before)
    now = python_names.undefined(after)
    return [(name, line) for name, line in sorted(now.items()) if name not in lacking]


def _at(lines: Sequence[int]) -> str:
    named = ", ".join(str(line + 1) for line in lines[:_LINES_NAMED])
    more = ", ..." if len(lines) > _LINES_NAMED else ""
    return f"(line{'' if len(lines) == 1 else 's'} {named}{more})"
