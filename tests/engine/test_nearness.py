"""Embeddings as one reason more to show a file: asked for as agreed, and never in the way."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from engine.test_edit import task
from engine.world import World, world
from homespun.config.schema import Settings
from homespun.core.nearness import Vector
from homespun.engine.models import choose
from homespun.engine.nearness import Nearness
from homespun.engine.ports import EditTask
from homespun.engine.preview import Preview
from homespun.index.vectors import VectorFile
from homespun.providers.base import Endpoint
from homespun.providers.embedding import Embedder
from homespun.providers.http import Http
from model_servers.embedding_server import embedding_server
from model_servers.llama_server import Options, llama_server
from model_servers.process import free_port

REASON = "its meaning is near the instruction's"
WISH = "Tell when it will be wet outside."
TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1bC3dE5"
FILES = {
    "a.py": "def plan():\n    return 1\n",
    "hats.py": "def hats():\n    return 2\n",
    "rain.py": "def umbrella():\n    return 3\n",
    "sums.py": "def sums():\n    return 4\n",
    "tea.py": "def tea():\n    return 5\n",
}


def weather(text: str) -> Sequence[float]:
    """What speaks of water points one way, all else another."""
    return (1.0, 0.1) if "wet" in text or "umbrella" in text else (0.1, 1.0)


def set_to(address: str, **more: object) -> Mapping[str, object]:
    """Settings with embeddings by the server at `address`."""
    near = {"type": "openai_compatible", "endpoint": address}
    return {"providers": {"near": near}, "context": {"embeddings": "near/m"}, **more}


@asynccontextmanager
async def a_world(
    tmp_path: Path,
    settings: Mapping[str, object],
    files: Mapping[str, str] = FILES,
    endpoint: Endpoint | None = None,
) -> AsyncIterator[World]:
    http = Http()

    async def embed(to: Endpoint, texts: Sequence[str]) -> Sequence[Vector]:
        return await Embedder(to, http).embed(texts)

    def chosen(found: Settings, choice: str | None) -> Endpoint:
        return choose(found, {}, choice)

    vectors = VectorFile(tmp_path / "cache" / "embeddings.db")
    made = Nearness(lambda: Settings.model_validate(settings), chosen, embed, vectors)
    w = world(tmp_path, files, settings=settings, endpoint=endpoint, nearness=made)
    try:
        yield w
    finally:
        await w.engine.close()
        await http.close()


def asked(w: World, wish: str = WISH) -> EditTask:
    return replace(task(w, "a.py", at="return 1", scope="selection"), instruction=wish)


async def shown(w: World, wish: str = WISH) -> Preview:
    return await w.engine.context(asked(w, wish), w.recorder)


def near(preview: Preview) -> list[str]:
    return [item.path for item in preview.items if REASON in item.reason]


async def until_near(w: World) -> Preview:
    """What is shown once the vectors have come: a busy machine may take more than a second."""
    began = time.monotonic()
    while True:
        found = await shown(w)
        if near(found):
            return found
        assert time.monotonic() - began < 30
        await asyncio.sleep(0.05)


async def test_a_file_that_is_near_in_meaning_is_shown_with_that_as_a_reason(
    tmp_path: Path,
) -> None:
    with embedding_server(weather) as server:
        async with a_world(tmp_path, set_to(server.address)) as w:
            assert near(await shown(w)) == ["rain.py"]
            assert len(server.texts) == len(FILES), "the question, and each file but the subject"
            assert server.texts[0] == f"plan in a.py\n{WISH}"
            assert near(await shown(w)) == ["rain.py"]
            assert len(server.texts) == len(FILES), "what is kept is not asked for again"


async def test_where_there_is_little_room_the_near_one_has_it(tmp_path: Path) -> None:
    long = {name: text + "x = 1\n" * 800 for name, text in FILES.items() if name != "a.py"}
    files = {"a.py": FILES["a.py"], **long}
    with embedding_server(weather) as server:
        async with a_world(tmp_path, set_to(server.address), files) as w:
            w.model.size = 4096
            found = await shown(w)
            assert [item.path for item in found.items] == ["rain.py", "a.py"]
            assert {left.path for left in found.left_out} == {"hats.py", "sums.py", "tea.py"}


async def test_the_edit_sends_what_was_shown(tmp_path: Path) -> None:
    with embedding_server(weather) as server:
        async with a_world(tmp_path, set_to(server.address)) as w:
            told = await shown(w)
            w.model.turns.append('{"summary": "Nothing.", "updated_files": []}')
            await w.engine.edit(asked(w), w.recorder, w.recorder)
            assert w.model.requests[0].messages == told.messages


async def test_off_by_default_nobody_is_asked(tmp_path: Path) -> None:
    with embedding_server(weather) as server:
        settings = {k: v for k, v in set_to(server.address).items() if k != "context"}
        async with a_world(tmp_path, settings) as w:
            assert near(await shown(w)) == []
        assert not server.heard


@pytest.mark.peer
async def test_a_real_server_makes_them_and_what_is_kept_outlives_it(tmp_path: Path) -> None:
    options = Options(more=("--embeddings", "--pooling", "mean"))
    with llama_server(tmp_path, options) as server:
        async with a_world(tmp_path, set_to(server.address)) as w:
            first = await until_near(w)
            server.process.terminate()
            server.process.wait()
            again = await shown(w)
    assert [(i.path, i.reason) for i in again.items] == [(i.path, i.reason) for i in first.items]


@pytest.mark.peer
async def test_a_real_server_that_makes_none_is_done_without(tmp_path: Path) -> None:
    with llama_server(tmp_path) as server:
        async with a_world(tmp_path, set_to(server.address)) as w:
            found = await shown(w)
    assert near(found) == []
    assert {item.path for item in found.items} == set(FILES)


@pytest.mark.parametrize("fault", ["no endpoint", "crash", "lengths", "growing", "nobody"])
async def test_what_fails_is_done_without_and_told_once(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    files = {**FILES, **{f"more_{n}.py": f"x = {n}\n" for n in range(9)}}
    with embedding_server(weather) as server:
        server.status = {"no endpoint": 404, "crash": 500}.get(fault, 200)
        if fault == "lengths":
            server.vector = lambda text: (1.0,) * (2 + ("umbrella" in text))
        if fault == "growing":
            server.vector = lambda text: (1.0,) * len(server.heard)
        address = f"http://127.0.0.1:{free_port()}" if fault == "nobody" else server.address
        async with a_world(tmp_path, set_to(address), files) as w:
            with caplog.at_level(logging.INFO, "homespun"):
                found = await shown(w)
                before = len(server.heard)
                await shown(w, "Something else.")
    assert near(found) == []
    assert {item.path for item in found.items} == set(files)
    assert len(server.heard) == before, "it rests before it is asked again"
    (said,) = (r.getMessage() for r in caplog.records if "ranked without" in r.getMessage())
    assert "near/m" in said
    assert not any(WISH in said or text in said for text in FILES.values())


async def test_what_comes_late_is_not_waited_for_and_kept_for_next_time(tmp_path: Path) -> None:
    with embedding_server(weather) as server:
        server.delay = 1.6
        async with a_world(tmp_path, set_to(server.address)) as w:
            began = time.monotonic()
            assert near(await shown(w)) == []
            assert near(await shown(w)) == [], "and while that is on its way, nothing more is asked"
            assert time.monotonic() - began < 1.5
            assert len(server.heard) == 1
            await until_near(w)
            assert len(server.heard) == 1


async def test_leaving_does_not_wait_for_what_is_late(tmp_path: Path) -> None:
    with embedding_server(weather) as server:
        server.delay = 3.0
        async with a_world(tmp_path, set_to(server.address)) as w:
            await shown(w)
            began = time.monotonic()
        assert time.monotonic() - began < 1.0


async def test_another_model_behind_the_same_name_is_noticed(tmp_path: Path) -> None:
    with embedding_server(weather) as server:
        async with a_world(tmp_path, set_to(server.address)) as w:
            await shown(w)
            server.vector = lambda text: (0.0, *weather(text))
            assert near(await shown(w, "How wet is it?")) == ["rain.py"]
            before = len(server.heard)
            assert near(await shown(w, "How wet is it?")) == ["rain.py"]
            assert len(server.heard) == before


async def test_the_doctor_asks_for_one(tmp_path: Path) -> None:
    with embedding_server(weather) as server:
        async with a_world(tmp_path, set_to(server.address)) as w:
            w.model.turns += ["ready", "ready"]
            (check,) = [one async for one in w.engine.checks() if one.name == "embeddings"]
            assert check.status == "ok"
            assert f"near/m at {server.address}: 2 numbers" in check.found
            server.status = 404
            (check,) = [one async for one in w.engine.checks() if one.name == "embeddings"]
            assert (check.status, bool(check.hint)) == ("warning", True)
        assert server.texts == ["ready", "ready"]


async def test_what_must_not_leave_is_not_embedded(tmp_path: Path) -> None:
    files = {
        **FILES,
        ".env": "UMBRELLA=1\n",
        "cut.py": "#" * 960 + f"\nKEY = '{TOKEN}'\n",
        "open.py": f"KEY = '{TOKEN}'\n",
    }
    wish = "w" * 960 + f" with {TOKEN}"
    with embedding_server(weather) as server:
        async with a_world(tmp_path, set_to(server.address), files) as w:
            await shown(w, wish)
        sent = "\n".join(server.texts)
    assert "open.py" in sent and "cut.py" in sent
    assert ".env" not in sent and "UMBRELLA" not in sent
    assert TOKEN[:8] not in sent
    assert all(len(text) <= 1100 for text in server.texts)


@pytest.mark.parametrize(
    ("task_goes_there", "must_agree", "asks"),
    [(False, False, False), (True, False, True), (True, True, False)],
)
async def test_a_cloud_server_embeds_only_where_the_task_may_go_to_it(
    tmp_path: Path, task_goes_there: bool, must_agree: bool, asks: bool
) -> None:
    with embedding_server(weather) as server:
        address = server.address if task_goes_there else "http://127.0.0.1:1"
        endpoint = Endpoint(
            "openai_compatible", "told", address, "m", local=False, needs_consent=must_agree
        )
        # What `[cloud]` names is cloud, whatever its address.
        settings = set_to(server.address, cloud={"model": "near/large"})
        async with a_world(tmp_path, settings, endpoint=endpoint) as w:
            assert bool(near(await shown(w))) == asks
        assert bool(server.heard) == asks
