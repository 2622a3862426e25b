"""The journal in a file: SQLite, append-only, durable at each write, readable by its owner only."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from homespun.errors import KeepingFailed
from homespun.journal import refactors, waiting
from homespun.journal.entry import Entry, FileRecord, Kind
from homespun.journal.rows import clean
from homespun.journal.schema import migrate
from homespun.journal.usage import UsageRecord

_log = logging.getLogger(__name__)

_WAIT = 5.0
"""Seconds to wait for another process that writes."""
_PAUSE = 0.005
"""Seconds between two tries at what SQLite does not wait for itself."""
_MADE = ("applied", "partly")
"""How a change stands whose refactor is at its end."""

_CHANGES = """
SELECT id, at, folder, title, instruction, model, provider, local,
    (SELECT kind FROM event WHERE change_id = id ORDER BY event.rowid DESC LIMIT 1) AS status,
    (SELECT note FROM event WHERE change_id = id ORDER BY event.rowid DESC LIMIT 1) AS note
FROM change"""


class Journal:
    """A `Keeper` in one SQLite file. May be used from several threads and processes at once.

    Each call opens the file for itself: a few tenths of a millisecond, and no state to go wrong.
    """

    def __init__(self, path: Path) -> None:
        """`path` and its folder are made when first needed."""
        self._path = path
        self._ready = False
        self.refactors = refactors.Refactors(self._writing, self._reading)

    @property
    def where(self) -> str:
        """The file."""
        return str(self._path)

    def begin(
        self,
        change_id: str,
        folder: str,
        title: str,
        instruction: str,
        model: str,
        provider: str,
        local: bool,
    ) -> None:
        """A change is about to be asked for."""
        row = (change_id, time.time(), folder, title, instruction, model, provider, int(local))
        with self._writing() as connection:
            connection.execute("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?)", clean(row))
            _tell(connection, change_id, "asked", "")

    def answered(self, change_id: str, reply: str, usage: Mapping[str, int]) -> None:
        """The model's reply, whatever becomes of it."""
        with self._writing() as connection:
            row = (change_id, reply, json.dumps(dict(usage)))
            connection.execute("INSERT INTO reply VALUES (?, ?, ?)", clean(row))
            _tell(connection, change_id, "answered", "")

    def proposed(self, change_id: str, files: Sequence[FileRecord]) -> None:
        """The files as they are about to change, in place of those of an attempt before."""
        rows = [
            clean((change_id, file.uri, file.action, file.before, file.after, file.new_uri))
            for file in files
        ]
        with self._writing() as connection:
            connection.execute("DELETE FROM file WHERE change_id = ?", (change_id,))
            connection.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)", rows)

    def event(self, change_id: str, kind: Kind, note: str = "") -> None:
        """What became of the change; a refactor whose change is made is at its end by that."""
        with self._writing() as connection:
            _tell(connection, change_id, kind, note)
            if kind in _MADE:
                refactors.end(connection, change_id)

    def entries(self, folder: str | None, limit: int) -> list[Entry]:
        """The latest changes, newest first; their files without the texts."""
        where, values = ("", ()) if folder is None else (" WHERE folder = ?", (folder,))
        query = f"{_CHANGES}{where} ORDER BY id DESC LIMIT ?"
        with self._reading() as connection:
            rows = connection.execute(query, (*values, limit)).fetchall()
            return [_entry(connection, row, "NULL, NULL") for row in rows]

    def get(self, change_id: str) -> Entry | None:
        """One change, whole."""
        with self._reading() as connection:
            row = connection.execute(f"{_CHANGES} WHERE id = ?", (change_id,)).fetchone()
            return None if row is None else _whole(connection, row)

    def latest(self, folder: str | None, statuses: Sequence[str]) -> Entry | None:
        """The newest change that stands at one of `statuses`, whole."""
        marks = ", ".join("?" for _ in statuses)
        query = f"{_CHANGES} WHERE status IN ({marks}) AND (? IS NULL OR folder = ?)"
        with self._reading() as connection:
            values = (*statuses, folder, folder)
            row = connection.execute(f"{query} ORDER BY id DESC LIMIT 1", values).fetchone()
            return None if row is None else _whole(connection, row)

    def interrupted(self, folder: str | None) -> Entry | None:
        """The newest change in whose midst a process ended; None where all came to their end."""
        return self.latest(folder, ("applying", "undoing"))

    def hold(self, change_id: str, plan: str) -> None:
        """The change waits for the user's decision."""
        with self._writing() as connection:
            waiting.hold(connection, change_id, plan)
            _tell(connection, change_id, "waiting", "")

    def decided(self, change_id: str, plan: str) -> bool:
        """The waiting change as it is now; False where it does not wait any more."""
        with self._writing() as connection:
            return waiting.change(connection, change_id, plan)

    def release(self, change_id: str) -> bool:
        """The change waits no more; False where it did not."""
        with self._writing() as connection:
            return waiting.release(connection, change_id)

    def left_waiting(self, folders: Sequence[str]) -> list[tuple[Entry, str]]:
        """The waiting changes of `folders` that no other living process holds: ours from now."""
        with self._writing() as connection:
            left = waiting.take_over(connection, folders)
        found = [(self.get(change_id), plan) for change_id, plan in left]
        return [(entry, plan) for entry, plan in found if entry is not None]

    def used(self, record: UsageRecord) -> None:
        """What a request took."""
        with self._writing() as connection:
            query = "INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            connection.execute(query, clean(astuple(record)))

    def usage_since(self, since: float) -> list[UsageRecord]:
        """What the requests from `since` on took, oldest first."""
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM usage WHERE at >= ? ORDER BY at", (since,))
            return [UsageRecord(*row[:-1], local=bool(row[-1])) for row in rows]

    def trim(self, days: int, megabytes: int) -> None:
        """Forget what is older than `days`, then the oldest until the file is small enough."""
        oldest = time.time() - days * 86_400
        with self._writing() as connection:
            connection.execute("DELETE FROM change WHERE at < ?", (oldest,))
            connection.execute("DELETE FROM usage WHERE at < ?", (oldest,))
        while self._bytes() > megabytes * 1_000_000 and self._forget_oldest():
            pass

    def _forget_oldest(self) -> bool:
        """Forget a tenth of the changes, at least one; False where there is none."""
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM change WHERE id IN (SELECT id FROM change ORDER BY id LIMIT "
                "max(1, (SELECT count(*) / 10 FROM change)))"
            ).rowcount
        with self._opened() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone > 0

    def _bytes(self) -> int:
        names = (self._path, self._path.with_name(self._path.name + "-wal"))
        return sum(name.stat().st_size for name in names if name.exists())

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._opened() as connection:
            yield connection

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        try:
            if not self._ready or not self._path.exists():
                self._prepare()
            with closing(_connect(self._path)) as connection:
                yield connection
        except (sqlite3.Error, OSError) as error:
            # What is damaged is moved aside by the next call, when it prepares the file again.
            self._ready = self._ready and not _is_corrupt(error)
            raise _failed(self._path, error) from error

    def _prepare(self) -> None:
        """Make the file, or bring it up to date; one that is no database is moved aside."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its -wal and -shm files the mode of the database itself.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            self._bring_up()
        except sqlite3.DatabaseError as error:
            if not _is_corrupt(error):
                raise
            _log.warning("The journal is damaged, a new one begins; see %s", self._move_aside())
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            self._bring_up()
        self._ready = True

    def _bring_up(self) -> None:
        with closing(_connect(self._path)) as connection:
            _write_ahead(connection)
            migrate(connection)
            connection.execute(f"{_CHANGES} LIMIT 1").fetchone()

    def _move_aside(self) -> Path:
        """Keep the damaged file under another name, which is the result."""
        broken = f"{self._path.name}.broken-{int(time.time())}"
        for suffix in ("", "-wal", "-shm"):
            old = self._path.with_name(self._path.name + suffix)
            if old.exists():
                old.rename(self._path.with_name(broken + suffix))
        return self._path.with_name(broken)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have the file keep a write-ahead log.

    Of several that begin with this at the same moment, all but one are refused at once: here
    SQLite does not wait for a lock, since each could wait for the other.
    """
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _tell(connection: sqlite3.Connection, change_id: str, kind: str, note: str) -> None:
    row = (change_id, time.time(), kind, note)
    connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", clean(row))


