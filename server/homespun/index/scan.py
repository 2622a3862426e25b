"""Finds the files of a folder: those that the ignore rules allow, by name alone.

No link is followed: what it leads to is found where it stands, or is not of this folder. So no
loop of links can be walked, and no file counts twice.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from homespun.core.counting import counted

Stamp = tuple[int, int]
"""A file's size in bytes, and its time of change in nanoseconds since 1970."""

_DERIVED = frozenset({
    "__pycache__", "node_modules", "bower_components", ".venv", ".tox", ".nox", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", ".gradle", ".hg", ".svn", ".bzr", ".jj", ".direnv",
    ".terraform",
})  # fmt: skip
"""Folders that tools fill by themselves."""
_MARKS = ("pyvenv.cfg", "CACHEDIR.TAG")
"""Files that mark such a folder."""


class Level(Protocol):
    """What the ignore rules say of one folder, see `security.descent`."""

    def listed(self, names: Container[str]) -> Level:
        """The same folder with the ignore files that are among the `names` in it."""
        ...

    def enter(self, name: str) -> Level | str:
        """The folder `name` in it, or why it is left out."""
        ...

    def file(self, name: str) -> str:
        """Why the file `name` in it is left out; "" where it is not."""
        ...


class Rules(Protocol):
    """Where the ignore rules of a folder begin, as they are on disk now."""

    def start(self) -> Level | str:
        """The folder itself, or why all of it is left out."""
        ...


@dataclass(slots=True)
class Found:
    """What was found: files by path, and the files and folders that were passed over, and why.

    Paths are relative to the folder, with `/`. What an ignore rule leaves out is not among
    `skipped`: nobody expects it. `complete` is false where the walk stopped at its limit.
    """

    files: dict[str, Stamp] = field(default_factory=dict[str, Stamp])
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a walk goes: in files and folders, and whether to other file systems."""

    files: int = 400_000
    folders: int = 200_000
    crosses: bool = True


def limits(folder: str, home: str) -> Limits:
    """The limits for a folder: a home folder, or one above it, is no project, and never ends."""
    real, home = os.path.realpath(folder), os.path.realpath(home)
    inside = home == real or home.startswith(real.rstrip(os.sep) + os.sep)
    return Limits(10_000, 5_000, crosses=False) if inside else Limits()


def scan(folder: str, rules: Rules, bounds: Limits, found: Found) -> Iterator[Sequence[str]]:
    """Put the files under `folder` into `found`, one folder a step; the paths of its files.

    Breadth first, so that a walk that is cut short has seen what is near the top.
    """
    start = rules.start()
    if isinstance(start, str):
        found.skipped["."] = start
        return
    walk = _Walk(folder, bounds, found)
    waiting: list[tuple[str, Level]] = [("", start)]
    for count, (path, level) in enumerate(waiting):
        if count >= bounds.folders or len(found.files) >= bounds.files:
            found.complete = False
            found.skipped["."] = (
                "this folder is too large to be indexed whole: the index holds"
                f" {counted(len(found.files), 'file')} of {counted(count, 'folder')}, those nearest"
                " to its top"
            )
            break
        walk.files = []
        waiting += walk.folder(path, level)
        waiting[count] = ("", start)  # Its level is not needed any more.
        yield walk.files


class _Walk:
    def __init__(self, folder: str, bounds: Limits, found: Found) -> None:
        self._root = folder
        self._found = found
        self.files: list[str] = []
        """The paths that were taken in, since somebody made this list anew."""
        self._device = None if bounds.crosses else _device(folder)

    def folder(self, path: str, level: Level) -> list[tuple[str, Level]]:
        """Takes in the files of one folder; its folders, to be walked later."""
        try:
            with os.scandir(os.path.join(self._root, path) if path else self._root) as listing:
                entries = {entry.name: entry for entry in listing}
        except OSError as error:
            self._found.skipped[path or "."] = f"it cannot be read: {error.strerror}"
            return []
        if path and any(mark in entries for mark in _MARKS):
            self._found.skipped[path] = "tools make what is in it"
            return []
        level = level.listed(entries)
        inner: list[tuple[str, Level]] = []
        for name in sorted(entries):
            shown = f"{path}/{name}" if path else name
            if not name.isascii() and not _is_text(name):
                self._found.skipped[_readable(shown)] = "its name is not UTF-8"
            elif (entered := self._entry(shown, entries[name], level)) is not None:
                inner.append((shown, entered))
        return inner

    def _entry(self, path: str, entry: os.DirEntry[str], level: Level) -> Level | None:
        try:
            if entry.is_dir(follow_symlinks=False):
                return self._inner(path, entry, level)
            if entry.is_symlink():
                if not level.file(entry.name):
                    self._found.skipped[path] = "a link: what it leads to counts where it stands"
                return None
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._found.skipped[path] = f"it cannot be read: {error.strerror}"
            return None
        if stat.S_ISREG(status.st_mode) and not level.file(entry.name):
            self._found.files[path] = (status.st_size, status.st_mtime_ns)
            self.files.append(path)
        return None

    def _inner(self, path: str, entry: os.DirEntry[str], level: Level) -> Level | None:
        if entry.name in _DERIVED:
            self._found.skipped[path] = "tools make what is in it"
            return None
        if self._device is not None and entry.stat(follow_symlinks=False).st_dev != self._device:
            self._found.skipped[path] = "it is on another file system"
            return None
        entered = level.enter(entry.name)
        return None if isinstance(entered, str) else entered


def derived(path: str) -> bool:
    """Whether a path lies in a folder that tools fill, by the folder's name."""
    return any(part in _DERIVED for part in path.split("/")[:-1])


def _device(folder: str) -> int | None:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
