"""VS Code as a peer: its own server and workbench, out of the npm package of code-server, and
Playwright's driver for the Chromium that shows it.

The server part of VS Code is all that is taken: no wrapper around it, nothing that needs a
compiler. Chromium itself is the system's.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
from pathlib import Path

from model_servers.commands import npm, run

PINNED = Path(__file__).parent / "vscode.npm"
_INSIDE = "package/lib/vscode/"
_QUIETLY = ("--omit=dev", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--silent")
_UNUSED = ("extensions/copilot", "node_modules/@github", "node_modules/@microsoft/mxc-sdk")


def install(folder: Path) -> None:
    """Into `folder`: `server`, VS Code itself, and `playwright-core`."""
    tools = folder.parent / "tools"
    pinned = dict(line.split() for line in PINNED.read_text().splitlines())
    archives = [_fetch(tools, folder, *one) for one in pinned.items()]
    _unpack(archives[0], folder / "server", _INSIDE)
    _unpack(archives[1], folder / "playwright-core", "package/")
    # Not `npm ci`: the shrinkwrap that comes with it lacks a package (4.139.1: tslib).
    run(*npm(tools), "install", *_QUIETLY, "--prefix", folder / "server")
    for name in _UNUSED:
        shutil.rmtree(folder / "server" / name, ignore_errors=True)
    for archive in archives:
        archive.unlink()


def _fetch(tools: Path, folder: Path, package: str, integrity: str) -> Path:
    """The package's archive. Raises `OSError` where it is not the pinned one."""
    run(*npm(tools), "pack", "--silent", "--pack-destination", folder, package)
    archive = folder / f"{package.replace('@', '-')}.tgz"
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != integrity:
        raise OSError(f"{package} is not the one that {PINNED.name} names")
    return archive


def _unpack(archive: Path, folder: Path, inside: str) -> None:
    """What is below `inside` in an archive."""
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if member.name.startswith(inside):
                member.name = member.name.removeprefix(inside)
                tar.extract(member, folder, filter="data")
