from __future__ import annotations

import os
from pathlib import Path

import pytest

from homespun.core.formats import Tried
from homespun.journal.formats import FormatRecord


def test_what_was_learned_is_there_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "new" / "formats.json"
    record = FormatRecord(file)
    record.note("vllm/coder", "region", "placed")
    record.note("vllm/coder", "region", "failed")
    record.note("ollama/tiny", "hunks", "failed")
    again = FormatRecord(file)
    assert again.tried("vllm/coder") == {"region": Tried(1, 1)}
    assert again.tried("ollama/tiny") == {"hunks": Tried(0, 1)}
    assert again.tried("another") == {}
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{",
        '{"m": 1}',
        '{"m": {"region": [1]}}',
        '{"m": {"region": [-1, 2]}}',
        '{"m": {"region": "12", "other": [1, 2]}}',
        "[" * 100_000,
    ],
)
def test_a_broken_file_is_begun_anew(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "formats.json"
    file.write_text(broken)
    record = FormatRecord(file)
    assert record.tried("m") == {}
    record.note("m", "region", "placed")
    assert FormatRecord(file).tried("m") == {"region": Tried(1, 0)}


def test_only_so_many_models_are_kept(tmp_path: Path) -> None:
    record = FormatRecord(tmp_path / "formats.json")
    for number in range(510):
        record.note(f"m/{number}", "hunks", "placed")
    assert record.tried("m/0") == {}
    assert record.tried("m/509")


def test_a_disk_that_takes_nothing_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    record = FormatRecord(tmp_path / "file" / "formats.json")
    record.note("m", "region", "placed")
    assert record.tried("m") == {"region": Tried(1, 0)}
