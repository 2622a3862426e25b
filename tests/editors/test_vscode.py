"""The extension as it is shipped, in real VS Code in real Chromium, before a scripted model."""

from __future__ import annotations

from pathlib import Path

import pytest

from editors.vscode_server import VSCode

WORKBENCH = Path(__file__).parent / "workbench"
pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]


def test_edit_by_instruction_and_undo(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "edit.mjs", folder)


def test_review_of_three_hunks(code: VSCode, folder: Path) -> None:
    (folder / ".homespun.toml").write_text('review = "always"\n')
    code.play(WORKBENCH / "review.mjs", folder)


def test_explanation_that_grows(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "explain.mjs", folder)


def test_cancel(code: VSCode, folder: Path) -> None:
    code.play(WORKBENCH / "cancel.mjs", folder)
