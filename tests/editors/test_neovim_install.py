"""The documented ways to install the Neovim plugin work, word for word, from a clone."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.shell import scripted_shell
from docs.test_getting_started import block
from editors.built import REPOSITORY
from editors.test_neovim import HERE, REGION, Session
from model_servers.peers import this_machine


@contextmanager
def user(tmp_path: Path, homespun: Path) -> Generator[Session]:
    """A user with a clone of the repository in `~/src/homespun`."""
    with scripted_shell(tmp_path, {"reply": REGION}) as shell:
        clone = shell.home / "src" / "homespun"
        clone.parent.mkdir(parents=True)
        quiet = ("git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--no-hardlinks")
        subprocess.run((*quiet, str(REPOSITORY), str(clone)), check=True, capture_output=True)
        session = Session(shell, clone, homespun)
        session.environ["HOME"] = str(shell.home)
        yield session


@pytest.mark.peer
def test_by_the_runtime_path(tmp_path: Path, built_homespun: Path) -> None:
    init = tmp_path / "init.lua"
    init.write_text(block("docs/neovim.md", "lua", "vim.opt.runtimepath:append('~"))
    with user(tmp_path, built_homespun) as session:
        session.run("install.lua", init=init)


@pytest.mark.peer
def test_as_lazy_nvim_loads_it(tmp_path: Path, built_homespun: Path) -> None:
    spec = tmp_path / "spec.lua"
    spec.write_text(block("docs/neovim.md", "lua", "lazy = false"))
    with user(tmp_path, built_homespun) as session:
        session.run("install.lua", init=HERE / "lazy.lua", SPEC=str(spec))


@pytest.mark.peer
def test_by_vim_pack(tmp_path: Path, built_homespun: Path) -> None:
    init = tmp_path / "init.lua"
    page = block("docs/neovim.md", "lua", "vim.pack.add")
    # It asks before it installs; here nobody answers.
    init.write_text(page.replace("load = function", "confirm = false, load = function"))
    nvim = this_machine().next_nvim()
    with user(tmp_path, built_homespun) as session:
        session.run("install.lua", init=init, nvim=nvim)


@pytest.mark.peer
def test_a_session_in_the_next_neovim(tmp_path: Path, plugin: Path, built_homespun: Path) -> None:
    nvim = this_machine().next_nvim()
    with scripted_shell(tmp_path, {"reply": REGION, "times": 99}) as shell:
        Session(shell, plugin, built_homespun).run("edit.lua", nvim=nvim)
