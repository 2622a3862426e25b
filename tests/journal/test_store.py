from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from homespun.errors import KeepingFailed
from homespun.journal.entry import FileRecord, NoJournal, new_id
from homespun.journal.store import Journal

KILLS = 100 if os.environ.get("HOMESPUN_DEEP") else 5


def begin(journal: Journal, folder: str = "/w") -> str:
    change_id = new_id()
    journal.begin(change_id, folder, "Edit", "do it", "m", "p", True)
    return change_id


def test_a_change_from_its_beginning_to_its_undo(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "journal.db")
    change_id = begin(journal)
    journal.answered(change_id, "the reply", {"prompt": 3})
    files = (
        FileRecord("file:///w/a", "edit", "a\r\n", "b\r\n"),
        FileRecord("file:///w/b", "create", None, ""),
        FileRecord("file:///w/c", "rename", "\ufeff𝄞", "\ufeff𝄞", "file:///w/d"),
    )
    journal.proposed(change_id, files)
    journal.event(change_id, "applying")
    assert [e.change_id for e in [journal.interrupted("/w")] if e] == [change_id]
    journal.event(change_id, "applied")
    entry = journal.get(change_id)
    assert entry is not None
    assert (entry.status, entry.reply, entry.usage) == ("applied", "the reply", {"prompt": 3})
    assert entry.files == files
    assert journal.interrupted("/w") is None
    assert journal.latest("/w", ["applied"]) == entry
    journal.event(change_id, "undone", "by hand")
    assert [(e.status, e.note) for e in journal.entries("/w", 5)] == [("undone", "by hand")]
    assert journal.latest("/w", ["applied"]) is None


def test_entries_are_of_one_folder_newest_first_and_without_texts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    first, second, other = begin(journal), begin(journal), begin(journal, "/other")
    journal.proposed(first, [FileRecord("file:///w/a", "edit", "x", "y")])
    found = journal.entries("/w", 10)
    assert [entry.change_id for entry in found] == sorted([first, second], reverse=True)
    assert [record.before for entry in found for record in entry.files] == [None]
    assert len(journal.entries(None, 10)) == 3
    assert len(journal.entries(None, 2)) == 2
    assert journal.get(other) is not None
    assert journal.get("nothing") is None


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state" / "journal.db")
    begin(journal)
    with sqlite3.connect(tmp_path / "state" / "journal.db") as reader:
        reader.execute("SELECT * FROM change").fetchone()
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "state").iterdir()}
    reader.close()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_lone_surrogates_do_not_stop_a_write(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    change_id = begin(journal)
    journal.answered(change_id, "bad \ud800 text", {})
    entry = journal.get(change_id)
    assert entry is not None
    assert entry.reply == "bad ? text"


def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database, but somebody's text" * 100)
    journal = Journal(path)
    assert journal.get(begin(journal)) is not None
    (aside,) = tmp_path.glob("journal.db.broken-*")
    assert aside.read_bytes().startswith(b"not a database")


def test_a_file_that_is_damaged_while_in_use_is_told_then_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    begin(journal)
    (tmp_path / "journal.db-wal").unlink(missing_ok=True)
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 50_000)
    with pytest.raises(KeepingFailed, match="damaged") as failure:
        begin(journal)
    assert "Try again" in failure.value.hint
    assert journal.get(begin(journal)) is not None
    assert len(list(tmp_path.glob("journal.db.broken-*[0-9]"))) == 1


def test_a_file_that_was_removed_while_in_use_begins_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    gone = begin(journal)
    for file in tmp_path.iterdir():
        file.unlink()
    assert journal.get(gone) is None
    assert journal.get(begin(journal)) is not None


def test_a_folder_in_its_place_is_told_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(KeepingFailed, match=r"journal\.db") as failure:
        begin(Journal(tmp_path / "journal.db"))
    assert "journal.enabled" in failure.value.hint


def test_a_full_disk_is_told_and_leaves_the_journal_readable(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    change_id = begin(Journal(path))
    script = (
        "import resource, sys, pathlib\n"
        "from homespun.errors import KeepingFailed\n"
        "from homespun.journal.store import Journal\n"
        "journal = Journal(pathlib.Path(sys.argv[1]))\n"
        "try:\n"
        "    journal.answered(sys.argv[2], 'x' * 4_000_000, {})\n"
        "except KeepingFailed as error:\n"
        "    print(error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), change_id],
        capture_output=True,
        text=True,
        timeout=30,
        preexec_fn=_small_files,
    )
    assert "cannot be used" in done.stdout, done.stderr
    entry = Journal(path).get(change_id)
    assert entry is not None
    assert entry.reply == ""


def _small_files() -> None:
    """As on a full disk: no file may grow beyond a megabyte."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def test_editors_that_start_at_once_make_one_journal(tmp_path: Path) -> None:
    """Each with a `Journal` of its own, as processes have."""
    for number in range(40):
        path = tmp_path / f"{number}.db"
        all_ready = threading.Barrier(4)

        def start(path: Path = path, all_ready: threading.Barrier = all_ready) -> str:
            all_ready.wait()
            return begin(Journal(path))

        with ThreadPoolExecutor(4) as pool:
            begun = {task.result() for task in [pool.submit(start) for _ in range(4)]}
        assert {entry.change_id for entry in Journal(path).entries(None, 9)} == begun


def test_threads_write_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    threads = [
        threading.Thread(target=lambda: [begin(journal) for _ in range(10)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(journal.entries(None, 100)) == 40


def test_a_kill_at_any_moment_leaves_whole_entries(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    script = (
        "import sys, pathlib\n"
        "from homespun.journal.entry import FileRecord, new_id\n"
        "from homespun.journal.store import Journal\n"
        "journal = Journal(pathlib.Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    change = new_id()\n"
        "    journal.begin(change, '/w', 't', 'i', 'm', 'p', True)\n"
        "    a, b = (FileRecord(n, 'edit', 'x' * 9000, 'y') for n in 'ab')\n"
        "    journal.proposed(change, [a, b])\n"
        "    journal.event(change, 'applied')\n"
    )
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(0.005 + kill * 0.013 % 0.1)
            child.kill()
    entries = Journal(path).entries(None, 100_000)
    assert entries
    assert {len(e.files) for e in entries} <= {0, 2}
    assert all(len(e.files) == 2 for e in entries if e.status == "applied")


def test_trim_forgets_by_age_and_by_size(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    ids = [begin(journal) for _ in range(30)]
    for change_id in ids:
        journal.answered(change_id, "x" * 100_000, {})
    journal.trim(days=1, megabytes=1)
    left = journal.entries(None, 100)
    assert 0 < len(left) < 30
    assert left[0].change_id == max(ids)
    assert path.stat().st_size <= 1_000_000
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE change SET at = at - 200000")
    connection.close()
    journal.trim(days=1, megabytes=1)
    assert journal.entries(None, 100) == []


def test_a_journal_that_is_switched_off_keeps_nothing() -> None:
    journal = NoJournal()
    journal.begin("1", "/w", "t", "i", "m", "p", True)
    journal.answered("1", "r", {})
    journal.proposed("1", [])
    journal.event("1", "applied")
    assert (journal.entries(None, 5), journal.get("1"), journal.latest(None, ["applied"])) == (
        [],
        None,
        None,
    )
    assert "switched off" in journal.where
