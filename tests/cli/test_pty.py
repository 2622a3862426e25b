"""The command line on a real terminal: what moves, what is asked, what Ctrl-C does."""

from __future__ import annotations

import _thread
import io
import os
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from cli.shell import FIXED, TEXT, Shell, reply, scripted_shell
from cli.test_refactor import BASE, PLAN, USER, WANTED, turn
from homespun import app
from homespun.cli.session import Session
from homespun.cli.terminal import Asking, Progress

if sys.platform == "win32":
    pytest.skip("terminals are POSIX's here", allow_module_level=True)

import fcntl
import pty
import termios

SOME = reply(
    {"action": "write", "file": "calc.py", "text": FIXED.replace("add(a, a)", "2 * a")},
    {"action": "create", "file": "new.py", "text": "x = 1\n"},
)
SECONDS = 60


def on_terminal(
    shell: Shell, arguments: Sequence[str], answers: Mapping[str, str], columns: int = 100
) -> tuple[str, int]:
    """What a command shows on a terminal, and its exit code. `answers` by what asks for them."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        shell.command(*arguments),
        cwd=shell.project,
        env=shell.environ | {"TERM": "xterm-256color", "COLUMNS": str(columns)},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY),
    )
    os.close(its)
    try:
        return _converse(ours, list(answers.items())), process.wait(SECONDS)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _converse(terminal: int, answers: list[tuple[str, str]]) -> str:
    shown, ends = "", time.monotonic() + SECONDS
    while time.monotonic() < ends:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other side is closed
            return shown
        if not data:
            return shown
        shown += data.decode(errors="replace")
        if answers and answers[0][0] in shown:
            os.write(terminal, answers.pop(0)[1].encode())
    raise TimeoutError(shown)


def test_a_risky_change_is_shown_and_taken_in_part(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": SOME}, tokens_per_second=200) as shell:
        shown, code = on_terminal(
            shell,
            ["edit", "calc.py", "add", "--scope", "workspace"],
            {
                "ome of it": "s\n",
                "Create new.py": "y\n",  # what is risky comes first
                "Hunk 1 of 2": "y\n",
                "Hunk 2 of 2": "n\n",
            },
        )
    assert code == 0, shown
    assert "tokens" in shown
    assert "\x1b[31m-    return a - b" in shown
    assert shell.file.read_text() == FIXED
    assert (shell.project / "new.py").exists()


def test_a_safe_change_lands_unasked_and_is_shown(tmp_path: Path) -> None:
    whole = reply({"action": "write", "file": "calc.py", "text": FIXED})
    with scripted_shell(tmp_path, {"reply": whole}) as shell:
        shown, code = on_terminal(shell, ["edit", "calc.py", "add"], {})
    assert code == 0, shown
    assert "\x1b[32m+    return a + b" in shown
    assert shell.file.read_text() == FIXED


def test_ctrl_c_at_a_question_ends_it(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": SOME}) as shell:
        shown, code = on_terminal(
            shell, ["edit", "calc.py", "add", "--scope", "workspace"], {"ome of it": "\x03"}
        )
    assert code == 130, shown
    assert shell.file.read_text() == TEXT


def test_ctrl_c_just_before_the_answer_is_read_ends_a_question() -> None:
    """As Python sees one that came when no call was there to be interrupted."""
    ours, its = pty.openpty()
    console = Console(file=io.StringIO())
    with open(its) as stdin:
        session = Session(app.open_folder, console, console, stdin, {}, asks=True)
        pressed = threading.Timer(0.5, _thread.interrupt_main)
        # Were it only seen with the next line.
        entered = threading.Timer(SECONDS, os.write, (ours, b"\n"))
        for timer in (pressed, entered):
            timer.start()
        try:
            with pytest.raises(KeyboardInterrupt):
                Asking(session, Progress(console)).line("Apply this? ")
            assert entered.is_alive()
        finally:
            entered.cancel()
            os.close(ours)


def test_an_explanation_is_rendered(tmp_path: Path) -> None:
    words = "# Sum\n\nIt **subtracts**; see [this](http://example.com/x)."
    with scripted_shell(tmp_path, {"reply": words}) as shell:
        shown, code = on_terminal(shell, ["explain", "calc.py"], {})
    assert code == 0, shown
    assert "**" not in shown
    assert "http://example.com/x" in shown


def test_ids_stay_whole_on_a_narrow_terminal(tmp_path: Path) -> None:
    whole = reply({"action": "write", "file": "calc.py", "text": FIXED})
    with scripted_shell(tmp_path, {"reply": whole}) as shell:
        change = shell.json("edit", "calc.py", "make the first of these functions add")["changeId"]
    shown, code = on_terminal(shell, ["history"], {}, columns=80)
    assert code == 0, shown
    assert change in shown


@pytest.fixture
def refactoring(tmp_path: Path) -> Generator[Shell]:
    """Two files to refactor, one that defines a name and one that uses it, by a slow model."""
    turns = (PLAN, turn("base.py", BASE), turn("user.py", USER))
    with scripted_shell(tmp_path, *turns, tokens_per_second=40) as shell:
        shell.config.parent.mkdir(parents=True, exist_ok=True)
        shell.config.write_text('edit_format = "hunks"\n[refactor]\nfiles_in_a_request = 1\n')
        (shell.project / ".git").rmdir()
        (shell.project / "base.py").write_text(BASE)
        (shell.project / "user.py").write_text(USER)
        yield shell


def test_some_files_of_a_survey_are_chosen(refactoring: Shell) -> None:
    answers = {
        "Refactor 2 files? [y]es, [N]o, [s]ome: ": "s\n",
        "stays out, as -2: ": "-user.py\n",
        "Refactor 1 file? [y]es, [N]o, [s]ome: ": "y\n",
    }
    shown, code = on_terminal(refactoring, ["refactor", WANTED], answers)
    assert re.search(r"1 +1 +\d+  base\.py  defines `fetch`", shown)
    before, _, after = shown.partition("stays out, as -2: ")
    assert re.search(r"2 +2 +\d+  user\.py  uses `fetch` \(2 places\)", before)
    assert re.search(r"2 +- +\d+  user\.py  uses `fetch` \(2 places\)", after)
    assert "2 files, about " in before and "1 file, about " in after
    assert code == 6, shown  # what was left out is told
    assert "left behind: user.py: still has `fetch` (lines 1, 3)" in shown
    assert "1 file changes. Not all of it could be done." in shown
    assert (refactoring.project / "base.py").read_text() == BASE.replace("fetch", "load")
    assert (refactoring.project / "user.py").read_text() == USER


def test_enter_at_a_survey_leaves_all_as_it_is(refactoring: Shell) -> None:
    shown, code = on_terminal(refactoring, ["refactor", WANTED], {"[s]ome: ": "\n"})
    assert code == 6 and "You left all files as they are." in shown
    assert refactoring.json("refactor", "--list") == {"refactors": []}


def test_ctrl_c_in_a_refactor_tells_how_to_go_on(refactoring: Shell) -> None:
    answers = {"[s]ome: ": "y\n", "1 of 2 files": "\x03"}
    shown, code = on_terminal(refactoring, ["refactor", WANTED], answers)
    assert code == 130
    (left,) = refactoring.json("refactor", "--list")["refactors"]
    assert "Nothing was changed. 1 of 2 files done, and kept." in shown
    assert f"Go on with it: homespun refactor --resume {left['id']}" in shown
    assert (refactoring.project / "base.py").read_text() == BASE
    # What is done is seen without a model, though its server is gone.
    served = refactoring.environ["SCRIPTED_BASE_URL"]
    refactoring.environ["SCRIPTED_BASE_URL"] = "http://127.0.0.1:9"
    assert f"--resume {left['id']} --finished -n" in shown
    seen = refactoring.run("refactor", "--resume", left["id"], "--finished", "-n")
    refactoring.environ["SCRIPTED_BASE_URL"] = served
    assert seen.returncode == 6 and "+def load(url):" in seen.stdout, seen.stderr
    assert f"homespun refactor --resume {left['id']} --finished --yes" in seen.stderr
    assert "user.py: it was not done yet" in seen.stderr and "+from" not in seen.stdout
    # Ctrl-C at the last question keeps all of it as well, and so does a no.
    stopped, code = on_terminal(refactoring, ["refactor", "--resume"], {"ome of it": "\x03"})
    assert code == 130 and "2 of 2 files done, and kept." in stopped
    no, code = on_terminal(refactoring, ["refactor", "--resume"], {"ome of it": "n\n"})
    assert code == 6 and f"See it again: homespun refactor --resume {left['id']}" in no
    made, code = on_terminal(refactoring, ["refactor", "--resume"], {"ome of it": "y\n"})
    assert code == 0 and "2 files change." in made
    assert (refactoring.project / "base.py").read_text() == BASE.replace("fetch", "load")
    assert (refactoring.project / "user.py").read_text() == USER.replace("fetch", "load")
