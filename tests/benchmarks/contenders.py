"""The language servers that are compared, ours first: the commands that start them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.model_servers.peers import this_machine

Command = list[str | Path]

HOMESPUN: Command = [sys.executable, "-m", "homespun", "lsp"]
BARE_PYGLS: Command = [sys.executable, Path(__file__).parent / "peers" / "bare_pygls.py"]


def ruff() -> Command | None:
    """Ruff's server, the fastest there is; None where it is not installed."""
    program = this_machine().bench_program("ruff")
    return [program, "server"] if program else None


def copilot() -> Command | None:
    """Copilot's language server; None where it is not installed."""
    program = this_machine().bench_program("copilot-language-server")
    return [program, "--stdio"] if program else None


def own_files(folder: Path) -> Mapping[str, str]:
    """An environment in which our server keeps its files in `folder`, and finds no settings."""
    return {
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_DATA_HOME": str(folder / "data"),
    }
