from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from homespun.journal.entry import NoJournal
from homespun.journal.schema import STEPS
from homespun.journal.store import Journal
from homespun.journal.usage import UsageRecord

RECORD = UsageRecord(1000.0, "edit", "ollama", "qwen:7b", 100, 20, 4.0, 1.0, 2.0, 0.25, True)


def test_records_come_back_as_they_were_since_a_moment(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    later = replace(RECORD, at=2000.0, local=False, cost=None)
    for record in (later, RECORD):
        journal.used(record)
    assert journal.usage_since(0) == [RECORD, later]
    assert journal.usage_since(1500) == [later]


def test_a_name_that_utf8_cannot_hold_does_not_stop_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.used(replace(RECORD, model="m\ud800"))
    assert [record.model for record in journal.usage_since(0)] == ["m?"]


def test_old_records_are_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    young = replace(RECORD, at=time.time())
    journal.used(RECORD)
    journal.used(young)
    journal.trim(days=30, megabytes=100)
    assert journal.usage_since(0) == [young]


def test_a_journal_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STEPS[0][1])
        connection.execute(
            "INSERT INTO change VALUES ('c1', 1.0, '/w', 'Edit', 'i', 'm', 'p', 1)",
        )
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    journal = Journal(path)
    journal.used(RECORD)
    assert journal.usage_since(0) == [RECORD]
    assert [entry.change_id for entry in journal.entries("/w", 5)] == ["c1"]


def test_a_journal_that_is_switched_off_keeps_none() -> None:
    journal = NoJournal()
    journal.used(RECORD)
    assert journal.usage_since(0) == []
