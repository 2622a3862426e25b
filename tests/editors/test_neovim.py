"""The plugin in a real Neovim, both as packaged: what its user sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.shell import TEXT, Shell, reply, scripted_shell
from model_servers.peers import this_machine

HERE = Path(__file__).parent / "neovim"
REGION = json.dumps({"summary": "Adds now.", "text": "def add(a, b):\n    return a + b\n"})


class Session:
    """A user's Neovim with the plugin, in a scripted project."""

    def __init__(self, shell: Shell, plugin: Path, homespun: Path) -> None:
        self.shell = shell
        self.environ = shell.environ | {
            "PLUGIN": str(plugin),
            "SESSION": str(HERE / "session.lua"),
            "PATH": f"{homespun.parent}{os.pathsep}{os.environ['PATH']}",
        }

    def start(
        self, script: str, init: Path = HERE / "init.lua", nvim: Path | None = None, **more: str
    ) -> subprocess.Popen[str]:
        run = ("--headless", "--clean", "-u", str(init), str(self.shell.file))
        return subprocess.Popen(
            (nvim or this_machine().nvim(), *run, "-c", f"luafile {HERE / script}", "-c", "cquit"),
            cwd=self.shell.project,
            env=self.environ | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, script: str, **more: Any) -> str:
        """What a script tells, once it has come to its end."""
        with self.start(script, **more) as process:
            told, _ = process.communicate(timeout=90)
        assert told.rstrip().endswith("all done"), told
        return told


@pytest.mark.peer
def test_functions(tmp_path: Path, plugin: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        Session(shell, plugin, tmp_path / "none" / "homespun").run("units.lua")


@pytest.mark.peer
def test_edits(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    with scripted_shell(tmp_path, {"reply": REGION, "times": 99}) as shell:
        Session(shell, plugin, built_homespun).run("edit.lua")


LONG = "".join(f"Word {n} is one of many. " for n in range(1, 151))


@pytest.mark.peer
def test_explanations(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    turns = [
        {"match": "And why?", "reply": "Since sums are needed."},
        {"match": "say nothing", "reply": "", "times": 99},
        {"match": "", "reply": LONG, "tokens_per_second": 1200, "times": 99},
    ]
    with scripted_shell(tmp_path, *turns) as shell:
        Session(shell, plugin, built_homespun).run("explain.lua")


MOVES = reply(
    {"action": "rename", "file": "old.py", "to": "new.py"},
    {"action": "delete", "file": "gone.py"},
    summary="Tidies up.",
)


@pytest.mark.peer
def test_files_that_move(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    with scripted_shell(tmp_path, {"reply": MOVES, "times": 99}) as shell:
        for name in ("old.py", "gone.py"):
            (shell.project / name).write_text("x = 1\n")
        Session(shell, plugin, built_homespun).run("moves.lua")


USES = {
    "use.py": "from calc import add\n\nprint(add(1, 2))\n",
    "more.py": "from calc import add\n\nprint(add(3, 4))\n",
}


def plus(path: str, text: str, **more: Any) -> dict[str, Any]:
    """The answer on one file of a refactor."""
    hunks = [{"find": text, "replace": text.replace("add", "plus")}]
    said = reply({"action": "edit", "file": path, "hunks": hunks}, summary="It is called plus.")
    return {"match": f"- {path}: ", "reply": said, "times": 99, **more}


@pytest.mark.peer
def test_refactor(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    turns = [
        {"match": "WANTED", "reply": "no plan", "times": 99},
        plus("calc.py", TEXT),
        plus("use.py", USES["use.py"]),
        plus("more.py", USES["more.py"], delay=60),
    ]
    with scripted_shell(tmp_path, *turns) as shell:
        shell.config.parent.mkdir(parents=True, exist_ok=True)
        shell.config.write_text('edit_format = "hunks"\n[refactor]\nfiles_in_a_request = 1\n')
        for name, text in USES.items():
            (shell.project / name).write_text(text)
        Session(shell, plugin, built_homespun).run("refactor.lua")


TABLE = "one = 1\n" + "".join(f"# line {n}\n" for n in range(9)) + "two = 2\n"
HUNKS = reply(
    {
        "action": "edit",
        "file": "calc.py",
        "hunks": [
            {"find": "one = 1", "replace": "one = 1.0"},
            {"find": "two = 2", "replace": "two = 2.0"},
        ],
    },
    {"action": "create", "file": "fresh.py", "text": "".join(f"n{i} = {i}\n" for i in range(60))},
    summary="Numbers.",
)
SLOW = {"reply": HUNKS, "tokens_per_second": 200, "times": 99}


@pytest.mark.peer
def test_review(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    with scripted_shell(tmp_path, SLOW) as shell:
        shell.file.write_text(TABLE)
        Session(shell, plugin, built_homespun).run("review.lua")


@pytest.mark.peer
def test_a_change_that_waits_outlives_its_editor(
    tmp_path: Path, plugin: Path, built_homespun: Path
) -> None:
    with scripted_shell(tmp_path, SLOW) as shell:
        shell.file.write_text(TABLE)
        session = Session(shell, plugin, built_homespun)
        session.run("waiting.lua", STEP="ask")
        session.run("waiting.lua", STEP="apply")


@pytest.mark.peer
def test_two_editors_on_one_folder(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    done = tmp_path / "done"
    with scripted_shell(tmp_path, SLOW) as shell:
        shell.file.write_text(TABLE)
        session = Session(shell, plugin, built_homespun)
        with session.start("waiting.lua", STEP="ask", HOLD=str(done)) as first:
            assert first.stdout is not None
            while (line := first.stdout.readline()) and line != "holding\n":
                pass
            session.run("waiting.lua", STEP="look")
            done.touch()
            assert first.communicate(timeout=60)[0].rstrip().endswith("all done")


STEPS = {
    "crash": {"reply": LONG, "tokens_per_second": 100, "times": 99},
    "empty": {"reply": "", "times": 99},
    "special": {"reply": LONG},
    "words": {"reply": REGION, "times": 99},
}


@pytest.mark.peer
@pytest.mark.parametrize("step", STEPS)
def test_what_can_go_wrong(tmp_path: Path, plugin: Path, built_homespun: Path, step: str) -> None:
    with scripted_shell(tmp_path, STEPS[step]) as shell:
        Session(shell, plugin, built_homespun).run("faults.lua", STEP=step)


@pytest.mark.peer
def test_without_the_server(tmp_path: Path, plugin: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        session = Session(shell, plugin, tmp_path / "nowhere" / "homespun")
        session.run("faults.lua", STEP="missing", PATH="/usr/bin:/bin")


@pytest.mark.peer
def test_with_an_old_server(tmp_path: Path, plugin: Path) -> None:
    old = tmp_path / "old" / "homespun"
    old.parent.mkdir()
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "old_server.py"}"\n')
    old.chmod(0o755)
    with scripted_shell(tmp_path) as shell:
        Session(shell, plugin, old).run("faults.lua", STEP="old")
