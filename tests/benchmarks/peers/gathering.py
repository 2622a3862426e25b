"""Gather for edits all over a folder: with its kept index, and as where there is none yet.

Prints JSON: milliseconds by "index", "first" and "none". Each edit is asked twice: the first reads
files that the system may not have cached, and learns what imports the edited file ("first").
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from homespun.app import build
from homespun.disk import DiskWorkspace, to_uri
from homespun.engine.gather import Neighbours, Subject
from homespun.engine.paths import Paths
from homespun.engine.search import Index, Unknown

_EDITS = 60
_FUNCTION = re.compile(r"^( *)def (\w+)\(.*\n(?:\1 +.*\n|\n)*", re.MULTILINE)


async def main(root: str) -> None:
    workspace = DiskWorkspace([root])
    engine = build(workspace, os.environ, {})
    warm = [await _gathered(workspace, engine.index, file, root) for file in _files(root)]
    none = [await _gathered(workspace, Unknown(), file, root) for file in _files(root)]
    await engine.close()
    found = {"index": [again for _, again in warm], "first": [first for first, _ in warm]}
    print(json.dumps({**found, "none": [again for _, again in none]}), flush=True)


def _files(root: str) -> Iterator[Path]:
    files = sorted(file for file in Path(root).rglob("*.py") if file.stat().st_size > 2_000)
    with_functions = (file for file in files[:: max(1, len(files) // (2 * _EDITS))])
    chosen = [
        file for file in with_functions if _FUNCTION.search(file.read_text("utf-8", "replace"))
    ]
    return iter(chosen[:_EDITS])


async def _gathered(
    workspace: DiskWorkspace, index: Index, file: Path, root: str
) -> tuple[float, float]:
    """The milliseconds of the first time, and of the second."""
    snapshot = await workspace.read(to_uri(file))
    assert snapshot is not None
    function = _FUNCTION.search(snapshot.text)
    assert function is not None
    first = snapshot.text.count("\n", 0, function.start())
    last = first + function.group().count("\n") - 1
    path = file.relative_to(root).as_posix()
    said = f"Add a parameter to {function.group(2)}, and pass it wherever it is called."
    subject = Subject(snapshot, path, snapshot.line_span(first, last), said)
    gatherer = Neighbours(workspace, Paths(workspace, windows=False), lambda: (), index)
    began = time.perf_counter()
    await gatherer.gather(subject, ())
    between = time.perf_counter()
    await gatherer.gather(subject, ())
    return (between - began) * 1e3, (time.perf_counter() - between) * 1e3


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
