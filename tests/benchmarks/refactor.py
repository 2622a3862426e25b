"""Refactors of up to 1,000 files by a model that answers at once: our own time, and memory.

The model stands in this process and takes none of the time that a server would; what is measured
is all the rest: the index, which is built first, the survey, what each request shows, replies,
placing, checks, the journal, the last look, and writing. The memory of the index's builders, which
are processes of their own, counts as well.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Row, Table

_SIZES = (125, 250, 500, 1000)
_TESTS = Path(__file__).parents[1]


def run() -> Iterator[Table]:
    seconds, busy, memory = [], [], []
    for files in _SIZES:
        told = _measured(files)
        seconds.append(Row(f"{files} files", [told["seconds"]]))
        busy.append(Row(f"{files} files", [told["busy"]]))
        memory.append(Row(f"{files} files", [told["megabytes"]]))
    yield Table("A refactor with a model that answers at once", "s", seconds)
    yield Table("The same: processor time", "s", busy)
    yield Table("The same: memory at its most", "MB", memory)


def _measured(files: int) -> dict[str, float]:
    """One refactor in a process of its own."""
    command = (sys.executable, "-m", "tests.benchmarks.refactor", str(files))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


async def _refactor(files: int, folder: Path) -> dict[str, float]:
    sys.path.insert(0, str(_TESTS))
    from engine.world import Recorder, ToldModel, engine_over
    from homespun.disk import DiskWorkspace
    from homespun.engine.refactor.task import RefactorTask
    from homespun.journal.store import Journal
    from refactor.disk_engine import index_of
    from refactor.model import paths_of
    from refactor.project import WANTED, project, renamed, right, written

    def answer(request):
        message = request.messages[-1].content
        return right(message, paths_of(message))

    before = project(files)
    root = folder / "project"
    written(root, before)
    model = ToldModel([answer] * (files + 10), size=65_536)
    settings = {"edit_format": "hunks", "refactor": {"files_in_a_request": 4}}
    engine = engine_over(
        DiskWorkspace([str(root)]), model, Journal(folder / "journal.db"), folder, settings,
        None, index_of(root),
    )  # fmt: skip
    recorder = Recorder()
    begun, busy = time.monotonic(), time.process_time()
    done = await engine.refactors.run(RefactorTask(WANTED, review="never"), recorder, recorder)
    took = {"seconds": time.monotonic() - begun, "busy": time.process_time() - busy}
    assert done.outcome.status == "applied", (done.outcome.reasons[:5], done.left[:5])
    after = renamed(before)
    assert all((root / path).read_text() == text for path, text in after.items())
    await engine.close()
    own, children = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    peak = sum(resource.getrusage(which).ru_maxrss for which in (own, children)) / 1024
    return {**took, "megabytes": peak}


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        print(json.dumps(asyncio.run(_refactor(int(sys.argv[1]), Path(made)))))
