"""The last look at a refactor: names that it left behind, or that nothing defines any more."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from homespun.core import python_names
from homespun.core.instruction_words import uses
from homespun.core.interfaces import signatures
from homespun.core.plan import FileChange
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.search import Index
from homespun.errors import HomespunError

_SHORTEST = 3
"""Letters of a name that is looked for as a word: shorter ones are everywhere."""
_LINES_NAMED = 5
_MOST_NAMES = 200

Findings = dict[str, list[str]]
"""What is wrong, by the URI of the file that it is in."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """A changed file: its paths and texts before and after, None where there is no such file.

    `shown` is its path as people see it, the others are within its folder.
    """

    uri: str
    shown: str
    path: str
    new_path: str
    before: str | None
    after: str | None


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

    async def _lost(self, changed: Sequence[_Changed]) -> dict[str, str]:
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

    async def _holding(self, changed: Sequence[_Changed], lost: Mapping[str, str]) -> list[str]:
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

    async def _python(self, found: Findings, changed: Sequence[_Changed]) -> None:
        ours = [one for one in changed if _is_python(one.path) or _is_python(one.new_path)]
        if not ours:
            return
        for one in ours:
            for name, line in await asyncio.to_thread(_newly_undefined, one):
                reason = f"uses `{name}` (line {line}), which nothing defines or imports there"
                found.setdefault(one.uri, []).append(reason)
        before = frozenset([file.path for file in await self._index.files()])
        modules = _Modules(ours, before)
        await self._invented(found, ours, modules)
        for uri, path in await self._importing(ours, modules):
            text = await self._text(uri)
            tree = None if text is None else python_names.parsed(text)
            for reason in modules.wrong(tree, path) if tree is not None else ():
                found.setdefault(uri, []).append(reason)

    async def _invented(self, found: Findings, ours: Sequence[_Changed], modules: _Modules) -> None:
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

    async def _binds(self, one: _Changed, taken: python_names.Taken, modules: _Modules) -> bool:
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

    async def _importing(
        self, ours: Sequence[_Changed], modules: _Modules
    ) -> list[tuple[str, str]]:
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

    def _changed(self, file: FileChange) -> _Changed:
        after = None if file.action == "delete" else file.after
        folder = self._paths.home(file.uri)
        path = self._paths.within(folder, file.uri) if folder else file.path
        new_path = self._paths.within(folder, file.new_uri) if folder and file.new_uri else path
        return _Changed(file.uri, file.path, path, new_path, file.before, after)

    async def _text(self, uri: str) -> str | None:
        """The text that a file would have, under the name that it would have by then."""
        try:
            snapshot = await self._overlay.read(self._overlay.moved(uri))
        except HomespunError:
            return None
        return None if snapshot is None else snapshot.text


class _Modules:
    """The changed Python modules, as what they are imported, and what they offer now."""

    def __init__(self, ours: Sequence[_Changed], before: frozenset[str]) -> None:
        now = set(before)
        for one in ours:
            now.discard(one.path)
            now.update([one.new_path] if one.after is not None else [])
        self._before, self._now = before, frozenset(now)
        self._offers: dict[str, frozenset[str] | None] = {}
        self._offered: dict[str, frozenset[str]] = {}
        self._taken = {one.new_path: _taken_before(one) for one in ours}
        self._gone: dict[str, str] = {}
        self._lost: set[str] = set()
        for one in ours:
            self._add(one)

    def changed(self, path: str) -> bool:
        """Whether a module has lost anything that others may have taken from it."""
        return path in self._lost

    def newly_taken(self, one: _Changed) -> list[python_names.Taken]:
        """What a changed file imports from modules of the project and did not import before."""
        tree = None if one.after is None else python_names.parsed(one.after)
        was = python_names.parsed(one.before or "")
        if tree is None or was is None or not _is_python(one.new_path):
            return []
        had = {taken.name for taken in python_names.taken(was)}
        fresh = [
            t for t in python_names.taken(tree) if t.name not in ("", "*") and t.name not in had
        ]
        return [t for t in fresh if self._is_ours(t, one.new_path)]

    def _is_ours(self, taken: python_names.Taken, path: str) -> bool:
        """Whether an import is of a module of the project, and not of a module within it."""
        module = python_names.resolved(taken, path, self._now)
        return bool(self.file_of(taken, path)) and self._has_no_module(module, taken.name)

    def file_of(self, taken: python_names.Taken, path: str) -> str:
        """The project's file that is the module of an import in `path`; "" for none."""
        inner = python_names.resolved(taken, path, self._now).replace(".", "/")
        ends = (f"{inner}.py", f"{inner}/__init__.py")
        return next((end for end in ends if end in self._now), "")

    def _has_no_module(self, module: str, name: str) -> bool:
        inner = f"{module}.{name}".replace(".", "/")
        ends = (f"{inner}.py", f"{inner}/__init__.py")
        return not any(path.endswith(ends) for path in self._now)

    def wrong(self, tree: ast.Module, path: str) -> list[str]:
        """What a module imports that is not there any more."""
        found: list[str] = []
        for one in python_names.taken(tree):
            module = python_names.resolved(one, path, self._now)
            if module in self._gone and module not in self._offers:
                found.append(f"imports {module} (line {one.line}), which is gone")
            elif one.name not in ("", "*") and self._is_lost(module, one.name, path):
                found.append(
                    f"imports `{one.name}` from {module} (line {one.line}), which does not have it"
                )
        return found

    def _add(self, one: _Changed) -> None:
        old = python_names.module_name(one.path, self._before | {one.path})
        tree = None if one.after is None else python_names.parsed(one.after)
        was = None if one.before is None else python_names.parsed(one.before)
        if one.after is None or one.new_path != one.path:
            self._gone[old] = one.path
            self._lost.add(one.path)
        if one.after is None:
            return
        offers = None if tree is None else python_names.offered(tree)
        self._offers[python_names.module_name(one.new_path, self._now)] = offers
        had = None if was is None else python_names.offered(was)
        self._offered[python_names.module_name(one.new_path, self._now)] = had or frozenset()
        if offers is not None and (had is None or had - offers):
            self._lost.add(one.path)

    def _is_lost(self, module: str, name: str, path: str) -> bool:
        """Whether an import fails now and did not before: what was broken already is not ours."""
        was_there = name in self._offered.get(module, ())
        is_new = path in self._taken and name not in self._taken[path]
        return (was_there or is_new) and not self._has(module, name)

    def _has(self, module: str, name: str) -> bool:
        offers = self._offers.get(module)
        if offers is None or name in offers:
            return True
        return not self._has_no_module(module, name)


def _taken_before(one: _Changed) -> frozenset[str]:
    """The names that a changed file imported before."""
    tree = python_names.parsed(one.before or "") if _is_python(one.path) else None
    return frozenset() if tree is None else frozenset(t.name for t in python_names.taken(tree))


def _newly_undefined(one: _Changed) -> list[tuple[str, int]]:
    """Names that the text after lacks and the text before did not."""
    after = None if one.after is None else python_names.parsed(one.after)
    if after is None or not _is_python(one.new_path):
        return []
    before = None if one.before is None else python_names.parsed(one.before)
    lacking = {} if before is None else python_names.undefined(before)
    now = python_names.undefined(after)
    return [(name, line) for name, line in sorted(now.items()) if name not in lacking]


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _at(lines: Sequence[int]) -> str:
    named = ", ".join(str(line + 1) for line in lines[:_LINES_NAMED])
    more = ", ..." if len(lines) > _LINES_NAMED else ""
    return f"(line{'' if len(lines) == 1 else 's'} {named}{more})"
