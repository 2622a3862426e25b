"""`homespun refactor` as people and scripts have it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from cli.shell import Shell, scripted_shell
from homespun.cli.git import uncommitted
from homespun.errors import InputError

BASE = "def fetch(url):\n    return url\n"
USER = "from base import fetch\n\nprint(fetch('1'))\n"
WANTED = "Rename `fetch` to `load`."


def turn(path: str, text: str) -> dict[str, Any]:
    """The answer on one file: each line that has the name, by a hunk of its own."""
    after = text.replace("fetch", "load")
    update = {"action": "edit", "file": path, "hunks": [{"find": text, "replace": after}]}
    reply = json.dumps({"summary": "Renamed.", "updated_files": [update]})
    return {"match": f"- {path}: ", "reply": reply, "times": 100}


PLAN = {"match": "WANTED", "reply": "no plan", "times": 100}


@pytest.fixture
def shell(tmp_path: Path) -> Generator[Shell]:
    turns = (PLAN, turn("base.py", BASE), turn("user.py", USER))
    with scripted_shell(tmp_path, *turns) as made:
        begun(made)
        yield made


def begun(shell: Shell) -> None:
    """Have its project be a repository of two files, one of which uses the other."""
    shell.config.parent.mkdir(parents=True, exist_ok=True)
    shell.config.write_text('edit_format = "hunks"\n[refactor]\nfiles_in_a_request = 1\n')
    (shell.project / ".git").rmdir()
    (shell.project / "base.py").write_text(BASE)
    (shell.project / "user.py").write_text(USER)
    git(shell.project, "init", "--quiet")
    git(shell.project, "add", "--all")
    git(shell.project, "commit", "--quiet", "--message", "first")


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ("git", *who, *arguments), cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_dry_run_prints_a_patch_that_git_takes_and_a_resume_makes_it(shell: Shell) -> None:
    dry = shell.run("refactor", WANTED, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "-def fetch(url):\n+def load(url):" in dry.stdout
    assert git(shell.project, "status", "--porcelain") == ""
    subprocess.run(
        ("git", "apply", "--check"), cwd=shell.project, input=dry.stdout, text=True, check=True
    )
    (left,) = shell.json("refactor", "--list")["refactors"]
    assert (left["files"], left["done"], left["running"]) == (2, 2, False)
    assert left["id"] in shell.run("refactor", "--list").stdout
    made = shell.run("refactor", "--resume", "--yes")
    assert made.returncode == 0, made.stderr
    assert (shell.project / "base.py").read_text() == BASE.replace("fetch", "load")
    assert (shell.project / "user.py").read_text() == USER.replace("fetch", "load")
    assert shell.json("refactor", "--list") == {"refactors": []}
    assert shell.run("undo").returncode == 0
    assert git(shell.project, "status", "--porcelain") == ""


def test_what_is_done_is_seen_and_made_without_any_model(tmp_path: Path) -> None:
    """The model breaks down at the second file; then its server is gone, and none is set."""
    with scripted_shell(tmp_path, PLAN, turn("base.py", BASE)) as shell:
        begun(shell)
        assert shell.run("refactor", WANTED, "--yes").returncode == 4
    del shell.environ["HOMESPUN_MODEL"]
    seen = shell.run("refactor", "--resume", "--finished", "--dry-run")
    assert "+def load(url):" in seen.stdout and "b/user.py" not in seen.stdout, seen.stderr
    assert "refused: user.py: it was not done yet" in seen.stderr and seen.returncode == 6
    assert shell.run("refactor", "--resume", "--yes").returncode == 3
    assert shell.run("refactor", "--resume", "--finished", "--yes").returncode == 6
    assert (shell.project / "base.py").read_text() == BASE.replace("fetch", "load")
    assert (shell.project / "user.py").read_text() == USER
    assert shell.json("history")["changes"][0]["status"] == "applied"


def test_a_dirty_tree_is_refused_unless_told(shell: Shell) -> None:
    (shell.project / "user.py").write_text(USER + "\n# mine\n")
    refused = shell.run("refactor", WANTED, "--yes")
    assert refused.returncode == 2
    assert "not committed: user.py" in refused.stderr and "--allow-dirty" in refused.stderr
    assert shell.run("refactor", WANTED, "base.py", "--yes", "--allow-dirty").returncode == 6
    assert (shell.project / "base.py").read_text() == BASE.replace("fetch", "load")


def test_paths_globs_and_json(shell: Shell) -> None:
    told = shell.json("refactor", WANTED, "--dry-run", "--exclude", "user.py")
    assert told["status"] == "proposed" and "+def load(url):" in told["diff"]
    assert [finding.partition(":")[0] for finding in told["left"]] == ["user.py", "user.py"]
    assert "user.py" not in told["diff"]
    (file,) = told["survey"]["files"]
    assert (file["path"], file["step"], file["reasons"]) == ("base.py", 1, ["defines `fetch`"])
    assert told["survey"]["tokens"] > file["tokens"] > 0
    nothing = shell.run("refactor", WANTED, "--include", "docs/**", "--dry-run")
    assert nothing.returncode == 2 and "No file that you named" in nothing.stderr
    elsewhere = shell.run("refactor", WANTED, "..", "--dry-run")
    assert elsewhere.returncode == 2 and "is not in" in elsewhere.stderr


def test_nobody_to_ask_shows_the_change_and_makes_nothing(shell: Shell) -> None:
    shown = shell.run("refactor", WANTED)
    assert shown.returncode == 6
    assert "+def load(url):" in shown.stdout and "nobody to ask" in shown.stderr
    assert "user.py  uses `fetch` (2 places)" in shown.stderr  # which files were taken, and why
    assert git(shell.project, "status", "--porcelain") == ""
    (left,) = shell.json("refactor", "--list")["refactors"]
    assert shell.run("refactor", "--drop", left["id"]).returncode == 0
    gone = shell.run("refactor", "--drop", left["id"])
    assert gone.returncode == 2 and "that was left" in gone.stderr
    assert shell.run("refactor", "--resume").returncode == 2


def test_a_server_that_is_not_there_and_a_journal_that_cannot_be_written(shell: Shell) -> None:
    served = shell.environ["SCRIPTED_BASE_URL"]
    shell.environ["SCRIPTED_BASE_URL"] = "http://127.0.0.1:9"
    unserved = shell.run("refactor", WANTED, "--yes")
    assert unserved.returncode == 4, unserved.stderr
    shell.environ["SCRIPTED_BASE_URL"] = served
    assert shell.run("refactor", WANTED, "--dry-run").returncode == 0
    (state,) = shell.home.rglob("journal.db")
    for file in state.parent.glob("journal.db*"):
        file.unlink()
    state.mkdir()
    unkept = shell.run("refactor", WANTED, "--yes")
    assert unkept.returncode == 7, unkept.stderr
    assert git(shell.project, "status", "--porcelain") == ""


def test_a_repositorys_own_configuration_runs_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / ".gitattributes").write_text("*.py filter=mine\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    mark = tmp_path / "ran"
    for key in ("core.fsmonitor", "filter.mine.clean", "filter.mine.smudge", "filter.mine.process"):
        git(tmp_path, "config", key, f"touch '{mark}'; cat")
    (tmp_path / "a.py").write_text("a = 2\n")
    assert uncommitted(tmp_path) == ["a.py"]
    assert not mark.exists()


def test_what_git_cannot_tell_is_refused(tmp_path: Path) -> None:
    assert uncommitted(tmp_path) == []
    (tmp_path / ".git").mkdir()
    with pytest.raises(InputError, match="cannot be told"):
        uncommitted(tmp_path)


CHECK = """import sys
print("seen", "load" in open("base.py").read())
sys.exit(int(sys.argv[1]))
"""


def with_checks(shell: Shell, *codes: int) -> None:
    """Have checks of the user's own end with these codes."""
    program = shell.config.parent / "check.py"
    program.write_text(CHECK)
    checks = json.dumps([[sys.executable, str(program), str(code)] for code in codes])
    shell.config.write_text(shell.config.read_text() + f"check = {checks}\n")