def _whole(connection: sqlite3.Connection, row: Any) -> Entry:
    return _entry(connection, row, "before, after")


def _entry(connection: sqlite3.Connection, row: Any, texts: str) -> Entry:
    change_id = row[0]
    files = connection.execute(
        f"SELECT uri, action, {texts}, new_uri FROM file WHERE change_id = ? ORDER BY rowid",  # noqa: S608
        (change_id,),
    ).fetchall()
    reply = connection.execute(
        "SELECT text, usage FROM reply WHERE change_id = ? ORDER BY rowid DESC LIMIT 1",
        (change_id,),
    ).fetchone() or ("", "{}")
    return Entry(
        *row[:7],
        local=bool(row[7]),
        status=row[8] or "asked",
        note=row[9] or "",
        reply=reply[0],
        usage=json.loads(reply[1]),
        files=tuple(FileRecord(*file) for file in files),
    )


def _is_corrupt(error: Exception) -> bool:
    # The code is missing on errors of the module itself, which are none of the file's.
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _failed(path: Path, error: sqlite3.Error | OSError) -> KeepingFailed:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    if _is_corrupt(error):
        return KeepingFailed(
            f"The journal {path} is damaged: {reason}.",
            "Try again: it is then moved aside, and a new one begins.",
        )
    return KeepingFailed(
        f"The journal {path} cannot be used: {reason}.",
        "Make room on the disk or mend the file's permissions; journal.enabled = false does"
        " without it, and without undo.",
    )
