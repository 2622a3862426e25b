"""The real llama-server: as many answers at once as it has slots."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from engine.world import Recorder
from homespun.engine.refactor.task import RefactorTask
from homespun.providers.http import Http
from homespun.providers.parallel import at_once
from model_servers.llama_server import ENDLESS, Options, llama_server
from refactor.disk_engine import engine_at, local
from refactor.project import project, written

pytestmark = [pytest.mark.peer]
SLOTS = 4


async def busy(client: httpx.AsyncClient) -> int:
    """How many slots work on an answer now."""
    return sum(slot["is_processing"] for slot in (await client.get("/slots")).json())


async def until(client: httpx.AsyncClient, slots: int, seconds: float) -> None:
    """Wait until so many slots are busy. Raises `TimeoutError` after `seconds`."""
    async with asyncio.timeout(seconds):
        while await busy(client) != slots:  # noqa: ASYNC110 - the server can only be asked
            await asyncio.sleep(0.05)


async def test_four_slots_work_at_once_and_a_cancel_frees_them(tmp_path: Path) -> None:
    root = tmp_path / "project"
    written(root, project(7))
    # A model that never ends its answer; it has room for long ones, so that all four overlap.
    options = Options(parallel=SLOTS, context=SLOTS * 8192, grammar=ENDLESS)
    with llama_server(tmp_path, options) as server:
        endpoint = local(server.address, "llamacpp")
        http = Http()
        try:
            assert await at_once(http, endpoint) == SLOTS
        finally:
            await http.close()
        engine = engine_at(root, endpoint, at_once=0, longest=1024)
        recorder = Recorder()
        # The one file that all others need is left out, so that the others are of one level.
        task = RefactorTask("Rename `fetch_row` to `load_row`.", exclude=("base.py",))
        refactor = asyncio.ensure_future(engine.refactors.run(task, recorder, recorder))
        async with httpx.AsyncClient(base_url=server.address) as client:
            await until(client, SLOTS, 60)
            assert not refactor.done()
            assert len(recorder.states[-1].running) == SLOTS
            refactor.cancel()
            with pytest.raises(asyncio.CancelledError):
                await refactor
            # An answer without an end would hold its slot far longer than this.
            await until(client, 0, 10)
        (left,) = await engine.refactors.unfinished()
        assert left.done == 0
        await engine.close()
    assert {p.name: p.read_text() for p in (root / "app").iterdir()} == {
        path.removeprefix("app/"): text for path, text in project(7).items()
    }
