"""The extension as it is shipped, in real VS Code in real Chromium, before a scripted model."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from editors import project
from editors.vscode_server import CLIENT, VSCode

HERE = Path(__file__).parent
WORKBENCH = HERE / "workbench"
_MOST = 1_500_000
"""Bytes of the extension without the server that comes along."""
pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]


def test_edit_by_instruction_and_undo(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "edit.mjs", folder)


def test_review_of_three_hunks(code: VSCode, folder: Path) -> None:
    (folder / ".homespun.toml").write_text('review = "always"\n')
    code.play(WORKBENCH / "review.mjs", folder)


def test_explanation_that_grows(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "explain.mjs", folder)


def test_answers_at_their_extremes(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "extremes.mjs", folder)


def test_cancel(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "cancel.mjs", folder)


def test_choice_of_the_model(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "model.mjs", folder)


def test_refactor_of_chosen_files(code: VSCode, folder: Path) -> None:
    for name, text in project.ADD.items():
        (folder / name).write_text(text)
    code.play(WORKBENCH / "refactor.mjs", folder)


def test_two_windows_on_one_folder(code: VSCode, folder: Path) -> None:
    (folder / ".homespun.toml").write_text('review = "always"\n')
    code.play(WORKBENCH / "windows.mjs", folder)


def test_faults_end_in_clear_messages(code: VSCode, folder: Path) -> None:
    old = folder.parent / "homespun"
    old.write_text(f"#!/bin/sh\nexec {sys.executable} {HERE / 'neovim' / 'old_server.py'}\n")
    old.chmod(0o755)
    code.play(WORKBENCH / "faults.mjs", folder, OLD_SERVER=str(old))


def test_missing_server_is_mended_by_the_button(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "missing.mjs", folder)


def test_walkthrough_of_a_server_that_runs_already(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "walkthrough.mjs", folder)


def test_every_command_in_the_extension_host(smoke: VSCode, folder: Path) -> None:
    print(smoke.play(HERE / "host.mjs", folder, SUITE=str(HERE / "host")))


def test_extension_is_small_and_holds_what_it_needs(vsix: Path) -> None:
    with zipfile.ZipFile(vsix) as packed:
        sizes = {info.filename: info.compress_size for info in packed.infolist()}
    (wheel,) = (name for name in sizes if name.endswith(".whl"))
    assert sum(sizes.values()) - sizes[wheel] < _MOST
    needed = {"dist/extension.js", "dist/library.js", "bundled/requirements.txt"}
    assert {f"extension/{name}" for name in needed} <= sizes.keys()
    assert not [name for name in sizes if "node_modules" in name or name.endswith(".ts")]


def test_lock_names_no_registry() -> None:
    assert '"resolved"' not in (CLIENT / "package-lock.json").read_text()
