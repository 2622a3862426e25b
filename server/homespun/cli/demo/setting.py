"""The demo's own small world: a project, an environment, and a model, all gone afterwards."""

from __future__ import annotations

import asyncio
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
SCRIPT = _HERE / "script.json"
"""What the scripted model says."""

_OURS = ("HOMESPUN_", "XDG_", "AYE_", "LOCAL_LLM_", "OPENAI_")
_THEIRS = ("_BASE_URL", "_API_KEY", "_PROXY")


@dataclass(frozen=True, slots=True)
class Project:
    """The copy of the sample project: its folder, and the file that the demo edits."""

    root: Path

    @property
    def file(self) -> Path:
        """The file with the `homespun:` comment."""
        return self.root / "splitbill" / "shares.py"

    async def test(self) -> TestRun:
        """Run the project's own tests."""
        command = [sys.executable, "-B", "-m", "unittest"]
        run = await asyncio.to_thread(
            subprocess.run, command, cwd=self.root, capture_output=True, text=True, timeout=60
        )
        return TestRun(run.returncode == 0, run.stderr)


@dataclass(frozen=True, slots=True)
class TestRun:
    """How a run of the tests ended."""

    passed: bool
    output: str

    @property
    def said(self) -> str:
        """How many tests ran, or which one failed first and why, in a line."""
        return self._ran() if self.passed else f"{self._failed()}: {self._reason()}"

    def _ran(self) -> str:
        return f"{self._line('Ran ').split(' in ')[0]}: OK"

    def _failed(self) -> str:
        return self._line("FAIL: ").removeprefix("FAIL: ").split(" ")[0] or "the tests failed"

    def _reason(self) -> str:
        return self._line("AssertionError: ").removeprefix("AssertionError: ")

    def _line(self, start: str) -> str:
        return next((line for line in self.output.splitlines() if line.startswith(start)), "")


@contextmanager
def project() -> Generator[Project]:
    """A fresh copy of the sample project; removed when this is left."""
    with tempfile.TemporaryDirectory(prefix="homespun-demo-", ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve() / "splitbill"
        shutil.copytree(_HERE / "project", root, ignore=shutil.ignore_patterns("__pycache__"))
        yield Project(root)


def environment(home: Path, given: Mapping[str, str], model: Mapping[str, str]) -> dict[str, str]:
    """The environment for the demo's server: nothing of the user's settings, only `model`.

    `home` takes the place of the home folder, so that settings, journal and what was agreed to
    are the demo's own.
    """
    kept = {name: value for name, value in given.items() if not _says_something(name)}
    folders = {name: str(home) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}
    # platformdirs asks Windows itself for its folders, unless told.
    told = {f"WIN_PD_OVERRIDE_{name}": str(home) for name in ("APPDATA", "LOCAL_APPDATA")}
    # Python looks for the user's own packages under HOME: we may be one of them.
    packages = {"PYTHONUSERBASE": site.getuserbase()}
    return {**kept, **folders, **places, **told, **packages, **model}


def _says_something(name: str) -> bool:
    """Whether a variable could tell Homespun which model to use, or where its files are."""
    upper = name.upper()
    return upper.startswith(_OURS) or upper.endswith(_THEIRS)
