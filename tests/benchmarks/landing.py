"""A change of 50 files on disk: brought up to date, journalled, made, and compared.

`git apply` reads the same change as a patch, and makes it; it keeps no journal and flushes nothing.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Row, Table, compare
from tests.benchmarks.sources import edited, source

from homespun.core.patch import patch
from homespun.core.plan import ChangePlan, FileChange, hunks_between
from homespun.disk import DiskWorkspace
from homespun.engine.apply import Applier
from homespun.engine.fitting import Fitting
from homespun.engine.keeping import Keeping
from homespun.engine.paths import Paths
from homespun.journal.entry import new_id
from homespun.journal.store import Journal

_FILES = 50
_LINES = 500
_ROUNDS = 7


def run() -> Iterator[Table]:
    with TemporaryDirectory() as kept, TemporaryDirectory() as plain:
        ours, gits = _Ours(Path(kept)), _Git(Path(plain))
        rows: list[Row] = compare(
            {
                "homespun: journalled, flushed, verified": ours.turn,
                "git apply": gits.turn,
            },
            rounds=_ROUNDS,
        )
        yield Table(f"A change of {_FILES} files of {_LINES} lines on disk", "ms", rows)


def _texts() -> tuple[str, str]:
    lines = source(_LINES)
    return "".join(lines), "".join(edited(lines, first=7, every=50, word="changed"))


def _plan(folder: Path, before: str, after: str) -> ChangePlan:
    hunks = hunks_between(before, after)
    files = (folder / f"f{number}.py" for number in range(_FILES))
    changes = tuple(FileChange(f.as_uri(), f.name, "edit", before, hunks) for f in files)
    return ChangePlan(new_id(), "Bench", "", changes)


class _Ours:
    """Makes the change, and the next time takes it back."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "project"
        self._root.mkdir()
        self._texts = _texts()
        for file in _plan(self._root, *self._texts).files:
            (self._root / file.path).write_text(self._texts[0])
        self._journal = Journal(folder / "journal.db")

    def turn(self) -> None:
        asyncio.run(self._apply())
        self._texts = self._texts[::-1]

    async def _apply(self) -> None:
        workspace = DiskWorkspace([str(self._root)])
        paths = Paths(workspace, windows=False)
        applier = Applier(workspace, Fitting(workspace, paths), Keeping(self._journal, paths))
        plan = _plan(self._root, *self._texts)
        self._journal.begin(plan.plan_id, str(self._root), "Bench", "", "none", "none", True)
        landed = await applier.apply(plan, plan.plan_id)
        assert len(landed.files) == _FILES
        assert not landed.refusals


class _Git:
    """The same, by `git apply`."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        before, after = _texts()
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        for file in _plan(folder, before, after).files:
            (folder / file.path).write_text(before)
        self._there = patch(_plan(folder, before, after)).encode()
        self._back = patch(_plan(folder, after, before)).encode()

    def turn(self) -> None:
        subprocess.run(["git", "apply"], cwd=self._root, input=self._there, check=True)
        self._there, self._back = self._back, self._there
