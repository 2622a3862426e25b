"""Ignore files on disk: read when first needed, and anew when they have changed."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from homespun.security.patterns import Rule, parse

ANY_CASE = sys.platform in ("win32", "darwin")
"""Whether file systems of this platform don't mind letter case, as git's `core.ignoreCase`."""

LARGEST = 500_000
"""Bytes of an ignore file that is read."""

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """An ignore file's rules; `unusable` where it is there and could not be read."""

    stamp: Stamp | None = None
    rules: tuple[Rule, ...] = ()
    unusable: bool = False


class IgnoreFiles:
    """Reads ignore files, and keeps them by path until their time or size changes."""

    def __init__(self) -> None:
        self._known: dict[str, IgnoreFile] = {}

    def at(self, path: str) -> IgnoreFile:
        """The ignore file at `path`; without rules where there is none."""
        stamp = _stamp(path)
        known = self._known.get(path)
        if known is None or known.stamp != stamp:
            known = IgnoreFile() if stamp is None else _read(path, stamp)
            self._known[path] = known
        return known


def exclude_file(top: str) -> str:
    """The repository's own ignore file, which is not part of the project; `top`: its root.

    In a work tree `.git` is a file that names the folder, and that names the one in common
    (https://git-scm.com/docs/gitrepository-layout).
    """
    git = Path(top, ".git")
    try:
        if git.is_file():
            git = git.parent / _first_line(git).removeprefix("gitdir: ")
        if (git / "commondir").is_file():
            git = git / _first_line(git / "commondir")
    except (OSError, ValueError):
        pass  # Not a repository that git would know either.
    return str(git / "info" / "exclude")


def repository(folder: str) -> str:
    """The root of the repository that `folder` is in; `folder` itself where it is in none."""
    for candidate in (Path(folder), *Path(folder).parents):
        if os.path.lexists(candidate / ".git"):
            return str(candidate)
    return folder


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline(4096).rstrip("\r\n")


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    # A pipe of that name would never answer.
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: str, stamp: Stamp) -> IgnoreFile:
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        return IgnoreFile(stamp, unusable=True)
    if len(data) > LARGEST:
        return IgnoreFile(stamp, unusable=True)
    return IgnoreFile(stamp, parse(os.fsdecode(data), any_case=ANY_CASE))
