"""The plugin as its user sees it, in a terminal. With `HOMESPUN_PICTURES` set to a folder, the
pictures of the documentation are written there.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli.shell import Shell, reply, scripted_shell
from editors.terminal import Terminal, terminal
from editors.test_neovim import HERE, Session
from model_servers.peers import this_machine

EXPLANATION = """\
Splits an amount in cents among people.

- `divmod` gives each person the same whole number of cents.
- What is left over is **lost**: 100 cents for 3 people make 99.

```python
shares(100, 3)  # [33, 33, 33]
```
"""
TEXT = '''\
"""Who pays how much."""


def shares(cents, people):
    """Split an amount among people."""
    share = cents // people
    return [share] * people


def tip(cents, percent):
    """What to add to a bill."""
    return cents * percent // 100
'''
REPLY = reply(
    {
        "action": "edit",
        "file": "calc.py",
        "hunks": [
            {
                "find": "    share = cents // people\n    return [share] * people",
                "replace": "    share, left = divmod(cents, people)\n"
                "    return [share + 1] * left + [share] * (people - left)",
            },
            {
                "find": "    return cents * percent // 100",
                "replace": "    return (cents * percent + 50) // 100",
            },
        ],
    },
    {
        "action": "create",
        "file": "test_calc.py",
        "text": "from calc import shares\n\n\ndef test_no_cent_is_lost():\n"
        "    assert sum(shares(100, 3)) == 100\n",
    },
    summary="Hands out the cents left over, and rounds tips.",
)


def keep(screen: Terminal, name: str, folder: Path) -> None:
    """Write the picture, where the tests' user wants it."""
    picture = screen.picture("nvim calc.py")
    target = Path(os.environ.get("HOMESPUN_PICTURES") or folder) / f"{name}.svg"
    target.write_text(picture, encoding="utf-8")
    assert "<svg" in picture


def start(screen: Terminal, shell: Shell, session: Session) -> None:
    """Neovim on the project's file, with the server."""
    nvim = (str(this_machine().nvim()), "--clean", "-u", str(HERE / "screen.lua"), "calc.py")
    screen.start(nvim, shell.project, session.environ)
    screen.wait("homespun")  # the status line: the server is attached


@pytest.mark.peer
def test_on_the_screen(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    turns = [
        {"match": "cent may be lost", "reply": REPLY, "times": 9, "tokens_per_second": 100},
        {"reply": EXPLANATION, "times": 9, "tokens_per_second": 20},
    ]
    with scripted_shell(tmp_path, *turns) as shell, terminal(tmp_path) as screen:
        shell.file.write_text(TEXT)
        start(screen, shell, Session(shell, plugin, built_homespun))
        screen.type(":4,7Homespun explain")
        screen.keys("Enter")
        screen.wait("divmod")
        assert "is left over" not in screen.screen()
        screen.keys("G")  # keys are answered meanwhile
        screen.wait("12,")
        screen.wait("scripted/scripted (local), ")
        keep(screen, "neovim-explain", tmp_path)

        screen.type(":Homespun dismiss")
        screen.keys("Enter")
        screen.wait_for(lambda: "divmod" not in screen.screen(), "the explanation to go")
        screen.type(":Homespun edit no cent may be lost")
        screen.keys("Enter")
        screen.wait("wait for you")
        screen.keys("Enter")
        screen.type(":3")
        screen.keys("Enter")
        screen.type(":Homespun review next")
        screen.keys("Enter")
        screen.type(":Homespun review next")
        screen.keys("Enter")
        screen.type(":Homespun review reject")
        screen.keys("Enter")
        screen.wait("rejected; :Homespun review accept takes it")
        screen.wait("(1 of 2 hunks)")
        keep(screen, "neovim-review", tmp_path)
        screen.type(":Homespun review apply")
        screen.keys("Enter")
        screen.wait("divmod(cents, people)")
        screen.wait_for(lambda: "review accept" not in screen.screen(), "the review to end")
        assert "percent // 100" in screen.screen()


USERS = {
    "bill.py": "from calc import tip\n\n\ndef whole(cents):\n    return cents + tip(cents, 10)\n",
    "report.py": "from bill import whole\nfrom calc import tip\n\nprint(tip(20, 5), whole(20))\n",
    "test_calc.py": "from calc import tip\n\n\ndef test_tip():\n    assert tip(200, 10) == 20\n",
}
PLAN = {
    "summary": "The definition first, then each of its callers.",
    "decisions": ["`tip` becomes `tip_of`; its arguments stay."],
    "leave_out": [],
    "levels": [["calc.py"], ["bill.py", "test_calc.py"], ["report.py"]],
}


@pytest.mark.peer
def test_the_files_of_a_refactor(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    plan = {"reply": json.dumps(PLAN), "times": 9}
    with scripted_shell(tmp_path, plan) as shell, terminal(tmp_path) as screen:
        shell.file.write_text(TEXT)
        for name, text in USERS.items():
            (shell.project / name).write_text(text)
        start(screen, shell, Session(shell, plugin, built_homespun))
        screen.type(":Homespun refactor rename `tip` to `tip_of`")
        screen.keys("Enter")
        screen.wait("4 of 4 files")
        screen.wait("The definition first")
        assert "gave no plan" not in screen.screen()
        screen.type("Gr")
        screen.wait("[ ] report.py")
        screen.wait("3 of 4 files")
        keep(screen, "neovim-refactor", tmp_path)
        screen.type("D")
        screen.wait("nothing was changed")


@pytest.mark.peer
def test_the_list_of_files_leaves_the_keys_to_who_types(
    tmp_path: Path, plugin: Path, built_homespun: Path
) -> None:
    plan = {"reply": json.dumps(PLAN), "times": 9, "delay": 4}
    with scripted_shell(tmp_path, plan) as shell, terminal(tmp_path) as screen:
        shell.file.write_text(TEXT)
        (shell.project / "bill.py").write_text(USERS["bill.py"])
        start(screen, shell, Session(shell, plugin, built_homespun))
        screen.type(":Homespun refactor rename `tip` to `tip_of`")
        screen.keys("Enter")
        screen.type("O# typed ")
        screen.wait("# typed")
        assert "2 of 2 files" not in screen.screen()
        screen.wait("2 of 2 files")
        screen.type("A line")
        screen.wait("# typed A line")
        screen.keys("Escape")
        screen.type(":Homespun survey")
        screen.keys("Enter")
        screen.type("D")
        screen.wait("nothing was changed")
        assert "# typed A line" in screen.screen()
