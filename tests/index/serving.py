"""An index as servers have it: built by a real process beside this one."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from homespun.core.symbols import IndexState
from homespun.index.child import Child, command
from homespun.index.workspace import Wanted, WorkspaceIndex

PATIENCE = 60.0


@asynccontextmanager
async def serving(
    tmp_path: Path, project: Path, *, watch: bool = False, enabled: bool = True, patience: float = 0
) -> AsyncGenerator[WorkspaceIndex]:
    """The index of `project`, kept below `tmp_path`."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    cache = tmp_path / "cache" / "homespun" / "index"
    wanted = Wanted((str(project),), (), watch, enabled)
    index = WorkspaceIndex(
        lambda: wanted, cache, Child(command("index-worker"), cache, environ), patience
    )
    index.start()
    try:
        yield index
    finally:
        await index.close()


async def until(what: Callable[[], object], patience: float = PATIENCE) -> float:
    """Wait for `what` to be true; the seconds that took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < patience
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def until_state(index: WorkspaceIndex, what: Callable[[IndexState], object]) -> None:
    """Wait for the index to be so far."""
    began = time.monotonic()
    while not what(await index.state()):
        assert time.monotonic() - began < PATIENCE
        await asyncio.sleep(0.01)


async def until_found(index: WorkspaceIndex, word: str) -> float:
    """Wait for a word to be found; the seconds that took."""
    began = time.monotonic()
    while not await index.words([word]):
        assert time.monotonic() - began < PATIENCE
        await asyncio.sleep(0.005)
    return time.monotonic() - began
