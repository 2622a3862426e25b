"""An index of a small Python project, made anew for each question: for tests of what asks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from homespun.core.interfaces import signatures
from homespun.core.symbols import (
    Answers,
    Hit,
    IndexedFile,
    IndexState,
    Question,
    Reference,
    Symbol,
)

_NAME = re.compile(r"[A-Za-z_]\w*")


class MemoryIndex:
    """An `Index` of the files below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ready = True
        self._imports: dict[tuple[str, float], list[str]] = {}

    async def state(self) -> IndexState:
        return IndexState(len(self._paths()), self.ready, self.ready, walked=float("inf"))

    async def answers(self, question: Question) -> Answers:
        return Answers(
            await self.references(question.users_of, common=question.common, near=question.near),
            await self.definitions(question.defined),
            await self._named(question.stems),
            await self._edited(question.since, question.most_edited),
            await self.words(question.words, question.most_hits),
        )

    async def files(self) -> Sequence[IndexedFile]:
        return [IndexedFile(self._folder, p, 1, 0.0) for p in self._paths()]

    async def _named(self, stems: Sequence[str]) -> Sequence[IndexedFile]:
        return [one for one in await self.files() if Path(one.path).stem in stems]

    async def _edited(self, since: float, limit: int) -> Sequence[IndexedFile]:
        files = [IndexedFile(self._folder, p, 1, self._changed(p)) for p in self._paths()]
        late = sorted((f for f in files if f.changed > since), key=lambda f: -f.changed)
        return late[:limit]

    async def words(self, words: Sequence[str], limit: int = 50) -> Sequence[Hit]:
        hits = [(sum(self._names(p).count(w) for w in words), p) for p in self._paths()]
        best = sorted((-count, p) for count, p in hits if count)
        return [Hit(self._folder, p, float(-count)) for count, p in best[:limit]]

    async def definitions(self, names: Sequence[str], limit: int = 200) -> Sequence[Symbol]:
        return [
            symbol for p in self._paths() for symbol in self._outline(p)
            if symbol.name in names
        ]  # fmt: skip

    async def outlines(self, files: Sequence[tuple[str, str]]) -> Sequence[Sequence[Symbol]]:
        return [self._outline(path) for _, path in files]

    async def references(
        self,
        names: Sequence[str],
        limit: int = 2000,
        common: int = 5000,
        near: Sequence[tuple[str, str]] | None = None,
    ) -> Sequence[Reference]:
        found: list[Reference] = []
        for path in self._paths():
            for number, line in enumerate(self._text(path).splitlines()):
                found += [
                    Reference(self._folder, path, name, number)
                    for name in names
                    if name in _NAME.findall(line)
                    and not re.match(rf"\s*(def|class) {name}\b", line)
                ]
        return found

    def _outline(self, path: str) -> Sequence[Symbol]:
        text = self._text(path)
        lines = text.splitlines()
        return [
            Symbol(self._folder, path, name, "function", at, at + 1, signature=signature)
            for name, signature in signatures(text)
            for at in [next(i for i, line in enumerate(lines) if name in line)]
        ]

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        wanted = self._wanted(path)
        known = {p.removesuffix(".py").removesuffix("/__init__"): p for p in self._paths()}
        return [known[name] for name in wanted if name in known and known[name] != path]

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        ends = {path.removesuffix(".py"), path.removesuffix(".py").removesuffix("/__init__")}
        return [p for p in self._paths() if p != path and ends & set(self._wanted(p))]

    def start(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def changed(self, paths: Sequence[str]) -> None:
        return None

    def _wanted(self, path: str) -> list[str]:
        """What a file imports, as paths without an end; parsed anew where it has changed."""
        if not (self.root / path).is_file():
            return []
        key = (path, (self.root / path).stat().st_mtime)
        if key not in self._imports:
            try:
                tree = ast.parse(self._text(path) if path.endswith(".py") else "")
            except SyntaxError:
                tree = ast.parse("")
            found = {name for node in ast.walk(tree) for name in _modules(node, path)}
            self._imports[key] = sorted(found)
        return self._imports[key]

    @property
    def _folder(self) -> str:
        return str(self.root)

    def _paths(self) -> list[str]:
        files = (p for p in self.root.rglob("*") if p.is_file() and ".git" not in p.parts)
        return sorted(p.relative_to(self.root).as_posix() for p in files)

    def _text(self, path: str) -> str:
        try:
            return (self.root / path).read_text()
        except (OSError, UnicodeDecodeError):
            return ""

    def _changed(self, path: str) -> float:
        return (self.root / path).stat().st_mtime

    def _names(self, path: str) -> list[str]:
        return _NAME.findall(self._text(path))


def _modules(node: ast.AST, path: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.replace(".", "/") for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = path.split("/")[: -node.level] if node.level else []
    base = "/".join([*package, *(node.module.split(".") if node.module else [])])
    return [base, *(f"{base}/{alias.name}" if base else alias.name for alias in node.names)]
