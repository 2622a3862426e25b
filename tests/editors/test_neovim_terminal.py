"""The plugin as its user sees it, in a terminal. With `HOMESPUN_PICTURES` set to a folder, the
pictures of the documentation are written there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.shell import reply, scripted_shell
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


@pytest.mark.peer
def test_on_the_screen(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    turns = [
        {"match": "cent may be lost", "reply": REPLY, "times": 9, "tokens_per_second": 100},
        {"reply": EXPLANATION, "times": 9, "tokens_per_second": 20},
    ]
    with scripted_shell(tmp_path, *turns) as shell, terminal(tmp_path) as screen:
        shell.file.write_text(TEXT)
        session = Session(shell, plugin, built_homespun)
        nvim = (str(this_machine().nvim()), "--clean", "-u", str(HERE / "screen.lua"), "calc.py")
        screen.start(nvim, shell.project, session.environ)
        screen.wait("homespun")  # the status line: the server is attached
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
