"""An index whose answers are made once: for files that do not change while it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from engine.memory_index import MemoryIndex


class Listed(MemoryIndex):
    """The files of a folder as they are when it is first asked."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._known: list[str] = []

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        return self._importers[path.removesuffix(".py").removesuffix("/__init__")]

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        return [self._named[name] for name in self._wanted(path) if name in self._named]

    @cached_property
    def _named(self) -> dict[str, str]:
        return {p.removesuffix(".py").removesuffix("/__init__"): p for p in self._paths()}

    @cached_property
    def _importers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._paths():
            for name in self._wanted(path):
                found[name].append(path)
        return found

    def _paths(self) -> list[str]:
        self._known = self._known or super()._paths()
        return self._known
