"""What is wrong with the settings is said by every command that uses them, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.shell import FIX, Shell, scripted_shell

COMMANDS = (
    ("edit", "calc.py", "x"),
    ("explain", "calc.py"),
    ("undo",),
    ("reapply",),
    ("history",),
    ("history", "0000"),
    ("health",),
    ("usage",),
    ("model", "list"),
    ("model", "test"),
    ("model", "use", "gone"),
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A machine with a user's settings file that is wrong in one place."""
    made = Shell(tmp_path, {})
    made.config.parent.mkdir(parents=True)
    made.config.write_text('review = "allways"\n')
    return made


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_wrong_value_is_told_once(shell: Shell, arguments: tuple[str, ...]) -> None:
    told = shell.run(*arguments).stderr
    assert told.count("review") == 1, told
    assert str(shell.config) in told.splitlines()[0]


def test_broken_settings_do_not_stop_the_work_or_spoil_its_result(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        (shell.project / ".homespun.toml").write_text("review = \n")
        run = shell.run("edit", "calc.py", "make add add")
        assert shell.json("history")["changes"][0]["status"] == "applied"
    assert run.returncode == 0, run.stderr
    assert run.stderr.count(".homespun.toml") == 1
    assert ".homespun.toml" not in run.stdout


def test_the_doctor_tells_it_in_its_own_check_alone(shell: Shell) -> None:
    run = shell.run("doctor", "--offline")
    assert (run.stdout + run.stderr).count("review") == 1
