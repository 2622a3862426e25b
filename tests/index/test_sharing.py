"""An index that two processes make, and what becomes of it where the second one breaks off."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from homespun.index.child import command
from homespun.index.reader import Reader
from index.building import building, write

_COUNT = 600
_FILES = {
    f"part{number % 7}/m{number}.py": f"from part0 import m{number - 1}\n\n\n"
    f"def make_{number}():\n    return make_{number - 1}(common, word_{number})\n"
    for number in range(_COUNT)
}
_DYING = """
import sys
from pathlib import Path

from homespun.index import helper

class Dying:
    def __init__(self, stdout, after):
        self.stdout, self.left = stdout, after

    def write(self, data):
        self.left -= 1
        if self.left < 0:
            sys.exit(3)
        return self.stdout.write(data)

    def flush(self):
        self.stdout.flush()

helper.serve(sys.stdin.buffer, Dying(sys.stdout.buffer, int(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.parametrize(
    "helper",
    [
        pytest.param(command("index-helper"), id="whole"),
        pytest.param(("no-such-program",), id="not to be had"),
        *(
            pytest.param((sys.executable, "-c", _DYING, str(after)), id=f"dies after {after}")
            for after in (0, 1, 2, 5, 8)
        ),
    ],
)
def test_it_is_as_one_process_would_have_made_it(tmp_path: Path, helper: Sequence[str]) -> None:
    with building(tmp_path, _FILES, helper=helper) as (builder, reader):
        for _ in builder.steps():
            pass
        assert len(reader.files()) == _COUNT
        assert len(reader.words(["common"], _COUNT)) == _COUNT
        for number in (1, 2, _COUNT // 2, _COUNT - 1):
            assert _found(reader, number) == _expected(number)
        state = reader.state()
        assert state.words
        assert state.symbols
        assert not list(reader.database.parent.glob("*-half"))


def test_the_second_process_has_its_part_and_news_replace_it(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with building(tmp_path, _FILES, helper=command("index-helper")) as (builder, reader):
        for _ in builder.steps():
            pass
        rows = _rows(reader.database)
        assert rows["words"] + rows["half"] == _COUNT
        assert rows["half"] > _COUNT // 10
        write(project, dict.fromkeys(_FILES, "def other(): pass\n"))
        builder.changed([str(project / path) for path in _FILES])
        assert not reader.words(["common"], 9)
        assert len(reader.words(["other"], _COUNT)) == _COUNT


@pytest.mark.parametrize("when", [1, 5, 40, 200])
def test_news_that_come_meanwhile_are_newer(tmp_path: Path, when: int) -> None:
    """What the second process has read before is put in after them, and must not undo them."""
    project = tmp_path / "project"
    with building(tmp_path, _FILES, helper=command("index-helper")) as (builder, reader):
        steps = builder.steps()
        for _ in range(when):
            next(steps)
        time.sleep(0.5)  # The second process gets ahead.
        gone = [path for path in _FILES if path.startswith("part1/")]
        shutil.rmtree(project / "part1")
        kept = [path for path in _FILES if path not in gone]
        write(project, dict.fromkeys(kept, "def other(): pass\n"))
        builder.changed([str(project / path) for path in ("part1", *kept)])
        for _ in steps:
            pass
        assert {file.path for file in reader.files()} == set(kept)
        assert not reader.words(["common"], 9)
        assert len(reader.words(["other"], _COUNT)) == len(kept)
        assert len(reader.definitions(["other"], _COUNT)) == len(kept)
        assert not reader.definitions(["make_1", "make_2"], 9)


def test_what_a_second_process_has_left_behind_is_no_part_of_it(tmp_path: Path) -> None:
    with building(tmp_path, _FILES, helper=command("index-helper")) as (builder, reader):
        half = reader.database.with_name(f"{reader.database.name}-half")
        half.write_bytes(b"of a process that was killed")
        for _ in builder.steps():
            pass
        assert len(reader.words(["common"], _COUNT)) == _COUNT
        assert not half.exists()


def _found(reader: Reader, number: int) -> tuple[object, ...]:
    path = f"part{number % 7}/m{number}.py"
    return (
        [hit.path for hit in reader.words([f"word_{number}"], 9)],
        [(one.path, one.line) for one in reader.definitions([f"make_{number}"], 9)],
        [(one.path, one.line, one.inside) for one in reader.references([f"make_{number - 1}"], 9)],
        [one.name for one in reader.outline(path)],
    )


def _expected(number: int) -> tuple[object, ...]:
    path = f"part{number % 7}/m{number}.py"
    name = f"make_{number}"
    return [path], [(path, 3)], [(path, 4, name)], [name]


def _rows(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as db:
        return {
            table: db.execute(f"SELECT count(*) FROM {table}_docsize").fetchone()[0]
            for table in ("words", "half")
        }
