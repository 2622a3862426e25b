"""Are the files shown that an edit needs? Recall in real packages, within 4k, 8k and 32k tokens.

Each edit changes the signature of a function: the files that call it are needed. Beside ours,
filled in the same way and counted alike: the open files only (the file and the five beside it in
its folder), and plain full-text search (whole files, the best first).
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from tests.benchmarks.call_sites import Edit, edits

from homespun.core.context import Candidate, fit
from homespun.core.identifiers import words
from homespun.core.symbols import (
    Answers,
    Hit,
    IndexState,
    Question,
    Symbol,
)
from homespun.core.text import Snapshot
from homespun.disk import DiskWorkspace, to_uri
from homespun.engine.gather import Neighbours, Subject
from homespun.engine.meter import Meter
from homespun.engine.paths import Paths
from homespun.engine.search import Index, Unknown
from homespun.index.builder import Builder
from homespun.index.reader import Reader
from homespun.index.readers import Readers
from homespun.index.store import Store
from index.building import subject as indexed
from model_servers.peers import this_machine

PACKAGES = ("django", "flask", "requests", "sqlalchemy", "celery")
SIZES = (4_000, 8_000, 32_000)
_EACH = 40
_OPEN = 5


@dataclass(frozen=True, slots=True)
class Recall:
    """The mean share of the needed files that were shown, by the size of the context."""

    name: str
    by_size: dict[int, float]


class Report:
    """The table, as Markdown."""

    def __init__(self, rows: Sequence[Recall], count: int, gathering: Sequence[float]) -> None:
        self.rows = rows
        self.count = count
        self.gathering = gathering

    def render(self) -> str:
        lines = [
            f"\n### Recall of the files that {self.count} edits need\n",
            f"| | {' | '.join(f'{size // 1000}k tokens' for size in SIZES)} |",
            f"|---{'|--:' * len(SIZES)}|",
        ]
        for row in self.rows:
            lines.append(f"| {row.name} | {' | '.join(f'{row.by_size[s]:.3f}' for s in SIZES)} |")
        slow = sorted(self.gathering)[int(len(self.gathering) * 0.95)]
        lines.append(f"\nGathering: median {median(self.gathering):.1f} ms, 95 % {slow:.1f} ms.")
        return "\n".join(lines)


def run() -> Iterator[Report]:
    yield asyncio.run(report())


async def report(each: int = _EACH) -> Report:
    """The recall of all contenders in all packages."""
    scores: dict[tuple[str, int], list[float]] = {}
    gathering: list[float] = []
    count = 0
    for package in PACKAGES:
        with TemporaryDirectory() as folder:
            root = Path(folder) / "project"
            _copied(package, root)
            with _indexed(root, Path(folder) / "index.db") as index:
                for edit in edits(root, each):
                    count += 1
                    await _one(root, index, edit, scores, gathering)
    names = list(dict.fromkeys(name for name, _ in scores))
    rows = [Recall(name, {size: mean(scores[name, size]) for size in SIZES}) for name in names]
    return Report(rows, count, gathering)


def _copied(package: str, root: Path) -> None:
    source = this_machine().package(package)
    skip = shutil.ignore_patterns("__pycache__", "*.pyc", "locale", "*.mo", "*.po", "*.so")
    shutil.copytree(source, root / package, ignore=skip)


class _Read(Unknown):
    """An index that was built before, read in this process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def state(self) -> IndexState:
        return self._reader.state()

    async def answers(self, question: Question) -> Answers:
        # All files were copied a moment ago: that they were says nothing.
        plain = replace(question, most_edited=0)
        return Readers({self._reader.folder: self._reader}).answers(plain)

    async def words(self, words: Sequence[str], limit: int = 50) -> Sequence[Hit]:
        return self._reader.words(words, limit)

    async def outlines(self, files: Sequence[tuple[str, str]]) -> Sequence[Sequence[Symbol]]:
        return list(self._reader.outlines([path for _, path in files]).values())

    async def imports(self, folder: str, path: str) -> Sequence[str]:
        return self._reader.imports(path)

    async def importers(self, folder: str, path: str) -> Sequence[str]:
        return self._reader.importers(path)


@contextmanager
def _indexed(root: Path, database: Path) -> Iterator[Index]:
    """The index of `root`, built in this process."""
    store, reader = Store(database), Reader(str(root), database)
    for _ in Builder(indexed(root), store).steps():
        pass
    try:
        yield _Read(reader)
    finally:
        reader.close()
        store.close()


async def _one(
    root: Path,
    index: Index,
    edit: Edit,
    scores: dict[tuple[str, int], list[float]],
    gathering: list[float],
) -> None:
    """Let each contender fill a context for one edit, and see what of the needed is in it."""
    workspace = DiskWorkspace([str(root)])
    paths = Paths(workspace, windows=False)
    snapshot = await workspace.read(to_uri(root / edit.file))
    assert snapshot is not None
    focus = snapshot.line_span(edit.first_line, edit.last_line)
    said = f"Add a parameter to {edit.name}, and pass it wherever it is called."
    gatherer = Neighbours(workspace, paths, lambda: (), index)
    subject = Subject(snapshot, edit.file, focus, said)
    await gatherer.gather(subject, ())  # the first one reads files that the system has not cached
    began = time.perf_counter()
    ours = [candidate for _, candidate in (await gatherer.gather(subject, ())).candidates]
    gathering.append((time.perf_counter() - began) * 1000)
    main = Candidate(snapshot, edit.file, "", required=True, focus=focus)
    contenders = {
        "homespun": ours,
        "full-text search": [*_ranked(root, await _searched(index, said, edit.file)), main],
        "open files": [*_ranked(root, _beside(root, edit.file)), main],
    }
    meter = Meter()
    for name, candidates in contenders.items():
        for size in SIZES:
            shown = {item.path for item in fit(candidates, size, meter.count).items}
            found = len(edit.needed & shown) / len(edit.needed)
            scores.setdefault((name, size), []).append(found)


async def _searched(index: Index, said: str, own: str) -> list[str]:
    hits = await index.words(words(said), 200)
    return [hit.path for hit in hits if hit.path != own]


def _beside(root: Path, own: str) -> list[str]:
    folder = (root / own).parent
    files = sorted(path.relative_to(root).as_posix() for path in folder.glob("*.py"))
    return [file for file in files if file != own][:_OPEN]


def _ranked(root: Path, files: Sequence[str]) -> list[Candidate]:
    found: list[Candidate] = []
    for rank, file in enumerate(files):
        text = (root / file).read_bytes().decode("utf-8", "replace")
        found.append(Candidate(Snapshot.of(to_uri(root / file), text), file, "", rank))
    return found
