"""Other editors at the real server, with the configurations of their pages, word for word.

Emacs and Vim with ALE are Debian's (`emacs-nox`, `elpa-eglot`, `vim`, `vim-ale`), Helix is in no
registry. Each test runs where its editor is found: by `HOMESPUN_HX`, `HOMESPUN_EMACS`,
`HOMESPUN_VIM` and `HOMESPUN_ALE` (its folder), or in its usual place.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from cli.shell import TEXT, Shell, scripted_shell
from docs.test_getting_started import block
from editors.terminal import Terminal, terminal

HERE = Path(__file__).parent
FIXED = "def add(a, b):\n    return a + b\n"
TURNS = (
    {"match": "QUESTION", "reply": "It adds numbers.", "times": 9},
    {"match": "add, do not", "reply": json.dumps({"summary": "Plus.", "text": FIXED}), "times": 9},
)
COMMENTED = TEXT.replace("):\n", "):\n    # homespun: add, do not subtract\n", 1)


def named(name: str) -> str | None:
    """Where an editor is, as the user says or by the PATH."""
    return os.environ.get(f"HOMESPUN_{name.upper()}") or shutil.which(name)


def debians(name: str) -> str:
    """An editor that Debian packs: where it is missing, that is a failure under `CI=true`."""
    return named(name) or _missing(name)


def _missing(name: str) -> NoReturn:
    message = f"{name} is not installed, and HOMESPUN_{name.upper()} names none"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def debians_ale() -> str:
    """ALE's folder."""
    folder = os.environ.get("HOMESPUN_ALE", "/usr/share/vim-ale")
    return folder if Path(folder).is_dir() else _missing("ale")


@contextmanager
def project(tmp_path: Path, homespun: Path) -> Generator[Shell]:
    """A project with a comment to carry out, and `homespun` on the PATH."""
    with scripted_shell(tmp_path, *TURNS) as shell:
        shell.file.write_text(COMMENTED)
        shell.environ["PATH"] = f"{homespun.parent}{os.pathsep}{os.environ['PATH']}"
        shell.environ["HOME"] = str(shell.home)
        # The pages name an Ollama model: here the scripted one stands in its place.
        shell.environ["OLLAMA_BASE_URL"] = shell.environ["SCRIPTED_BASE_URL"]
        yield shell


@pytest.mark.peer
def test_helix(tmp_path: Path, built_homespun: Path) -> None:
    hx = named("hx") or pytest.skip("Helix is in no registry; HOMESPUN_HX names none")
    with project(tmp_path, built_homespun) as shell, terminal(tmp_path) as screen:
        settings = shell.home / ".config" / "helix" / "languages.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(block("docs/editors/helix.md", "toml", "language-server"))
        environ = shell.environ | {"XDG_CONFIG_HOME": str(settings.parents[1])}
        screen.start((hx, "calc.py:2:8"), shell.project, environ)
        screen.wait("homespun: add")
        pick(screen, "do “add, do not")
        screen.wait("return a + b")
        assert "homespun: add" not in screen.screen()
        screen.keys("u")
        screen.wait("return a - b")
        screen.type(":lsp-workspace-command homespun.history")
        screen.keys("Enter")
        screen.wait("Homespun's changes")


def pick(screen: Terminal, title: str) -> None:
    """Open the menu of code actions until it shows, and pick one by its title."""

    def shown() -> bool:
        screen.keys("Escape")
        screen.type(" a")
        try:
            screen.wait(title, 3)
        except AssertionError:
            return False
        return True

    screen.wait_for(shown, "the code actions")
    menu = screen.screen().splitlines()
    actions = [line for line in menu if "Homespun: " in line]
    at = next(number for number, line in enumerate(actions) if title in line)
    screen.keys(*["Tab"] * (at + 1), "Enter")


@pytest.mark.peer
def test_emacs(tmp_path: Path, built_homespun: Path) -> None:
    emacs = debians("emacs")
    with project(tmp_path, built_homespun) as shell:
        config = tmp_path / "init.el"
        config.write_text(block("docs/editors/emacs.md", "elisp", '("homespun" "lsp")'))
        session = str(HERE / "emacs" / "session.el")
        run = subprocess.run(
            (emacs, "--batch", "-l", session, str(config), str(shell.file)),
            cwd=shell.project, env=shell.environ, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert "all done" in run.stderr, run.stderr


@pytest.mark.peer
def test_vim_with_ale(tmp_path: Path, built_homespun: Path) -> None:
    vim, ale = debians("vim"), debians_ale()
    with project(tmp_path, built_homespun) as shell, terminal(tmp_path) as screen:
        config = tmp_path / "vimrc"
        page = block("docs/editors/vim.md", "vim", "ale#linter#Define")
        config.write_text(f"set nocompatible noswapfile\nset runtimepath^={ale}\n{page}")
        screen.start((vim, "-u", str(config), "+2", "calc.py"), shell.project, shell.environ)
        screen.wait("homespun: add")

        def offered() -> bool:
            screen.keys("Escape")
            screen.type(":ALECodeAction")
            screen.keys("Enter")
            try:
                screen.wait("do “add, do not", 4)
            except AssertionError:
                return False
            return True

        screen.wait_for(offered, "the code actions")
        line = next(x for x in screen.screen().splitlines() if "do “add, do not" in x)
        screen.type(line.split(":")[0].strip(" )"))
        screen.keys("Enter")
        screen.wait("return a + b")
