"""A machine of its own for the command line: a project, a home, a scripted model, a shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homespun.cli.demo.setting import environment
from homespun.cli.scripted import MODEL, scripted_endpoint

TEXT = "def add(a, b):\n    return a - b\n\n\ndef twice(a):\n    return add(a, a)\n"
FIXED = TEXT.replace("a - b", "a + b")


def reply(*updates: dict[str, Any], summary: str = "Adds now.") -> str:
    """A whole reply, as the design has it."""
    return json.dumps({"summary": summary, "updated_files": list(updates)})


FIX = reply({"action": "write", "file": "calc.py", "text": FIXED})


class Shell:
    """Runs `homespun` in a project of one file, `calc.py`, with nothing of the user's around."""

    def __init__(self, folder: Path, model: dict[str, str]) -> None:
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / ".git").mkdir()
        self.file = self.project / "calc.py"
        self.file.write_text(TEXT)
        self.home = folder / "home"
        self.environ = environment(self.home, os.environ, model)

    @property
    def config(self) -> Path:
        """The user's settings file."""
        return Path(self.run("config", "path").stdout.strip())

    def command(self, *arguments: str) -> Sequence[str]:
        return (sys.executable, "-m", "homespun", *arguments)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return self.run_in(self.project, *arguments, stdin=stdin)

    def run_in(
        self, folder: Path, *arguments: str, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run it with `folder` as the current one."""
        return subprocess.run(
            self.command(*arguments),
            cwd=folder,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )

    def json(self, *arguments: str) -> Any:
        """The one JSON object that a command gives on stdout."""
        return json.loads(self.run(*arguments, "--json").stdout)


@contextmanager
def scripted_shell(folder: Path, *turns: dict[str, Any], **script: Any) -> Generator[Shell]:
    """A shell whose model plays `turns`."""
    file = folder / "script.json"
    file.write_text(json.dumps({"window": 8192, "turns": turns, **script}))
    with scripted_endpoint(file) as address:
        yield Shell(folder, {"HOMESPUN_MODEL": MODEL, "SCRIPTED_BASE_URL": address})
