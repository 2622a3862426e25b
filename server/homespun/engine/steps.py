"""The single steps of a change on disk: checked, prepared, made, and taken back where need be."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import Protocol

from homespun.errors import NotApplied, Stale

_BINARY: int = getattr(os, "O_BINARY", 0)
_AGAIN = "Ask again, for the text as it is now."


class Step(Protocol):
    """One step. The writer calls the methods in this order; `take_back` only after `make`."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """What the step reads and changes."""
        ...

    def check(self) -> None:
        """Raise `Stale` or `NotApplied` where the disk is not what the step was made for."""
        ...

    def prepare(self) -> None:
        """Do all that can fail and changes none of the user's files."""
        ...

    def make(self) -> None:
        """Change the user's file, by one rename."""
        ...

    def take_back(self) -> None:
        """Bring back what was there before `make`."""
        ...

    def clean(self) -> None:
        """Let go of everything that was kept aside; never raises."""
        ...


class Replace:
    """Other bytes for a file that is there; its mode and owner stay."""

    def __init__(self, path: Path, before: bytes, after: bytes) -> None:
        """`path` with all links followed; `before` is what must be there."""
        self.paths = (path,)
        self._path = path
        self._before = before
        self._after = after
        self._aside: Path | None = None

    def check(self) -> None:
        """The file is there, may be written, and holds `before`."""
        _require(self._path, self._before)
        if not os.access(self._path, os.W_OK):
            raise NotApplied(f"{self._path} is read-only.", "Make it writable and try again.")

    def prepare(self) -> None:
        """Write the new bytes beside the file."""
        self._aside = _write_aside(self._path, self._after, mode=0o600)

    def make(self) -> None:
        """Swap the new bytes in."""
        if self._aside is not None:
            self._swap(self._aside, self._before)

    def take_back(self) -> None:
        """Swap the bytes before back in, where nobody else has written meanwhile."""
        aside = _write_aside(self._path, self._before, mode=0o600)
        try:
            self._swap(aside, self._after)
        finally:
            _forget(aside)

    def clean(self) -> None:
        """Remove new bytes that were never swapped in."""
        _forget(self._aside)

    def _swap(self, aside: Path, expected: bytes) -> None:
        _copy_ownership(self._path, aside)
        _require(self._path, expected)
        aside.replace(self._path)
        _flush_folder(self._path.parent)


class Create:
    """A new file; never in place of anything."""

    def __init__(self, path: Path, after: bytes) -> None:
        """`path` with all links of its folder followed."""
        self.paths = (path,)
        self._path = path
        self._after = after
        self._aside: Path | None = None
        self._folders: list[Path] = []

    def check(self) -> None:
        """There is nothing at the path, not even a broken link."""
        _require_nothing(self._path)

    def prepare(self) -> None:
        """Make the folders, and write the bytes beside where they go."""
        make_folders(self._path.parent, self._folders)
        self._aside = _write_aside(self._path, self._after, mode=0o666)

    def make(self) -> None:
        """Give the bytes their name."""
        if self._aside is not None:
            _move_to_nothing(self._aside, self._path)

    def take_back(self) -> None:
        """Remove the file, where it still is what was made."""
        _require(self._path, self._after)
        self._path.unlink()

    def clean(self) -> None:
        """Remove bytes that never got their name, and the folders that stayed empty."""
        _forget(self._aside)
        remove_empty(self._folders)


class Remove:
    """A file goes; it is kept aside until the whole change is made."""

    def __init__(self, path: Path) -> None:
        """`path` with the links of its folder followed; a link itself goes as a link."""
        self.paths = (path,)
        self._path = path
        self._aside: Path | None = _aside_name(path)

    def check(self) -> None:
        """The file is there."""
        _require_file_or_link(self._path)

    def prepare(self) -> None:
        """Nothing: removing needs no room."""

    def make(self) -> None:
        """Put the file aside."""
        self.check()
        if self._aside is not None:
            self._path.rename(self._aside)

    def take_back(self) -> None:
        """Put the file back where it was."""
        # From here on `clean` must not remove it: where this fails, it is the only copy.
        aside, self._aside = self._aside, None
        if aside is not None:
            _move_to_nothing(aside, self._path)

    def clean(self) -> None:
        """Remove for good what is still aside."""
        _forget(self._aside)


