"""Plans that wait, and who holds them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from homespun.journal.store import Journal
from journal.test_store import begin

HOLD = """
import sys
from pathlib import Path
from homespun.journal.store import Journal
Journal(Path(sys.argv[1])).hold(sys.argv[2], "theirs")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_plan_waits_until_it_is_released(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    change_id = begin(journal)
    assert not journal.decided(change_id, "too early")
    journal.hold(change_id, "first")
    assert journal.entries("/w", 1)[0].status == "waiting"
    assert journal.decided(change_id, "second")
    ((entry, plan),) = journal.left_waiting(["/v", "/w"])
    assert (entry.change_id, plan) == (change_id, "second")
    assert journal.left_waiting(["/v"]) == journal.left_waiting([]) == []
    assert journal.release(change_id)
    assert not journal.release(change_id)
    assert not journal.decided(change_id, "too late")
    assert journal.left_waiting(["/w"]) == []


def test_a_forgotten_change_waits_no_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.hold(begin(journal), "plan")
    journal.trim(days=0, megabytes=100)
    assert journal.left_waiting(["/w"]) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no harmless look at a process there")
def test_what_a_living_process_holds_is_left_to_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    change_id = begin(journal)
    command = [sys.executable, "-c", HOLD, str(tmp_path / "journal.db"), change_id]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert journal.left_waiting(["/w"]) == []
        other.communicate(timeout=60)
    assert [plan for _, plan in journal.left_waiting(["/w"])] == ["theirs"]


def test_a_journal_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    import sqlite3

    from homespun.journal.schema import STEPS

    file = tmp_path / "journal.db"
    with sqlite3.connect(file) as connection:
        for statement in STEPS[0][1].split(";"):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    journal = Journal(file)
    journal.hold(begin(journal), "plan")
    assert len(journal.left_waiting(["/w"])) == 1
