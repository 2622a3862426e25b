"""What the steps of a change do to single files and folders, so that no file is ever lost."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from pathlib import Path

from homespun.errors import NotApplied, Stale

_BINARY: int = getattr(os, "O_BINARY", 0)
_AGAIN = "Ask again, for the text as it is now."


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


def require(path: Path, expected: bytes) -> None:
    """Raise where `path` is not a plain file (a link swapped in is none) that holds `expected`."""
    if not os.path.lexists(path):
        raise Stale(f"{path} is not there any more.", _AGAIN)
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotApplied(f"{path} is not a plain file.", "Homespun changes plain files only.")
    if path.read_bytes() != expected:
        raise Stale(f"{path} has changed on disk meanwhile.", _AGAIN)


def require_file_or_link(path: Path) -> None:
    """Raise where there is no file at `path`, nor a link."""
    if not os.path.lexists(path):
        raise Stale(f"{path} is not there any more.", _AGAIN)
    if stat.S_ISDIR(path.lstat().st_mode):
        raise NotApplied(f"{path} is a folder.", "Homespun moves and removes single files only.")


def require_nothing(path: Path) -> None:
    """Raise where there is anything at `path`, even a broken link."""
    if os.path.lexists(path):
        raise NotApplied(f"{path} is already there.", "Homespun never writes over another file.")


def write_aside(path: Path, data: bytes, *, mode: int) -> Path:
    """`data`, flushed, in a new file beside `path`, so that a rename can put it there.

    `mode` is bounded by the process's umask, as for any new file.
    """
    aside = aside_name(path)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        forget(aside)
        raise
    return aside


def aside_name(path: Path) -> Path:
    """A name beside `path` that nothing has, for what is put aside."""
    return path.with_name(f".homespun-{secrets.token_hex(8)}")


def copy_ownership(source: Path, target: Path) -> None:
    """Mode, and owner where we may set it; times are the new file's own."""
    if hasattr(os, "chown"):
        status = source.stat()
        with contextlib.suppress(PermissionError):
            os.chown(target, status.st_uid, status.st_gid)
    # After the owner: changing that clears the set-user and set-group bits.
    shutil.copymode(source, target)


def move_to_nothing(source: Path, target: Path) -> None:
    """Rename without ever writing over `target`, which POSIX's own rename would do.

    A hard link fails where the name is taken. Where the disk knows no hard links (FAT, some
    network disks), looking first has to do.
    """
    require_nothing(target)
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        require_nothing(target)
        raise
    except (OSError, NotImplementedError):
        source.rename(target)
    else:
        _drop_old_name(source, target)
    flush_folder(target.parent)


def _drop_old_name(source: Path, target: Path) -> None:
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


def flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut; where folders cannot be flushed, the system does."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def forget(path: Path | None) -> None:
    """Remove what was put aside at `path`, if anything was; never raises."""
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


def same(one: Path, other: Path) -> bool:
    """Whether both are one file on the disk."""
    return os.path.samestat(one.lstat(), other.lstat())
