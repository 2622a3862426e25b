"""Python modules before and after a refactor: what each offers, and what is imported in vain."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from homespun.core import python_names


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed file: its paths and texts before and after, None where there is no such file.

    `shown` is its path as people see it, the others are within its folder.
    """

    uri: str
    shown: str
    path: str
    new_path: str
    before: str | None
    after: str | None


class Modules:
    """The changed Python modules, as what they are imported, and what they offer now."""

    def __init__(self, ours: Sequence[Changed], before: frozenset[str]) -> None:
        """`ours` are all changed files, `before` the paths of all files as they were."""
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

    def newly_taken(self, one: Changed) -> list[python_names.Taken]:
        """What a changed file imports from modules of the project and did not import before."""
        tree = None if one.after is None else python_names.parsed(one.after)
        was = python_names.parsed(one.before or "")
        if tree is None or was is None or not is_python(one.new_path):
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

    def _add(self, one: Changed) -> None:
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


def _taken_before(one: Changed) -> frozenset[str]:
    """The names that a changed file imported before."""
    tree = python_names.parsed(one.before or "") if is_python(one.path) else None
    return frozenset() if tree is None else frozenset(t.name for t in python_names.taken(tree))


def is_python(path: str) -> bool:
    """Whether the file at `path` is a Python module."""
    return path.endswith(".py")
