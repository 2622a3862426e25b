"""The real LiteLLM proxy as a route's first server: where it fails in mid-way, the next goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from engine.test_refactor_failover import BEFORE, TASK, dying
from engine.world import Recorder
from homespun.providers.base import Endpoint, Route
from homespun.providers.scripted import ScriptedEndpoint, Turn
from model_servers.litellm_proxy import MASTER_KEY, proxy_by
from model_servers.process import ModelServer
from refactor.disk_engine import engine_at, local
from refactor.model import answering
from refactor.project import renamed, right, written

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240)]

MODEL = """\
  - model_name: {name}
    litellm_params: {{model: openai/scripted, api_base: "{address}/v1", api_key: none}}
"""
SETTINGS = """\
model_list:
{models}
router_settings: {{num_retries: 0}}
litellm_settings: {{telemetry: false, request_timeout: 30}}
general_settings: {{master_key: {key}}}
"""


@asynccontextmanager
async def proxy(folder: Path, **models: ScriptedEndpoint) -> AsyncGenerator[ModelServer]:
    """The proxy before these models, by their names there."""
    listed = "".join(MODEL.format(name=n, address=m.address) for n, m in models.items())
    starting = proxy_by(SETTINGS.format(models=listed, key=MASTER_KEY), folder)
    server = await asyncio.to_thread(starting.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(starting.__exit__, None, None, None)


async def check(folder: Path, proxy: ModelServer, model: str) -> int:
    """Refactor by a route of the proxy and then another server; what was asked of that one."""
    root = folder / model / "project"
    root.mkdir(parents=True)
    written(root, BEFORE)
    first = replace(local(proxy.address, "litellm", "proxy"), model=model, api_key=MASTER_KEY)
    async with answering(right) as two:
        members = (first, local(two.address, name="two"))
        engine = engine_at(root, Endpoint.routed("fast", Route(members)), 1)
        recorder = Recorder()
        try:
            done = await engine.refactors.run(TASK, recorder, recorder)
        finally:
            await engine.close()
        assert (done.outcome.status, done.left) == ("applied", ()), done.outcome.reasons
        assert {path: (root / path).read_text() for path in BEFORE} == renamed(BEFORE)
        assert done.outcome.provider == "two"
        return len(two.chats)


async def test_another_server_goes_on_where_the_proxy_or_its_model_dies(tmp_path: Path) -> None:
    """All in one test, for the proxy takes long to start."""
    rest = len(BEFORE) - 1 - 3  # the plan and three files came through the proxy
    async with (
        answering(dying(4, Turn(fault="close"))) as before,
        answering(dying(4, Turn(fault="cut", after=3))) as within,
        answering(in_pieces, tokens_per_second=60) as slow,
        proxy(tmp_path, before=before, within=within, slow=slow) as server,
    ):
        assert await check(tmp_path, server, "before") == rest
        assert await check(tmp_path, server, "within") == rest
        killing = asyncio.create_task(_kill(server, slow))
        assert await check(tmp_path, server, "slow") == rest
        await killing


def in_pieces(message: str, paths: list[str]) -> Turn:
    """The right answer, four characters at a time."""
    return Turn(reply=right(message, paths), piece=4)


async def _kill(server: ModelServer, model: ScriptedEndpoint) -> None:
    """End the proxy in the midst of the fourth file's answer."""
    while len(model.chats) < 5:  # noqa: ASYNC110 - a server can only be asked
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    server.process.kill()
