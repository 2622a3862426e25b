"""What git says of a folder. A repository's configuration is untrusted: nothing of it is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from homespun.errors import InputError

_LIMIT = 30.0
"""Seconds for one answer of git."""
_RUN_BY_FILTERS = ("clean", "smudge", "process")
# What else a repository's configuration can make `git status` run.
_RUN_NOTHING = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


def uncommitted(folder: Path) -> list[str]:
    """The paths of tracked files below `folder` with changes that are not committed.

    Empty where it is in no repository. Raises `InputError` where git cannot tell.
    """
    if not any((one / ".git").exists() for one in (folder, *folder.parents)):
        return []
    git = shutil.which("git")
    if git is None:
        raise _cannot_tell(folder, "git is not installed")
    status = ("status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all")
    answer = _asked(
        git, folder, (*_RUN_NOTHING, *_without_filters(git, folder), *status, "--", ".")
    )
    return _paths(answer)


def _without_filters(git: str, folder: Path) -> tuple[str, ...]:
    """The settings that take away each filter that the repository's own configuration names."""
    listed = _asked(git, folder, (*_RUN_NOTHING, "config", "--list", "-z", "--show-scope"))
    fields = listed.split("\0")
    off: list[str] = []
    for scope, setting in zip(fields[::2], fields[1::2], strict=False):
        key = setting.partition("\n")[0]
        section, _, rest = key.partition(".")
        name, _, last = rest.rpartition(".")
        if scope in ("local", "worktree") and section == "filter" and last in _RUN_BY_FILTERS:
            off += ["-c", f"filter.{name}.{last}=", "-c", f"filter.{name}.required=false"]
    return tuple(off)


def _asked(git: str, folder: Path, arguments: Sequence[str]) -> str:
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    command = (git, "-C", str(folder), "--no-pager", *arguments)
    try:
        done = subprocess.run(  # noqa: S603 - git itself, told to run nothing of the repository's
            command,
            capture_output=True,
            env=environ,
            stdin=subprocess.DEVNULL,
            timeout=_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _cannot_tell(folder, "git could not be asked") from error
    if done.returncode != 0:
        raise _cannot_tell(folder, _first_line(done.stderr))
    return done.stdout.decode("utf-8", "replace")


def _paths(answer: str) -> list[str]:
    """The paths in an answer of `git status -z`; a renamed file has its old name after it."""
    fields = iter(answer.split("\0"))
    found: list[str] = []
    for field in fields:
        if len(field) > 3:
            found.append(field[3:])
            if field[0] in "RC":
                next(fields, None)
    return found


def _first_line(told: bytes) -> str:
    lines = told.decode("utf-8", "replace").splitlines() or ["git gave no reason"]
    return lines[0][:200]


def _cannot_tell(folder: Path, why: str) -> InputError:
    return InputError(
        f"Whether {folder} has changes that are not committed cannot be told: {why}.",
        "Mend that, or use --allow-dirty.",
    )
