"""What the user agreed to: which workspace's text may go to which cloud model.

Kept in the user's own state folder, never in the project. No answer, and a file that cannot be
understood, mean no.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from pathlib import Path
from typing import Any, cast

from homespun.errors import KeepingFailed

_LARGEST = 1_000_000


class Consents:
    """The user's yeses, in one JSON file: destinations by workspace folder.

    A destination names provider, address and model: another model or address is another question.
    Methods block on the disk, and may be called from several threads.
    """

    def __init__(self, path: Path) -> None:
        """`path` and its folder are made when the first yes is kept."""
        self._path = path
        self._lock = threading.Lock()

    def given(self, folder: str, destination: str) -> bool:
        """Whether the user agreed that text of `folder` goes to `destination`."""
        return destination in self._read().get(_key(folder), [])

    def give(self, folder: str, destination: str) -> None:
        """Keep a yes. Raises `KeepingFailed`."""
        with self._lock:
            table = self._read()
            agreed = table.setdefault(_key(folder), [])
            if destination not in agreed:
                agreed.append(destination)
                self._write(table)

    def withdraw(self, folder: str, destination: str) -> None:
        """Take a yes back. Raises `KeepingFailed`."""
        with self._lock:
            table = self._read()
            left = [kept for kept in table.pop(_key(folder), []) if kept != destination]
            self._write({**table, _key(folder): left} if left else table)

    def _read(self) -> dict[str, list[str]]:
        try:
            with self._path.open("rb") as file:
                data: Any = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(data, dict):
            return {}
        table = cast("dict[str, Any]", data)
        return {folder: agreed for folder, agreed in table.items() if _is_texts(agreed)}

    def _write(self, table: dict[str, list[str]]) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(self._path, json.dumps(table, indent=1).encode())
        except OSError as error:
            raise KeepingFailed(
                f"Your answer could not be kept in {self._path}: {error.strerror}.",
                "Make room on the disk, or mend the permissions of that folder.",
            ) from error


def _key(folder: str) -> str:
    return os.path.normcase(os.path.realpath(folder)) if folder else ""


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, str) for item in cast("list[object]", value)
    )


def _replace(path: Path, data: bytes) -> None:
    """Write all or nothing, readable by its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
