"""A real Neovim at the real server: what its user sees."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from lsp.test_real_server import HOMESPUN, REPLY, TEXT, environment
from model_servers.peers import this_machine

SESSION = Path(__file__).with_name("neovim.lua")
FILES = Path(__file__).with_name("neovim_files.lua")


def becomes_two(file: str, word: str) -> dict[str, object]:
    hunks = [{"find": f"{word} = 1", "replace": f"{word} = 2"}]
    return {"action": "edit", "file": file, "hunks": hunks}


BOTH = {
    "summary": "Two.",
    "updated_files": [becomes_two("a.py", "one"), becomes_two("b.py", "uno")],
}


async def neovim(script: Path, files: list[Path], reply: str) -> str:
    """What a script in Neovim tells, at the real server with a model that says `reply`."""
    turns = Script(turns=(Turn(reply, times=9),), window=16384)
    async with ScriptedEndpoint(turns) as endpoint:
        process = await asyncio.create_subprocess_exec(
            *(str(this_machine().nvim()), "--headless", "--clean", "-u", "NONE"),
            *("-l", str(script), *map(str, files), *HOMESPUN),
            env={**os.environ, **environment(files[0].parent, endpoint)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(60):
            told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    return told.decode()


@pytest.mark.peer
async def test_a_session(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(TEXT, newline="")
    told = await neovim(SESSION, [file], REPLY)
    assert told.count("ok ") == 12, told


@pytest.mark.peer
async def test_a_change_of_a_file_that_is_not_open(tmp_path: Path) -> None:
    files = [tmp_path / "a.py", tmp_path / "b.py"]
    files[0].write_text("one = 1\n")
    files[1].write_text("uno = 1\n")
    told = await neovim(FILES, files, json.dumps(BOTH))
    assert told.count("ok ") == 10, told
