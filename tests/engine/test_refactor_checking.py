"""The user's own checks after a refactor: how each ends is told, and none is left running."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from homespun.engine.refactor.checking import check

STARTS_ANOTHER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open("pid.part", "w") as file:
    file.write(str(child.pid))
import os; os.replace("pid.part", "pid")
time.sleep(600)
"""


def runs(pid: int) -> bool:
    """Whether a process is there that does anything: one that is dead and not fetched does not."""
    told = subprocess.run(("ps", "-o", "stat=", "-p", str(pid)), capture_output=True, text=True)
    return bool(told.stdout.strip()) and not told.stdout.strip().startswith("Z")


async def test_a_check_that_is_cancelled_is_ended_with_what_it_started(tmp_path: Path) -> None:
    checking = asyncio.create_task(check([sys.executable, "-c", STARTS_ANOTHER], str(tmp_path)))
    file = tmp_path / "pid"
    async with asyncio.timeout(60):
        while not file.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.02)
    pid = int(file.read_text())
    assert runs(pid)
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
    async with asyncio.timeout(60):
        while runs(pid):  # noqa: ASYNC110 - the system can only be asked
            await asyncio.sleep(0.05)


async def test_of_much_that_a_check_prints_the_last_lines_are_told(tmp_path: Path) -> None:
    program = "import sys; print('\\n'.join(f'line {n}' for n in range(100_000))); sys.exit(7)"
    ended = await check([sys.executable, "-c", program], str(tmp_path))
    assert not ended.passed and "failed (7):\nline " in ended.told
    assert ended.told.endswith("line 99999") and len(ended.told) < 2000


async def test_a_check_runs_in_the_folder_and_is_given_nothing_to_read(tmp_path: Path) -> None:
    program = "import os, sys; sys.exit(sys.stdin.read() != '' or os.getcwd() != sys.argv[1])"
    ended = await check([sys.executable, "-c", program, str(tmp_path)], str(tmp_path))
    assert ended.passed, ended.told
