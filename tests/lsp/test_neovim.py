"""A real Neovim at the real server: what its user sees."""

import asyncio
import os
from pathlib import Path

import pytest

from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from lsp.test_real_server import HOMESPUN, REPLY, TEXT, environment
from model_servers.peers import this_machine

SESSION = Path(__file__).with_name("neovim.lua")


@pytest.mark.peer
async def test_a_session(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(TEXT, newline="")
    script = Script(turns=(Turn(REPLY, times=9),), window=16384)
    async with ScriptedEndpoint(script) as endpoint:
        process = await asyncio.create_subprocess_exec(
            *(str(this_machine().nvim()), "--headless", "--clean", "-u", "NONE"),
            *("-l", str(SESSION), str(file), *HOMESPUN),
            env={**os.environ, **environment(tmp_path, endpoint)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(60):
            told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    assert told.decode().count("ok ") == 12, told.decode()