class Move:
    """A file gets another path, where nothing is."""

    def __init__(self, path: Path, new_path: Path) -> None:
        """Both with the links of their folders followed; a link itself is moved as a link."""
        self.paths = (path, new_path)
        self._path = path
        self._new_path = new_path
        self._folders: list[Path] = []

    def check(self) -> None:
        """The file is there and nothing is at the new path, unless only letter case changes."""
        _require_file_or_link(self._path)
        if not self._only_case_changes():
            _require_nothing(self._new_path)

    def prepare(self) -> None:
        """Make the new path's folders."""
        make_folders(self._new_path.parent, self._folders)

    def make(self) -> None:
        """Move the file."""
        self._rename(self._path, self._new_path)

    def take_back(self) -> None:
        """Move it back."""
        self._rename(self._new_path, self._path)

    def clean(self) -> None:
        """Remove the folders that stayed empty."""
        remove_empty(self._folders)

    def _rename(self, source: Path, target: Path) -> None:
        if self._only_case_changes():
            source.rename(target)
        else:
            _move_to_nothing(source, target)

    def _only_case_changes(self) -> bool:
        """Whether both paths are one file on a disk that ignores letter case."""
        same_letters = str(self._path).casefold() == str(self._new_path).casefold()
        return (
            same_letters and os.path.lexists(self._new_path) and _same(self._path, self._new_path)
        )


def make_folders(folder: Path, made: list[Path]) -> None:
    """Make `folder` and what is missing above it; each one that was made goes into `made`."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        made.append(path)


def remove_empty(folders: list[Path]) -> None:
    """Remove those of `folders` that are empty, the deepest first."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _require(path: Path, expected: bytes) -> None:
    """Raise where `path` is not a plain file (a link swapped in is none) that holds `expected`."""
    if not os.path.lexists(path):
        raise Stale(f"{path} is not there any more.", _AGAIN)
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotApplied(f"{path} is not a plain file.", "Homespun changes plain files only.")
    if path.read_bytes() != expected:
        raise Stale(f"{path} has changed on disk meanwhile.", _AGAIN)


def _require_file_or_link(path: Path) -> None:
    if not os.path.lexists(path):
        raise Stale(f"{path} is not there any more.", _AGAIN)
    if stat.S_ISDIR(path.lstat().st_mode):
        raise NotApplied(f"{path} is a folder.", "Homespun moves and removes single files only.")


def _require_nothing(path: Path) -> None:
    if os.path.lexists(path):
        raise NotApplied(f"{path} is already there.", "Homespun never writes over another file.")


def _write_aside(path: Path, data: bytes, *, mode: int) -> Path:
    """`data`, flushed, in a new file beside `path`, so that a rename can put it there.

    `mode` is bounded by the process's umask, as for any new file.
    """
    aside = _aside_name(path)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _forget(aside)
        raise
    return aside


def _aside_name(path: Path) -> Path:
    return path.with_name(f".homespun-{secrets.token_hex(8)}")


def _copy_ownership(source: Path, target: Path) -> None:
    """Mode, and owner where we may set it; times are the new file's own."""
    if hasattr(os, "chown"):
        status = source.stat()
        with contextlib.suppress(PermissionError):
            os.chown(target, status.st_uid, status.st_gid)
    # After the owner: changing that clears the set-user and set-group bits.
    shutil.copymode(source, target)


def _move_to_nothing(source: Path, target: Path) -> None:
    """Rename without ever writing over `target`, which POSIX's own rename would do.

    A hard link fails where the name is taken. Where the disk knows no hard links (FAT, some
    network disks), looking first has to do.
    """
    _require_nothing(target)
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        _require_nothing(target)
        raise
    except (OSError, NotImplementedError):
        source.rename(target)
    else:
        _drop_old_name(source, target)
    _flush_folder(target.parent)


def _drop_old_name(source: Path, target: Path) -> None:
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut; where folders cannot be flushed, the system does."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _forget(path: Path | None) -> None:
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


def _same(one: Path, other: Path) -> bool:
    return os.path.samestat(one.lstat(), other.lstat())
