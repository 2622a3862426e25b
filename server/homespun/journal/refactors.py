"""The journal's tables of refactors that are not at their end: each task, and what is done of it.

A part is written once and never changed, so that a process may end at any moment: whoever goes on
finds the parts that were finished, and does the others.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from homespun.journal.rows import clean
from homespun.journal.waiting import held

_OPEN = ("asked", "answered", "refused", "failed", "applying", "undoing", "undone")
"""How a change stands in the journal as long as nothing has come of it, or is to be made anew.

`refused`: the user has said no to what came of it, and may look at it again.
"""


@dataclass(frozen=True, slots=True)
class RefactorEntry:
    """A refactor that was left. `task` as the caller gave it; `held` by another process.

    `status` is how its change stands; `applying`: it was torn off while it was made.
    """

    change_id: str
    at: float
    task: str
    status: str
    held: bool
    parts: Mapping[str, str] = field(default_factory=dict[str, str])


class RefactorKeeper(Protocol):
    """Where refactors are kept. Every method may block on the disk, and raise `KeepingFailed`."""

    def begin(self, change_id: str, task: str) -> None:
        """The change, which is begun, is a refactor; this process is at it."""
        ...

    def keep(self, change_id: str, name: str, value: str) -> None:
        """A part is done. Whatever was kept under this name before stays."""
        ...

    def take(self, change_id: str) -> RefactorEntry | None:
        """The refactor with its parts, held by this process from now where no other holds it."""
        ...

    def left(self, folders: Sequence[str]) -> list[RefactorEntry]:
        """The refactors of `folders` that are not at their end, newest first, with their parts."""
        ...

    def forget(self, change_id: str) -> bool:
        """It is at its end, or dropped; False where there was none."""
        ...


class NoRefactors:
    """Keeps nothing."""

    def begin(self, change_id: str, task: str) -> None:
        """Do nothing."""

    def keep(self, change_id: str, name: str, value: str) -> None:
        """Do nothing."""

    def take(self, change_id: str) -> RefactorEntry | None:
        """Nothing was kept."""
        return None

    def left(self, folders: Sequence[str]) -> list[RefactorEntry]:
        """Nothing was kept."""
        return []

    def forget(self, change_id: str) -> bool:
        """Nothing was kept."""
        return False


Opened = Callable[[], AbstractContextManager[sqlite3.Connection]]


class Refactors:
    """A `RefactorKeeper` within the journal's file."""

    def __init__(self, writing: Opened, reading: Opened) -> None:
        """Both open the journal, `writing` for one transaction."""
        self._writing = writing
        self._reading = reading

    def begin(self, change_id: str, task: str) -> None:
        """The change, which is begun, is a refactor; this process is at it."""
        with self._writing() as connection:
            row = (change_id, os.getpid(), task)
            connection.execute("INSERT INTO refactor VALUES (?, ?, ?)", clean(row))

    def keep(self, change_id: str, name: str, value: str) -> None:
        """A part is done."""
        with self._writing() as connection:
            query = "INSERT OR IGNORE INTO refactor_part VALUES (?, ?, ?)"
            connection.execute(query, clean((change_id, name, value)))

    def take(self, change_id: str) -> RefactorEntry | None:
        """The refactor with its parts."""
        with self._writing() as connection:
            query = f"{_LEFT} AND refactor.change_id = ?"
            row = connection.execute(query, (*_OPEN, change_id)).fetchone()
            if row is None:
                return None
            entry = _entry(connection, row)
            if not entry.held:
                query = "UPDATE refactor SET process = ? WHERE change_id = ?"
                connection.execute(query, (os.getpid(), change_id))
            return entry

    def left(self, folders: Sequence[str]) -> list[RefactorEntry]:
        """The refactors of `folders` that are not at their end."""
        marks = ", ".join("?" for _ in folders)
        query = f"{_LEFT} AND folder IN ({marks}) ORDER BY refactor.change_id DESC"
        with self._reading() as connection:
            rows = connection.execute(query, (*_OPEN, *folders)).fetchall()
            return [_entry(connection, row) for row in rows]

    def forget(self, change_id: str) -> bool:
        """It is at its end."""
        with self._writing() as connection:
            return end(connection, change_id)


def end(connection: sqlite3.Connection, change_id: str) -> bool:
    """Forget a refactor, with all that is done of it; False where there was none."""
    query = "DELETE FROM refactor WHERE change_id = ?"
    return connection.execute(query, (change_id,)).rowcount > 0


# A change that waits for a decision is whole: it is found by that, and not begun anew.
_LEFT = f"""
SELECT refactor.change_id, at, task, process, (
    SELECT kind FROM event WHERE event.change_id = id ORDER BY event.rowid DESC LIMIT 1
) AS status FROM refactor JOIN change ON id = refactor.change_id
WHERE status IN ({", ".join("?" for _ in _OPEN)})
"""  # noqa: S608 - marks alone


def _entry(connection: sqlite3.Connection, row: tuple[str, float, str, int, str]) -> RefactorEntry:
    change_id, at, task, process, status = row
    query = "SELECT name, value FROM refactor_part WHERE change_id = ?"
    parts = dict(connection.execute(query, (change_id,)).fetchall())
    return RefactorEntry(change_id, at, task, status, held(process), parts)
