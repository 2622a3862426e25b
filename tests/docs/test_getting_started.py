"""The configurations in the documentation work, word for word."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shell import TEXT, scripted_shell
from model_servers.peers import Peers

PAGES = Path(__file__).parents[2]
FIXED = "def add(a, b):\n    return a + b\n"


def block(page: str, language: str, containing: str) -> str:
    """The code block of a page that holds `containing`."""
    text = (PAGES / page).read_text(encoding="utf-8")
    blocks = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return next(found for found in blocks if containing in found)


@pytest.mark.peer
def test_neovim(tmp_path: Path) -> None:
    nvim = Peers(os.environ).nvim()
    config = tmp_path / "init.lua"
    config.write_text(block("docs/neovim.md", "lua", "vim.lsp.config"))
    turn = {"match": "add, do not", "reply": json.dumps({"summary": "Plus.", "text": FIXED})}
    with scripted_shell(tmp_path, turn) as shell:
        shell.file.write_text(TEXT.replace("):\n", "):\n    # homespun: add, do not subtract\n", 1))
        # The page's model is an Ollama model: here the scripted one stands in its place.
        environ = shell.environ | {
            "OLLAMA_BASE_URL": shell.environ["SCRIPTED_BASE_URL"],
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        script = str(Path(__file__).with_name("neovim.lua"))
        run = subprocess.run(
            [nvim, "--headless", "--clean", "-l", script, str(config), str(shell.file)],
            cwd=shell.project,
            env=environ,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert "return a + b" in shell.file.read_text()


def test_the_readme_says_the_same() -> None:
    short = block("README.md", "lua", "vim.lsp.enable")
    assert short == block("docs/neovim.md", "lua", "vim.lsp.enable")


def test_settings_in_the_pages_are_understood(tmp_path: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        shell.config.parent.mkdir(parents=True)
        for page in ("README.md", "docs/settings.md"):
            for found in re.findall(r"```toml\n(.*?)```", (PAGES / page).read_text(), re.DOTALL):
                shell.config.write_text(found)
                run = shell.run("config", "show")
                assert run.returncode == 0, f"{page}: {run.stderr}"


@pytest.mark.parametrize(
    "page",
    ["README.md", *(str(p.relative_to(PAGES)) for p in sorted((PAGES / "docs").rglob("*.md")))],
)
def test_links_lead_somewhere(page: str) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", text):
        assert not target or ((PAGES / page).parent / target).exists(), target


def test_the_readme_is_short() -> None:
    assert len((PAGES / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
