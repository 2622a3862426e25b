"""The journal's table of plans that wait for a decision, each held by one process."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence


def hold(connection: sqlite3.Connection, change_id: str, plan: str) -> None:
    """Keep a plan that begins to wait."""
    connection.execute("INSERT INTO waiting VALUES (?, ?, ?)", (change_id, os.getpid(), plan))


def change(connection: sqlite3.Connection, change_id: str, plan: str) -> bool:
    """Keep what a waiting plan has become; False where it does not wait."""
    query = "UPDATE waiting SET plan = ? WHERE change_id = ?"
    return connection.execute(query, (plan, change_id)).rowcount > 0


def release(connection: sqlite3.Connection, change_id: str) -> bool:
    """Forget a plan; False where it did not wait."""
    query = "DELETE FROM waiting WHERE change_id = ?"
    return connection.execute(query, (change_id,)).rowcount > 0


def take_over(connection: sqlite3.Connection, folders: Sequence[str]) -> list[tuple[str, str]]:
    """The plans of `folders` that nobody else alive holds, by change: this process's from now."""
    marks = ", ".join("?" for _ in folders)
    query = (
        "SELECT change_id, process, plan FROM waiting JOIN change ON id = change_id "  # noqa: S608
        f"WHERE folder IN ({marks}) ORDER BY change_id"
    )
    rows = connection.execute(query, tuple(folders)).fetchall()
    left = [(change_id, plan) for change_id, process, plan in rows if not held(process)]
    for change_id, _ in left:
        query = "UPDATE waiting SET process = ? WHERE change_id = ?"
        connection.execute(query, (os.getpid(), change_id))
    return left


def held(process: int) -> bool:
    """Whether another process holds it. On Windows there is no harmless way to look: none does.

    A number that a new process has got since hides the plan until that one ends, too.
    """
    if process == os.getpid() or os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
