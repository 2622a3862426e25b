"""Settings files that cannot be used are reported, and nothing else happens."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from homespun.config.files import LARGEST, Unusable, read_table
from homespun.config.layers import load
from homespun.config.watch import Watch


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a = [", "TOML"),
        (b"a = 1\nb == 2", r"line 2"),
        (b"a = 1\na = 2", "TOML"),
        (b"a = 1\n# \xff", r"UTF-8 text \(line 2\)"),
        (b"a = " + b"9" * 5000, "number too long"),
        (b"a = " + b"[" * 100_000, "too deep"),
        (b"a" * (LARGEST + 1), "larger than"),
        (b"a." * 400_000 + b"a = 1", r"dots on one line \(line 1\)"),
    ],
)
def test_what_cannot_be_used_is_said_quickly(tmp_path: Path, data: bytes, reason: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(data)
    began = time.monotonic()
    with pytest.raises(Unusable, match=reason):
        read_table(file)
    assert time.monotonic() - began < 5


def test_a_mark_at_the_beginning_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'\xef\xbb\xbfmodel = "a/b"\r\n')
    assert read_table(tmp_path / "config.toml") == {"model": "a/b"}


def test_an_absent_file_is_none(tmp_path: Path) -> None:
    assert read_table(tmp_path / "config.toml", within=tmp_path) is None


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(Unusable, match="cannot be read"):
        read_table(tmp_path / "config.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    with pytest.raises(Unusable, match="not a regular file"):
        read_table(tmp_path / "config.toml")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_stay_inside_the_workspace(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in (tmp_path / "outside.toml", folder / "inside.toml"):
        name.write_text('edit_format = "whole"')
    (folder / "out").symlink_to(tmp_path / "outside.toml")
    (folder / "in").symlink_to("inside.toml")
    (folder / "loop").symlink_to("loop")
    assert read_table(folder / "in", within=folder) == {"edit_format": "whole"}
    with pytest.raises(Unusable, match="leads out of the workspace"):
        read_table(folder / "out", within=folder)
    with pytest.raises(Unusable, match=r"loop|symbolic links"):
        read_table(folder / "loop", within=folder)


def test_a_broken_file_is_a_problem_and_the_other_layers_work(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".homespun.toml").write_text("non sense\n")
    (tmp_path / "config.toml").write_text('model = "a/b"')
    found = load(user_file=tmp_path / "config.toml", folders=[folder])
    assert found.settings.model == "a/b"
    (problem,) = found.problems
    assert problem.file == str(folder / ".homespun.toml")
    assert str(problem).startswith(f"{problem.file}: is not valid TOML: ")
    assert "line 1" in problem.reason
    assert found.files == (tmp_path / "config.toml", folder / ".homespun.toml")


def test_a_watch_sees_files_come_change_and_go(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    watch = Watch([file, tmp_path / "other.toml"])
    assert not watch.stale()
    file.write_text("a = 1")
    assert watch.stale()
    watch = Watch([file])
    assert not watch.stale()
    file.write_text("a = 12")
    assert watch.stale()
    watch = Watch([file])
    file.unlink()
    assert watch.stale()
