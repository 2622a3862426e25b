"""`homespun usage`, after real edits by real commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.shell import FIX, Shell, scripted_shell

PRICES = '[prices."scripted/scripted"]\ninput = 1000.0\noutput = 2000.0\n'


def priced(shell: Shell) -> None:
    shell.config.parent.mkdir(parents=True, exist_ok=True)
    shell.config.write_text(PRICES)


def test_requests_are_summed(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX, "prompt_tokens": 700}) as shell:
        priced(shell)
        edited = shell.json("edit", "calc.py", "make add add")
        explained = shell.json("explain", "calc.py")
    told = shell.json("usage")
    (one,) = told["usage"]
    assert (told["days"], told["by"]) == (30, "model")
    assert (one["name"], one["requests"], one["promptTokens"]) == ("scripted/scripted", 2, 1400)
    costs = [run["usage"]["cost"] for run in (edited, explained)]
    assert one["cost"] == pytest.approx(sum(costs))
    assert one["cost"] >= 1.4
    assert one["tokensPerSecond"] > 0


@pytest.mark.parametrize("by", ["model", "provider", "day"])
def test_lines_for_programs(tmp_path: Path, by: str) -> None:
    with scripted_shell(tmp_path, {"reply": FIX, "prompt_tokens": 700}) as shell:
        shell.run("edit", "calc.py", "make add add")
    run = shell.run("usage", "--by", by)
    assert run.returncode == 0, run.stderr
    cells = run.stdout.rstrip("\n").split("\t")
    assert cells[1:3] == ["1", "700"]
    assert cells[-1] == "", "no price, no cost"


def test_nothing_asked_is_said(tmp_path: Path) -> None:
    run = Shell(tmp_path, {}).run("usage", "--days", "3")
    assert (run.returncode, run.stdout) == (0, "")
    assert "No model was asked in the last 3 days." in run.stderr


def test_what_an_edit_took_is_said(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX, "prompt_tokens": 700}) as shell:
        priced(shell)
        run = shell.run("edit", "calc.py", "make add add")
    assert "700 tokens read" in run.stderr
    assert "the first words after" in run.stderr
    assert "$" in run.stderr
