"""The patch of a plan is what git takes."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from homespun.core.patch import patch
from homespun.core.plan import ChangePlan, FileAction, FileChange, hunks_between

BEFORE = "one\n-- two\n++ three\nfour"
AFTER = "one\n2\n++ three\n-- four\n"


def change(action: FileAction, path: str, before: str | None, after: str) -> FileChange:
    hunks = hunks_between(before or "", after)
    return FileChange(f"file:///w/{path}", path, action, before, hunks)


def plan(*files: FileChange) -> ChangePlan:
    return ChangePlan("id", "title", "summary", files)


RENAMED = replace(
    change("rename", "a.txt", BEFORE, AFTER), new_uri="file:///w/d/b c.txt", new_path="d/b c.txt"
)
CASES: dict[str, tuple[FileChange, dict[str, str]]] = {
    "edit": (change("edit", "a.txt", BEFORE, AFTER), {"a.txt": AFTER}),
    "create": (change("create", "n/new.txt", None, "x\n"), {"a.txt": BEFORE, "n/new.txt": "x\n"}),
    "create empty": (change("create", "new.txt", None, ""), {"a.txt": BEFORE, "new.txt": ""}),
    "delete": (change("delete", "a.txt", BEFORE, ""), {}),
    "rename and edit": (RENAMED, {"d/b c.txt": AFTER}),
    "rename alone": (replace(RENAMED, hunks=()), {"d/b c.txt": BEFORE}),
}


@pytest.mark.parametrize("name", CASES)
def test_git_makes_the_same_change(tmp_path: Path, name: str) -> None:
    file, expected = CASES[name]
    (tmp_path / "a.txt").write_bytes(BEFORE.encode())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    run = subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=patch(plan(file)).encode(), capture_output=True
    )
    assert run.returncode == 0, run.stderr.decode()
    found = {
        path.relative_to(tmp_path).as_posix(): path.read_text()
        for path in tmp_path.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    assert found == expected


def test_what_is_not_offered_is_not_in_it() -> None:
    file = change("edit", "a.txt", BEFORE, AFTER)
    assert patch(plan(file.refused("no"), replace(file, accepted=False))) == ""
