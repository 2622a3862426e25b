"""Puts the server into the extension: `python clients/vscode/bundle.py`.

Into `bundled/` come the wheel, built from this repository, and `requirements.txt`: what of
`requirements.lock` the server needs to run, hashes and all.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BUNDLED = HERE / "bundled"
_ENTRY = re.compile(r"^(?=[A-Za-z0-9])", re.MULTILINE)
_ASKED_BY = re.compile(r"^ +# {1,3}(?:via )?(\S+(?: \(.*\))?)$", re.MULTILINE)
_SERVER = "homespun (pyproject.toml)"


def main() -> None:
    """Make `bundled/` anew."""
    shutil.rmtree(BUNDLED, ignore_errors=True)
    BUNDLED.mkdir()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (BUNDLED / "requirements.txt").write_text(requirements(lock), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", BUNDLED, ROOT]
    subprocess.run([*pip, *build], check=True)


def requirements(lock: str) -> str:
    """The entries of a lock that the server itself asks for, or what it asks for does."""
    entries = {_name(entry): entry for entry in _ENTRY.split(lock) if "==" in entry}
    askers = {name: set(_ASKED_BY.findall(entry)) for name, entry in entries.items()}
    return "".join(entry for name, entry in entries.items() if _needed(name, askers, frozenset()))


def _needed(name: str, askers: Mapping[str, set[str]], seen: frozenset[str]) -> bool:
    """Whether the server asks for a package, or one that asks for it is needed."""
    asked = askers.get(name, set()) - seen
    return _SERVER in asked or any(_needed(one, askers, seen | {name}) for one in asked)


def _name(entry: str) -> str:
    return entry.partition("==")[0]


if __name__ == "__main__":
    main()
