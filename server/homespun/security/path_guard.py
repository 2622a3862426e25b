"""The gate for what is written: a path that a model wrote, to a place inside the workspace.

Nothing is written here. `resolve` says where a path leads once links are followed, `recheck` says
at the moment of writing that it still does.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass

from homespun.errors import OutsideWorkspace, Protected
from homespun.security.names import Protection, ambiguity, as_spelled, fault, protection

__all__ = ["Protection", "Target", "protection", "read_only", "recheck", "resolve"]

_LONGEST_PATH = 4096
_LONGEST_SHOWN = 100
_WINDOWS = os.name == "nt"
_DRIVE = re.compile(r"[A-Za-z]:")

NamedFolder = tuple[str, str]
"""A workspace folder: its name, its absolute path."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads.

    `path`: absolute, as spelled on disk, links not followed (so that it equals the editor's).
    `relative`: with `/`; after the folder's name where there are several folders. `folder`: the
    absolute path of the workspace folder. `real`: `path` with all links followed.
    """

    path: str
    relative: str
    folder: str
    real: str


def resolve(folders: Sequence[NamedFolder], wanted: str) -> Target:
    """Where `wanted` leads, a path relative to a workspace folder, with `/` or `\\`.

    With several folders it starts with one's name, or names a file that only one of them has.
    The file need not exist. Raises `OutsideWorkspace`, and `Protected` for what is never written
    and for links into protected places.
    """
    parts = _parts(wanted)
    name, folder, inside = _placed(folders, parts, wanted)
    spelled = _spelled(folder, inside)
    path = os.path.join(folder, *spelled)
    if os.path.isdir(path):
        raise _outside(wanted, "names a folder, not a file")
    if not os.path.lexists(path) or _WINDOWS:
        _refuse_ambiguous(inside, wanted)
    relative = "/".join(spelled if len(folders) == 1 else (name, *spelled))
    target = Target(path, relative, folder, _confined(folder, path, wanted))
    _refuse_protected(target, "/".join(spelled))
    return target


def read_only(path: str) -> bool:
    """Whether there is a file at this absolute path that nobody, or not we, may write.

    The bits count for root too: who takes them away means it.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK)


def recheck(target: Target) -> None:
    """Make sure that `target` still leads to the same place. Raises `OutsideWorkspace`.

    To be called right before writing: a link may have been put in the way meanwhile.
    """
    if _confined(target.folder, target.path, target.relative) != target.real:
        raise OutsideWorkspace(
            f"{_shown(target.relative)} leads elsewhere than before: a link in it was changed.",
            "Look at the links in this folder, then ask again.",
        )


def _parts(wanted: str) -> tuple[str, ...]:
    path = wanted.replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path):
        raise _outside(wanted, "is absolute; a path must be relative to the workspace folder")
    if path.startswith("~"):
        raise _outside(wanted, "starts with `~`, which means a home folder")
    if len(path) > _LONGEST_PATH:
        raise _outside(wanted, f"is longer than {_LONGEST_PATH} characters")
    for reason in filter(None, map(fault, path.split("/"))):
        raise _outside(wanted, reason)
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if not parts or path.endswith(("/", "/.")):
        raise _outside(wanted, "names no file")
    return parts


def _placed(
    folders: Sequence[NamedFolder], parts: tuple[str, ...], wanted: str
) -> tuple[str, str, tuple[str, ...]]:
    """The name and path of the folder that `parts` is about, and the way inside it."""
    if not folders:
        raise OutsideWorkspace("No workspace folder is open.", "Open the folder of your project.")
    if len(folders) == 1:
        return (*folders[0], parts)
    named = [(name, path, rest) for name, path in folders if (rest := _after(name, parts))]
    unnamed = [(name, path, parts) for name, path in folders]
    for readings in (named, unnamed):
        existing = [(n, p, rest) for n, p, rest in readings if os.path.lexists(_join(p, rest))]
        if len(existing) == 1:
            return existing[0]
        if existing:
            raise _unclear(wanted, folders)
    if len(named) == 1:
        return named[0]
    raise _unclear(wanted, folders)


def _after(name: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """What follows a folder's name; () where `parts` doesn't start with it."""
    own = tuple(name.split("/"))
    return parts[len(own) :] if parts[: len(own)] == own else ()


def _join(folder: str, parts: Sequence[str]) -> str:
    return os.path.join(folder, *parts)


def _spelled(folder: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """`parts` as they are spelled on disk: an editor knows the file by that name only."""
    found: list[str] = []
    for part in parts:
        exists = os.path.lexists(_join(folder, [*found, part]))
        found.append(as_spelled(part, _listed(_join(folder, found))) if exists else part)
    return tuple(found)


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _confined(folder: str, path: str, wanted: str) -> str:
    """`path` with its links followed. Raises `OutsideWorkspace` where that is not in `folder`."""
    home, real = os.path.realpath(folder), os.path.realpath(path)
    if _goes_round(path):
        raise _outside(wanted, "goes round in a circle of links")
    if not _holds(home, real):
        raise _outside(wanted, "leads out of the workspace folder through a link")
    return real


def _goes_round(path: str) -> bool:
    try:
        os.stat(path)
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _holds(folder: str, path: str) -> bool:
    folder, path = os.path.normcase(folder), os.path.normcase(path)
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _refuse_ambiguous(parts: tuple[str, ...], wanted: str) -> None:
    for reason in filter(None, map(ambiguity, parts)):
        raise _outside(wanted, reason)


def _refuse_protected(target: Target, inside: str) -> None:
    """Refuse what is never written, and ways around a question: links into protected places."""
    named = protection(inside)
    real = protection(os.path.relpath(target.real, os.path.realpath(target.folder)))
    if Protection.NEVER in (named, real):
        raise Protected(f"{_shown(target.relative)} is part of .git, which is never written.")
    if real > named:
        raise Protected(
            f"{_shown(target.relative)} is a link to a protected file.",
            "Name the file itself, so that you can be asked about it.",
        )


def _unclear(wanted: str, folders: Sequence[NamedFolder]) -> OutsideWorkspace:
    names = ", ".join(_shown(name) for name, _ in folders)
    return OutsideWorkspace(
        f"{_shown(wanted)} could be in several workspace folders.",
        f"The path must start with the name of one: {names}.",
    )


def _outside(wanted: str, reason: str) -> OutsideWorkspace:
    return OutsideWorkspace(
        f"The path {_shown(wanted)} {reason}.",
        "Only files inside the workspace folders are changed; ask for a path inside them.",
    )


def _shown(path: str) -> str:
    """A path that a model wrote, fit for a message: short, and without control characters."""
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)
    return plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "..."
