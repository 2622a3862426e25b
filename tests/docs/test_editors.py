"""The editors' pages: what can be checked of their configurations without the editor."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from editors.test_other_editors import debians

PAGES = Path(__file__).parents[2] / "docs" / "editors"


def blocks(language: str) -> list[tuple[str, str]]:
    """Every block of a language in the editors' pages, with the page's name."""
    found = re.compile(rf"^ *```{language}\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
    return [
        (page.name, text)
        for page in sorted(PAGES.glob("*.md"))
        for text in found.findall(page.read_text())
    ]


@pytest.mark.parametrize(("page", "text"), blocks("json"))
def test_json(page: str, text: str) -> None:
    assert '"homespun"' in json.dumps(json.loads(text)), page


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_toml(page: str, text: str) -> None:
    settings = tomllib.loads(text)
    named = settings["language"][0]["language-servers"]
    assert set(settings["language-server"]) <= set(named), page


@pytest.mark.parametrize(("page", "text"), blocks("elisp"))
def test_lisp_is_balanced(page: str, text: str) -> None:
    code = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    depth = 0
    for character in code:
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert depth >= 0, page
    assert depth == 0, page


# ALE's is run by tests/editors/test_other_editors.py.
@pytest.mark.parametrize(("page", "text"), [one for one in blocks("vim") if "ale#" not in one[1]])
def test_vim_script(page: str, text: str, tmp_path: Path) -> None:
    vim = debians("vim")
    script = tmp_path / "page.vim"
    script.write_text("set nocompatible\n" + text)
    command = (vim, "-es", "-u", "NONE", "-c", f"source {script}", "-c", "qall!")
    assert subprocess.run(command, capture_output=True, timeout=20).returncode == 0, page


def test_every_page_is_listed() -> None:
    listed = (PAGES / "README.md").read_text()
    assert all(
        f"({page.name})" in listed for page in PAGES.glob("*.md") if page.name != "README.md"
    )
