"""The scripted model server as a process beside us, for the demo and `doctor --offline`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from homespun.errors import Unreachable

PROVIDER = "scripted"
MODEL = f"{PROVIDER}/scripted"


@contextmanager
def scripted_endpoint(script: Path) -> Generator[str]:
    """Serve `script` on loopback for as long as this is entered; the address, with `/v1`.

    The process ends with us, however we end: it watches its stdin. Raises `Unreachable`.
    """
    command = [sys.executable, "-m", "homespun.providers.scripted", "--script", str(script)]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _address(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.terminate()


def settings_for(address: str) -> dict[str, object]:
    """The settings under which the scripted model at `address` answers, whatever else is set."""
    return {"model": MODEL, "providers": {PROVIDER: {"endpoint": address}}}


def _address(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout is not None else ""
    try:
        return str(json.loads(line)["address"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unreachable("The scripted model server did not start.") from error
