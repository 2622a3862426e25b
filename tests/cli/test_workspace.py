"""Which folder a command works in: never one that nobody named or stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.shell import FIX, FIXED, TEXT, Shell, scripted_shell


@pytest.mark.parametrize("command", ["edit", "explain"])
@pytest.mark.parametrize("repository", [True, False])
def test_a_file_outside_is_refused(tmp_path: Path, command: str, repository: bool) -> None:
    shell = Shell(tmp_path, {})
    if not repository:
        (shell.project / ".git").rmdir()
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(TEXT)
    run = shell.run(command, str(elsewhere), "x")
    assert run.returncode == 2
    assert "elsewhere.py is not in" in run.stderr
    assert "Name its folder with --folder." in run.stderr


def test_a_file_outside_the_named_folder_is_refused(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {})
    (tmp_path / "other").mkdir()
    run = shell.run("edit", "calc.py", "x", "--folder", str(tmp_path / "other"))
    assert run.returncode == 2
    assert "--folder" in run.stderr


def test_files_are_found_from_below_the_repository_s_root(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        below = shell.project / "below"
        below.mkdir()
        run = shell.run_in(below, "edit", "../calc.py", "make add add")
    assert run.returncode == 0, run.stderr
    assert shell.file.read_text() == FIXED


def test_a_named_folder_serves_from_anywhere(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        named, away = ("--folder", str(shell.project)), tmp_path / "away"
        away.mkdir()
        edited = shell.run_in(away, "edit", str(shell.file), "make add add", *named)
        assert edited.returncode == 0, edited.stderr
        assert "calc.py" in shell.run_in(away, "history", *named).stdout
        undone = shell.run_in(away, "undo", *named)
        assert undone.returncode == 0, undone.stderr
        assert shell.file.read_text() == TEXT
        again = shell.run_in(away, "reapply", *named)
        assert again.returncode == 0, again.stderr
    assert shell.file.read_text() == FIXED


def test_a_folder_is_looked_at_from_anywhere(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {})
    (shell.project / ".homespun.toml").write_text('edit_format = "whole"\n')
    named = ("--folder", str(shell.project))
    assert shell.run_in(tmp_path, "doctor", "--offline", *named).returncode == 0
    assert "whole" in shell.run_in(tmp_path, "config", "show", *named).stdout
