"""The user's own checks (tests, a type checker) of a refactor that was made."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace

from homespun.engine.refactor.task import Refactored, Watching

_PATIENCE = 900.0
"""Seconds for one check: test suites take a while, and one that hangs must end."""
_SHOWN = 1500
"""Characters of what a failed check printed last that are shown."""
_PIECE = 16 * 1024
_UNSAVED = "Your checks were not run, since files of the change are not saved yet."


@dataclass(frozen=True, slots=True)
class Checked:
    """How one check ended; `told` says it to the user, with the last of what a failed one said."""

    passed: bool
    told: str


async def checked(
    refactored: Refactored, commands: Sequence[Sequence[str]], folder: str, events: Watching
) -> Refactored:
    """What was made, with how the user's `commands` end in `folder` (absolute path).

    None is run while files of the change are unsaved: it would look at the text before.
    """
    outcome = refactored.outcome
    if commands and outcome.unsaved:
        reasons = (*outcome.reasons, _UNSAVED)
        return replace(refactored, outcome=replace(outcome, reasons=reasons))
    ended: list[Checked] = []
    for command in commands:
        events.stage("checking", shlex.join(command))
        ended.append(await check(command, folder))
    failed = tuple(one.told for one in ended if not one.passed)
    summary = " ".join((outcome.summary, *(one.told for one in ended if one.passed))).strip()
    outcome = replace(outcome, summary=summary, reasons=(*outcome.reasons, *failed))
    return replace(refactored, outcome=outcome, passed=not failed)


async def check(command: Sequence[str], folder: str) -> Checked:
    """Run `command`, which the user's own settings file names, in `folder` (absolute path).

    Without a shell and with nothing to read. Never raises but where it is cancelled, which ends
    the program and all that it started.
    """
    name = shlex.join(command)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        because = error.strerror if isinstance(error, OSError) else str(error)
        return Checked(False, f"Your check `{name}` cannot be run: {because}.")
    try:
        async with asyncio.timeout(_PATIENCE):
            printed = await _last(process)
            code = await process.wait()
    except TimeoutError:
        return Checked(False, f"Your check `{name}` was ended after {_PATIENCE:g} seconds.")
    finally:
        await _end(process)
    if code == 0:
        return Checked(True, f"Your check `{name}` passed.")
    return Checked(False, f"Your check `{name}` failed ({code}):\n{printed}".rstrip())


async def _last(process: asyncio.subprocess.Process) -> str:
    """The last of what a program prints, whole lines where that can be."""
    kept = b""
    while process.stdout is not None and (piece := await process.stdout.read(_PIECE)):
        kept = (kept + piece)[-4 * _SHOWN :]
    text = kept.decode("utf-8", "replace").strip()
    if len(text) <= _SHOWN:
        return text
    return text[-_SHOWN:].partition("\n")[2] or text[-_SHOWN:]


async def _end(process: asyncio.subprocess.Process) -> None:
    """End what still runs of a check, and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()
    await process.wait()