def test_checks_of_the_users_own_look_at_what_was_made(shell: Shell) -> None:
    with_checks(shell, 0)
    made = shell.run("refactor", WANTED, "--yes")
    assert made.returncode == 0, made.stderr
    assert "check.py 0` passed." in made.stderr


def test_a_check_that_fails_is_told_and_the_change_can_be_taken_back(shell: Shell) -> None:
    with_checks(shell, 0, 3)
    made = shell.run("refactor", WANTED, "--yes")
    assert made.returncode == 1, made.stderr
    assert "check.py 3` failed (3):" in made.stderr and "seen True" in made.stderr
    assert "load" in (shell.project / "base.py").read_text()
    assert shell.run("undo").returncode == 0
    assert (shell.project / "base.py").read_text() == BASE


def test_a_check_that_cannot_be_run_is_told(shell: Shell) -> None:
    shell.config.write_text(shell.config.read_text() + 'check = [["no-such-program"]]\n')
    made = shell.run("refactor", WANTED, "--yes")
    assert made.returncode == 1
    assert "`no-such-program` cannot be run" in made.stderr


def test_a_project_names_no_check(shell: Shell) -> None:
    marker = shell.project / "ran"
    check = json.dumps([[sys.executable, "-c", f"open({str(marker)!r}, 'w')"]])
    (shell.project / ".homespun.toml").write_text(f"[refactor]\ncheck = {check}\n")
    assert shell.run("refactor", WANTED, "--yes").returncode == 0
    assert not marker.exists()


def test_a_reply_that_is_wanted_again_after_a_refactor_is_told_where_it_is(shell: Shell) -> None:
    assert shell.run("refactor", WANTED, "--dry-run").returncode == 0
    (left,) = shell.json("refactor", "--list")["refactors"]
    for arguments in ((), (left["id"],)):
        told = shell.run("reapply", *arguments)
        assert told.returncode == 2
        assert f"homespun refactor --resume {left['id']}" in " ".join(told.stderr.split())
    assert shell.run("refactor", "--resume", "--yes").returncode == 0
    assert shell.run("undo").returncode == 0
    told = shell.run("reapply")
    assert (
        told.returncode == 2 and f"{left['id']} is a refactor that came to its end" in told.stderr
    )
