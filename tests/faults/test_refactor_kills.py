"""Killed in mid-way of a refactor, at any moment: going on gives the very same change."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homespun.journal.store import Journal
from homespun.providers.scripted import ScriptedEndpoint
from model_servers.depth import examples
from refactor.model import Answers
from refactor.project import WANTED, project, renamed, right, written

FILES = 14
KILLS = examples(5, times=10)
BEFORE = project(FILES)
AFTER = renamed(BEFORE)


@dataclass
class Machine:
    """A project, a home, and a model; `questions` is how many it is asked where nothing ends."""

    folder: Path
    endpoint: ScriptedEndpoint
    questions: int = 0

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "HOMESPUN_MODEL": "vllm/scripted",
            "VLLM_BASE_URL": self.endpoint.base_url,
        }

    def fresh(self) -> None:
        """All files as before, and an empty journal."""
        written(self.project, BEFORE)
        for path in (self.folder / "state").rglob("journal.db*"):
            path.unlink()

    def on_disk(self) -> dict[str, str]:
        return {path: (self.project / path).read_text() for path in BEFORE}

    def status(self) -> str:
        """How the change stands in the journal; "" where it is not there."""
        entries = Journal(self.folder / "state" / "homespun" / "journal.db").entries(None, 1)
        return entries[0].status if entries else ""

    async def run(self, *arguments: str, kill_at: tuple[int, float] | None = None) -> str:
        """`homespun refactor`; what it said. Killed so many seconds after a question's number."""
        asked = len(self.endpoint.chats)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "homespun", "refactor", *arguments),
            cwd=self.project,
            env=self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        if kill_at is not None:
            number, seconds = kill_at
            last = asked + number
            while len(self.endpoint.chats) < last and process.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await asyncio.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        told, _ = await process.communicate()
        return told.decode()

    async def left(self) -> list[dict[str, Any]]:
        told = await self.run("--list", "--json")
        return json.loads(told[told.index("{") :])["refactors"]


@asynccontextmanager
async def machine(folder: Path) -> AsyncGenerator[Machine]:
    (folder / "project").mkdir()
    config = folder / "config" / "homespun" / "config.toml"
    config.parent.mkdir(parents=True)
    settings = "[refactor]\nfiles_in_a_request = 2\nat_once = 3\n"
    config.write_text(f'edit_format = "hunks"\n{settings}')
    async with ScriptedEndpoint(Answers(right, tokens_per_second=20)) as endpoint:
        yield Machine(folder, endpoint)


@pytest.mark.timeout(1800)
async def test_a_resume_after_a_kill_gives_the_same_change(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.fresh()
        told = await here.run(WANTED, "--yes")
        here.questions = len(here.endpoint.chats)
        assert here.on_disk() == AFTER, told
        resumed = 0
        for _ in range(KILLS):
            here.fresh()
            # The first question is the plan; after the last one all is checked and written.
            number = random.randint(2, here.questions)
            last = number == here.questions
            kill_at = (number, random.uniform(0, 1.0 if last else 0.15))
            await here.run(WANTED, "--yes", kill_at=kill_at)
            status = here.status()
            if status not in ("applied", "applying"):
                assert here.on_disk() == BEFORE, status
            left = await here.left()
            if left:
                resumed += 1
                assert not left[0]["running"]
                told = await here.run("--resume", "--yes")
            elif status != "applied":
                # It had not come to the choice of the files: nothing was begun.
                told = await here.run(WANTED, "--yes")
            assert here.on_disk() == AFTER, f"{status}: {told}"
            assert await here.left() == []
        assert resumed, "no kill came in mid-way"
