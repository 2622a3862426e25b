"""Every command as people and scripts call it: a real process, a scripted model over real HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.shell import FIX, FIXED, TEXT, Shell, reply, scripted_shell
from homespun import __version__
from homespun.cli.run import homespun
from model_servers.embedding_server import embedding_server

NEW_FILE = {"action": "create", "file": "new.py", "text": "x = 1\n"}


@pytest.fixture
def unset(tmp_path: Path) -> Shell:
    """A machine on which no model is set."""
    return Shell(tmp_path, {})


def test_edit_lands_with_its_diff_on_stdout(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        run = shell.run("edit", "calc.py", "make add add")
    assert run.returncode == 0, run.stderr
    assert shell.file.read_text() == FIXED
    assert "-    return a - b\n+    return a + b\n" in run.stdout
    assert "scripted/scripted (local)" in run.stderr


def test_edit_as_json_is_one_object(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        told = shell.json("edit", "calc.py", "make add add")
    assert told["status"] == "applied"
    assert told["answeredBy"] == {"provider": "scripted", "model": "scripted", "local": True}
    assert told["files"][0] | {"uri": ""} == {
        "path": str(shell.file),
        "uri": "",
        "action": "edit",
        "added": 1,
        "removed": 1,
    }
    assert "+    return a + b" in told["diff"]


def test_dry_run_changes_nothing_and_gives_a_patch(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        run = shell.run("edit", "calc.py", "make add add", "--dry-run")
        assert run.returncode == 0, run.stderr
        assert shell.file.read_text() == TEXT
        told = shell.json("edit", "calc.py", "make add add", "--dry-run")
        assert (told["status"], told["files"]) == ("proposed", [])
    subprocess.run(["git", "init", "-q"], cwd=shell.project, check=True)
    subprocess.run(["git", "apply"], cwd=shell.project, input=run.stdout.encode(), check=True)
    assert shell.file.read_text() == FIXED


def test_the_change_of_a_dry_run_can_be_made_without_asking_again(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        shell.run("edit", "calc.py", "make add add", "--dry-run")
    run = shell.run("reapply")
    assert run.returncode == 0, run.stderr
    assert shell.file.read_text() == FIXED


def test_lines_are_what_may_change(tmp_path: Path) -> None:
    region = json.dumps({"summary": "Plus.", "text": "    return a + b\n"})
    with scripted_shell(tmp_path, {"match": "return a - b", "reply": region}) as shell:
        run = shell.run("edit", "calc.py", "add", "--lines", "2")
    assert run.returncode == 0, run.stderr
    assert shell.file.read_text() == FIXED


def test_a_comment_is_the_instruction_where_there_is_none(tmp_path: Path) -> None:
    region = json.dumps({"summary": "Plus.", "text": "def add(a, b):\n    return a + b\n"})
    with scripted_shell(tmp_path, {"match": "add, do not subtract", "reply": region}) as shell:
        shell.file.write_text(
            TEXT.replace(
                "    return a - b", "    # homespun: add, do not subtract\n    return a - b"
            )
        )
        run = shell.run("edit", "calc.py")
    assert run.returncode == 0, run.stderr
    assert shell.file.read_text() == FIXED


def test_the_instruction_may_come_from_stdin(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"match": "from a pipe", "reply": FIX}) as shell:
        run = shell.run("edit", "calc.py", "-", stdin="from a pipe\n")
    assert run.returncode == 0, run.stderr


def test_undo_history_and_reapply(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        change = shell.json("edit", "calc.py", "make add add")["changeId"]
    entry = shell.json("history")["changes"][0]
    assert (entry["changeId"], entry["status"], entry["files"]) == (change, "applied", ["calc.py"])
    assert change in shell.run("history").stdout
    assert shell.run("undo", change).returncode == 0
    assert shell.file.read_text() == TEXT
    assert shell.json("history")["changes"][0]["status"] == "undone"
    again = shell.run("undo")
    assert again.returncode == 2
    assert "no change to take back" in again.stderr
    assert shell.json("reapply", change)["status"] == "applied"
    assert shell.file.read_text() == FIXED


def test_reapply_tells_an_unknown_id(unset: Shell) -> None:
    run = unset.run("reapply", "0000")
    assert run.returncode == 2
    assert "0000" in run.stderr and "kept reply" not in run.stderr


def test_one_change_is_shown_as_a_patch(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        change = shell.json("edit", "calc.py", "make add add")["changeId"]
    shown = shell.run("history", change)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("--- a/calc.py\n+++ b/calc.py\n")
    assert shown.stdout == shell.json("history", change)["diff"]
    assert shell.run("history", "none").returncode == 2


def test_undo_under_a_later_edit_shows_what_is_in_the_way(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        shell.run("edit", "calc.py", "make add add")
    later = FIXED.replace("a + b", "a + b + 1")
    shell.file.write_text(later)
    refused = shell.run("undo")
    assert refused.returncode == 6
    assert "-    return a + b\n+    return a + b + 1\n" in refused.stdout
    assert "in the way" in refused.stderr
    assert shell.json("undo")["obstacle"] == refused.stdout
    assert shell.file.read_text() == later


def test_undo_keeps_what_was_typed_elsewhere(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": FIX}) as shell:
        shell.run("edit", "calc.py", "make add add")
    shell.file.write_text(shell.file.read_text() + "\n\nLATER = 1\n")
    assert shell.run("undo").returncode == 0
    assert shell.file.read_text() == TEXT + "\n\nLATER = 1\n"


def test_a_risky_change_needs_a_yes_where_nobody_can_be_asked(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": reply(NEW_FILE), "times": 2}) as shell:
        refused = shell.run("edit", "calc.py", "add a module", "--scope", "workspace")
        assert refused.returncode == 6
        assert "a new file" in refused.stderr
        assert "--yes" in refused.stderr
        assert not (shell.project / "new.py").exists()
        made = shell.run("edit", "calc.py", "add a module", "--scope", "workspace", "--yes")
        assert made.returncode == 0, made.stderr
        assert (shell.project / "new.py").read_text() == "x = 1\n"
        assert "+++ b/new.py" in made.stdout
        assert shell.run("undo").returncode == 0
        assert not (shell.project / "new.py").exists()


def test_a_yes_does_not_reach_protected_files(tmp_path: Path) -> None:
    hook = {"action": "create", "file": ".pre-commit-config.yaml", "text": "repos: []\n"}
    with scripted_shell(tmp_path, {"reply": reply(hook)}) as shell:
        run = shell.run("edit", "calc.py", "add a hook", "--scope", "workspace", "--yes")
    assert run.returncode == 6
    assert not (shell.project / ".pre-commit-config.yaml").exists()


def test_explain_streams_where_it_is_piped(tmp_path: Path) -> None:
    words = "It **subtracts**, whatever its name says."
    with scripted_shell(tmp_path, {"match": "why?", "reply": words, "times": 2}) as shell:
        run = shell.run("explain", "calc.py", "why?", "--lines", "1-2")
        assert (run.returncode, run.stdout) == (0, words + "\n"), run.stderr
        assert "scripted/scripted (local)" in run.stderr
        assert shell.json("explain", "calc.py", "why?")["markdown"] == words


def test_context_shows_what_would_be_sent_and_sends_nothing(tmp_path: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        run = shell.run("context", "calc.py", "add up", "--lines", "1-2")
        assert run.returncode == 0, run.stderr
        assert "scripted/scripted (local) at http://127.0.0.1:" in run.stdout
        assert "- `calc.py`: " in run.stdout
        assert "return a - b" in run.stdout
        told = shell.json("context", "calc.py", "add up", "--lines", "1-2")
    assert [item["path"] for item in told["items"]] == ["calc.py"]
    assert told["window"] == {"tokens": 8192, "guessed": False}
    assert "add up" in told["messages"][-1]["content"]
    assert told["budget"]["prompt"] + told["budget"]["answer"] + told["budget"]["margin"] <= 8192


def test_context_tells_which_files_are_near_in_meaning(tmp_path: Path) -> None:
    with (
        embedding_server(lambda text: (1.0, float("weather" in text))) as server,
        scripted_shell(tmp_path) as shell,
    ):
        for name in ("weather", "sums", "hats"):
            shell.file.with_name(f"{name}.py").write_text(f"def {name}():\n    return 1\n")
        shell.file.write_text(f"import hats\nimport sums\nimport weather\n{TEXT}")
        shell.config.parent.mkdir(parents=True, exist_ok=True)
        shell.config.write_text(
            f'[providers.near]\ntype = "openai_compatible"\nendpoint = "{server.address}"\n'
            '[context]\nembeddings = "near/m"\n'
        )
        told = shell.json("context", "calc.py", "What is the weather?", "--lines", "5-6")
    near = [item["path"] for item in told["items"] if "meaning is near" in item["reason"]]
    assert near == ["weather.py"], told
    assert server.texts


def test_doctor_is_well_with_a_model(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": "ready", "times": 2}) as shell:
        run = shell.run("doctor")
        assert run.returncode == 0, run.stdout
        assert "8192 tokens" in run.stdout
        told = shell.json("doctor")
    assert told["healthy"] is True
    assert {"homespun", "settings", "journal", "model", "answer"} <= {
        c["name"] for c in told["checks"]
    }


def test_doctor_offline_needs_no_model(unset: Shell) -> None:
    assert unset.json("doctor", "--offline")["healthy"] is True


def test_doctor_says_that_there_is_no_model(unset: Shell) -> None:
    told = unset.json("doctor")
    assert told["healthy"] is False
    assert next(c for c in told["checks"] if c["name"] == "model")["status"] == "error"


def test_config_tells_where_values_come_from(unset: Shell) -> None:
    unset.config.parent.mkdir(parents=True)
    unset.config.write_text('model = "ollama/tiny"\n[providers.mine]\napi_key = "hidden-key"\n')
    (unset.project / ".homespun.toml").write_text('edit_format = "whole"\n')
    run = unset.run("config", "show")
    assert run.returncode == 0, run.stderr
    assert 'model = "ollama/tiny"' in run.stdout
    assert 'edit_format = "whole"' in run.stdout
    assert "hidden-key" not in run.stdout + unset.run("config", "show", "--json").stdout


def test_config_reports_what_a_project_may_not_set(unset: Shell) -> None:
    (unset.project / ".homespun.toml").write_text('model = "evil/model"\n')
    run = unset.run("config", "show", "--json")
    assert run.returncode == 2
    assert json.loads(run.stdout)["problems"][0]["key"] == "model"
    assert ".homespun.toml" in run.stderr


def test_config_schema_is_json_schema(unset: Shell) -> None:
    schema = json.loads(unset.run("config", "schema").stdout)
    assert "model" in schema["properties"]


FAULTS = {
    "a server's own failure": ({"status": 500, "body": {"error": {"message": "oops"}}}, 4),
    "a wrong key": ({"status": 401, "body": {"error": {"message": "no"}}}, 4),
    "a reply cut at its limit": ({"reply": FIX, "finish": "length"}, 5),
    "a stream that breaks off": ({"reply": FIX, "fault": "no_finish", "after": 3}, 5),
    "a reply of garbage": ({"reply": "certainly! I will do that.", "times": 3}, 5),
    "lines that are nowhere": (
        {
            "reply": reply(
                {
                    "action": "edit",
                    "file": "calc.py",
                    "hunks": [{"find": "no such line", "replace": "x"}],
                }
            ),
            "times": 3,
        },
        6,
    ),
    "a path that leaves": (
        {"reply": reply({"action": "create", "file": "../out.py", "text": "x\n"}), "times": 3},
        6,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_nothing_and_says_why(tmp_path: Path, name: str) -> None:
    turn, code = FAULTS[name]
    with scripted_shell(tmp_path, turn) as shell:
        run = shell.run("edit", "calc.py", "make add add", "--yes")
    assert run.returncode == code, run.stderr
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) > 2
    assert "Traceback" not in run.stderr
    assert shell.file.read_text() == TEXT
    assert not (tmp_path / "out.py").exists()


def test_an_error_is_json_too(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"status": 401, "body": {"error": {"message": "no"}}}) as shell:
        told = shell.json("edit", "calc.py", "make add add")
    assert told["error"]["code"] == "wrong_key"
    assert told["error"]["hint"]


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    model = {"HOMESPUN_MODEL": "vllm/m", "VLLM_BASE_URL": "http://127.0.0.1:9"}
    run = Shell(tmp_path, model).run("edit", "calc.py", "make add add")
    assert run.returncode == 4
    assert "127.0.0.1:9" in run.stderr


BAD_CALLS = {
    "no command like that": ["edti"],
    "no file": ["edit"],
    "an unknown option": ["edit", "calc.py", "x", "--fast"],
    "lines backwards": ["edit", "calc.py", "x", "--lines", "9-3"],
    "lines that are none": ["explain", "calc.py", "--lines", "first"],
    "more lines than there are": ["edit", "calc.py", "x", "--lines", "5-900"],
    "a file that is not there": ["edit", "gone.py", "x"],
    "a folder as file": ["edit", ".", "x"],
    "no instruction": ["edit", "calc.py"],
    "an unknown scope": ["edit", "calc.py", "x", "--scope", "world"],
    "a change that never was": ["undo", "0000"],
    "nothing to undo": ["undo"],
    "nothing to reapply": ["reapply"],
    "a folder that is not there": ["history", "--folder", "nowhere"],
    "an unknown setting command": ["config", "set"],
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_is_told_with_exit_code_2(unset: Shell, name: str) -> None:
    run = unset.run(*BAD_CALLS[name])
    assert run.returncode in ((6,) if name == "a folder as file" else (2,)), run.stderr
    assert run.stderr.strip()
    assert "Traceback" not in run.stderr


def test_what_is_no_text_is_refused(unset: Shell) -> None:
    unset.file.write_bytes(b"caf\xe9")
    run = unset.run("edit", "calc.py", "x")
    assert run.returncode == 6
    assert "UTF-8" in run.stderr


def test_without_a_model_the_next_step_is_named(unset: Shell) -> None:
    run = unset.run("edit", "calc.py", "x")
    assert run.returncode == 3
    assert "model" in run.stderr


def test_version_and_help(unset: Shell) -> None:
    assert __version__ in unset.run("--version").stdout
    assert "undo" in unset.run("--help").stdout
    for command in ("edit", "explain", "undo", "reapply", "history", "doctor", "demo", "lsp"):
        assert unset.run(command, "--help").returncode == 0


def test_all_commands_but_those_that_the_readme_names_take_json() -> None:
    def without(group: click.Group, *path: str) -> Iterator[str]:
        for name in group.list_commands(click.Context(group)):
            one = group.get_command(click.Context(group), name)
            if isinstance(one, click.Group):
                yield from without(one, *path, name)
            elif one and not any("--json" in option.opts for option in one.params):
                yield " ".join((*path, name))

    assert set(without(homespun)) == {"lsp", "demo", "config schema"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's here")
def test_ctrl_c_ends_it_with_130_and_changes_nothing(tmp_path: Path) -> None:
    with (
        scripted_shell(tmp_path, {"reply": FIX, "fault": "hang", "after": 20}) as shell,
        subprocess.Popen(
            shell.command("edit", "calc.py", "make add add"),
            cwd=shell.project,
            env=shell.environ,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stderr is not None
        while "writing" not in (line := process.stderr.readline()):
            assert line, "it ended before it was stopped"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert shell.file.read_text() == TEXT


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are POSIX's here")
def test_a_reader_that_leaves_is_no_error_to_tell(unset: Shell) -> None:
    command = " ".join(unset.command("config", "schema"))
    run = subprocess.run(
        ["sh", "-c", f"{command} | head -c 1"],
        env=unset.environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.stdout, run.stderr) == ("{", "")


def test_the_server_starts_without_what_only_commands_need(unset: Shell) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "homespun", "lsp"]
    run = subprocess.run(
        command, env=unset.environ, input="", capture_output=True, text=True, timeout=60
    )
    imported = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "homespun.lsp.server" in imported
    heavy = {"click", "rich", "httpx", "pydantic", "sqlite3", "rapidfuzz", "tree_sitter"}
    assert heavy & imported == set()
    # So a row of the table of model servers costs an editor nothing at its start.
    assert not any(name.startswith("homespun.providers") for name in imported)
