"""Killed in the midst of an apply: each file is wholly as before or wholly changed, and undone."""

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

from homespun.journal.store import Journal
from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from lsp.editor import Editor, capabilities, running
from model_servers.depth import examples

FILES = 16
LINES = 400
KILLS = examples(10, times=10)
ENDS = ("asked", "answered", "applying", "applied")
"""How a change may stand in the journal when its process has been killed; None: not at all."""


def name(number: int) -> str:
    return f"part_{number}.py"


def text(number: int, value: str) -> str:
    return "".join(f"value_{number}_{line} = {value}\n" for line in range(LINES))


BEFORE = {name(number): text(number, "1") for number in range(FILES)}
AFTER = {name(number): text(number, "1").replace("_7 = 1\n", "_7 = 2\n") for number in range(FILES)}


def reply() -> str:
    files = [
        {
            "action": "edit",
            "file": name(number),
            "hunks": [{"find": f"value_{number}_7 = 1\n", "replace": f"value_{number}_7 = 2\n"}],
        }
        for number in range(FILES)
    ]
    return json.dumps({"summary": "Done.", "updated_files": files})


@dataclass
class Machine:
    """A project, a home, and a model.

    `seconds` is how long it took from the question to the end where nothing was killed.
    """

    folder: Path
    endpoint: ScriptedEndpoint
    seconds: float = 0.0

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "HOMESPUN_MODEL": "vllm/scripted",
            "VLLM_BASE_URL": self.endpoint.base_url,
        }

    def fresh(self) -> None:
        """All files as before, and an empty journal."""
        for path, before in BEFORE.items():
            (self.project / path).write_text(before)
        for path in (self.folder / "state").rglob("journal.db*"):
            path.unlink()

    def on_disk(self) -> dict[str, str]:
        return {path: (self.project / path).read_text() for path in BEFORE}

    def status(self) -> str:
        """How the change stands in the journal; "" where it is not there."""
        entries = Journal(self.folder / "state" / "homespun" / "journal.db").entries(None, 1)
        return entries[0].status if entries else ""


@asynccontextmanager
async def machine(folder: Path) -> AsyncGenerator[Machine]:
    (folder / "project").mkdir()
    config = folder / "config" / "homespun" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('review = "never"\nedit_format = "hunks"\n')
    script = Script((Turn(reply(), piece=200, times=10**6),), window=200_000)
    async with ScriptedEndpoint(script) as endpoint:
        yield Machine(folder, endpoint)


async def asked(here: Machine, before: int) -> None:
    """Wait until the model has been asked once more than `before` times."""
    async with asyncio.timeout(60):
        while len(here.endpoint.chats) <= before:  # noqa: ASYNC110 - it tells no event of it
            await asyncio.sleep(0.002)


def some_time(here: Machine) -> float:
    """Seconds from the question to the kill: while the reply comes, is placed, and lands."""
    return random.uniform(here.seconds / 4, here.seconds)


def judge(texts: Mapping[str, str], status: str) -> None:
    """Every file is wholly as before or wholly changed, and the journal says which."""
    changed = [path for path in BEFORE if texts[path] == AFTER[path]]
    same = [path for path in BEFORE if texts[path] == BEFORE[path]]
    assert len(changed) + len(same) == FILES, "a file is neither"
    assert status in ("", *ENDS)
    if status == "applied":
        assert not same
    elif status != "applying":
        assert not changed


async def process(here: Machine, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "homespun", *arguments),
        cwd=here.project,
        env={**os.environ, **here.environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def command_line(here: Machine, kill_at: float | None) -> None:
    """`homespun edit`, killed so many seconds after the model is asked."""
    chats = len(here.endpoint.chats)
    edit = await process(here, "edit", name(0), "Change it.", "--scope", "workspace", "--yes")
    await asked(here, chats)
    began = asyncio.get_running_loop().time()
    if kill_at is not None:
        await asyncio.sleep(kill_at)
        with contextlib.suppress(ProcessLookupError):
            edit.kill()
    told, _ = await edit.communicate()
    if kill_at is None:
        assert edit.returncode == 0, told.decode()
        here.seconds = asyncio.get_running_loop().time() - began


async def test_the_command_line_is_killed_while_it_writes(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.fresh()
        await command_line(here, None)
        judge(here.on_disk(), here.status())
        for _ in range(KILLS):
            here.fresh()
            await command_line(here, some_time(here))
            status = here.status()
            judge(here.on_disk(), status)
            if status in ("applying", "applied"):
                undo = await process(here, "undo")
                told, _ = await undo.communicate()
                assert undo.returncode == 0, told.decode()
            assert here.on_disk() == BEFORE


@asynccontextmanager
async def editor(here: Machine, texts: Mapping[str, str]) -> AsyncGenerator[tuple[Editor, int]]:
    """An editor with `texts` open, and its server's process id."""
    command = (sys.executable, "-m", "homespun", "lsp")
    announced = capabilities("neovim_0.11.4")
    async with running(announced, command, **here.environ) as run:
        await run.editor.initialize(here.project)
        for path, now in texts.items():
            run.editor.open((here.project / path).as_uri(), now)
        yield run.editor, run.process.pid


async def in_editor(here: Machine, kill_at: float | None) -> dict[str, str]:
    """`homespun.edit` in an editor whose server is killed; the editor's texts then."""
    async with editor(here, BEFORE) as (user, pid):
        chats = len(here.endpoint.chats)
        given = {
            "textDocument": {"uri": (here.project / name(0)).as_uri()},
            "instruction": "Change it.",
            "scope": "workspace",
            "wait": True,
        }
        number = user.send("workspace/executeCommand", {
            "command": "homespun.edit", "arguments": [given],
        })  # fmt: skip
        await asked(here, chats)
        began = asyncio.get_running_loop().time()
        if kill_at is None:
            done = await user.answer(number)
            assert done["status"] == "applied", done
            here.seconds = asyncio.get_running_loop().time() - began
        else:
            await asyncio.sleep(kill_at)
            os.kill(pid, 9)
            # What the server had already sent still reaches the editor.
            await asyncio.sleep(0.05)
        return {path: user.text((here.project / path).as_uri()) for path in BEFORE}


async def undone(here: Machine, texts: Mapping[str, str]) -> dict[str, str]:
    """What a new server's undo makes of `texts`."""
    async with editor(here, texts) as (user, _):
        await user.command("homespun.undo", {"wait": True})
        return {path: user.text((here.project / path).as_uri()) for path in BEFORE}


async def test_the_server_is_killed_while_the_editor_applies(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.fresh()
        texts = await in_editor(here, None)
        judge(texts, here.status())
        for _ in range(KILLS):
            here.fresh()
            texts = await in_editor(here, some_time(here))
            status = here.status()
            judge(texts, status)
            if status in ("applying", "applied"):
                texts = await undone(here, texts)
            assert texts == BEFORE
