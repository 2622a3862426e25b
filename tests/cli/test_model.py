"""`homespun model` as people and scripts call it: real processes, a scripted server."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.shell import Shell
from homespun.cli.scripted import scripted_endpoint

HELLO = {"reply": "ready", "times": 99}
SECRET = "sk-very-plain"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A machine without a model, and without a keyring."""
    made = Shell(tmp_path, {})
    made.environ = {**made.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return made


@contextmanager
def server(folder: Path, **script: Any) -> Generator[str]:
    """A scripted server; its address without `/v1`."""
    file = folder / "server.json"
    file.write_text(json.dumps({"turns": [HELLO], **script}))
    with scripted_endpoint(file) as address:
        yield address.removesuffix("/v1")


def add(shell: Shell, name: str, address: str, *more: str) -> None:
    model = ("--type", "vllm", "--endpoint", address, "--model", "scripted")
    run = shell.run("model", "add", name, *model, *more)
    assert run.returncode == 0, run.stderr


def test_a_model_server_is_added_used_listed_and_removed(shell: Shell, tmp_path: Path) -> None:
    with server(tmp_path) as address:
        shell.config.parent.mkdir(parents=True, exist_ok=True)
        shell.config.write_text("# mine\nreview = 'always'  # I look\n")
        add(shell, "work", address, "--key-env", "WORK_KEY")
        shell.environ = {**shell.environ, "WORK_KEY": SECRET}
        used = shell.run("model", "use", "work")
        assert used.returncode == 0, used.stderr
        (listed,) = [
            one for one in shell.json("model", "list")["providers"] if one["provider"] == "work"
        ]
        assert (listed["serves"], listed["status"]) == ("scripted", "ready")
        text = shell.config.read_text()
        assert text.startswith("# mine\nreview = 'always'  # I look\n") and 'model = "work"' in text
        assert SECRET not in text
        doctor = shell.run("doctor")
        assert "work/scripted" in doctor.stdout
        gone = shell.json("model", "remove", "work")
        assert gone == {"removed": "work", "served": True}
    assert "work" not in shell.config.read_text()


def test_a_model_that_does_not_answer_is_not_switched_to(shell: Shell, tmp_path: Path) -> None:
    with server(tmp_path) as address:
        add(shell, "good", address, "--use")
    add(shell, "bad", "http://127.0.0.1:9")
    run = shell.run("model", "use", "bad")
    assert run.returncode == 4
    assert "cannot be reached" in run.stderr and "stays as it was" in run.stderr
    assert 'model = "good/scripted"' in shell.config.read_text()
    told = shell.json("model", "use", "bad")
    assert (told["status"], told["model"]) == ("kept", "bad/scripted")


def test_the_environment_has_more_weight_and_it_is_said(shell: Shell, tmp_path: Path) -> None:
    with server(tmp_path) as address:
        add(shell, "work", address)
        shell.environ = {**shell.environ, "HOMESPUN_MODEL": "ollama/other"}
        run = shell.run("model", "use", "work")
    assert run.returncode == 0 and "HOMESPUN_MODEL" in run.stderr


def test_a_model_is_tested(shell: Shell, tmp_path: Path) -> None:
    with server(tmp_path, window=4096) as address:
        add(shell, "work", address, "--use")
        run = shell.run("model", "test")
        told = shell.json("model", "test", "work")
    assert run.returncode == 0, run.stderr
    assert "4096 tokens" in run.stdout
    assert told["usable"] is True
    checks = {check["name"]: check for check in told["checks"]}
    assert checks["window"]["details"] == {"tokens": 4096}
    assert set(checks) >= {"streaming", "json_schema", "cancel", "tools", "vision"}


def test_a_model_that_cannot_be_used_fails_its_test(shell: Shell) -> None:
    add(shell, "bad", "http://127.0.0.1:9")
    run = shell.run("model", "test", "bad")
    assert run.returncode == 4
    assert shell.json("model", "test", "bad")["usable"] is False


def test_a_model_that_does_not_answer_is_kept_and_does_not_serve(shell: Shell) -> None:
    given = ("--type", "vllm", "--endpoint", "http://127.0.0.1:9", "--model", "m", "--use")
    run = shell.run("model", "add", "bad", *given)
    assert run.returncode == 4 and "stays as it was" in run.stderr
    assert "[providers.bad]" in shell.config.read_text()
    assert "model =" not in shell.config.read_text().splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "a/b", "--type", "vllm"), "cannot be the name"),
        (("add", "a", "--type", "nonsense"), "no kind of server"),
        (("add", "a", "--type", "vllm", "--endpoint", "ftp://h"), "not a URL"),
        (("add", "a", "--type", "vllm", "--use"), "--model"),
        (("add", "a", "--type", "vllm", "--key-env", "A", "--key-command", "b"), "one place"),
        (("remove", "gone"), "'gone'"),
        (("use", "gone"), "gone"),
        (("import", "no-such-file.yaml"), "cannot be read"),
        (("pull", "qwen2.5-coder:7b"), "allow_pull"),
        (("delete", "ollama/a"), "allow_pull"),
        (("add", "a"), "--type"),
    ],
)
def test_what_cannot_be_done_says_why(shell: Shell, arguments: list[str], words: str) -> None:
    run = shell.run("model", *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert not shell.config.exists()


def test_without_a_keyring_nothing_is_added_and_no_key_is_written(shell: Shell) -> None:
    run = shell.run("model", "add", "work", "--type", "vllm", "--key", stdin=SECRET + "\n")
    assert run.returncode == 2
    assert "no keyring" in run.stderr and "env:NAME" in run.stderr
    assert SECRET not in run.stdout + run.stderr
    assert not shell.config.exists()


YAML = f"""\
providers:
  work: {{type: vllm, endpoint: "http://10.0.0.2:8000", api_key: {SECRET}, models: [qwen]}}
  desk: {{type: lmstudio, api_key: "${{DESK}}"}}
"""


def test_an_import_takes_all_and_writes_no_key(shell: Shell) -> None:
    (shell.project / "helix.yaml").write_text(YAML)
    refused = shell.run("model", "import", "helix.yaml")
    assert refused.returncode == 2 and "no keyring" in refused.stderr
    assert not shell.config.exists()
    run = shell.run("model", "import", "helix.yaml", "--keys", "env")
    assert run.returncode == 0, run.stderr
    assert "WORK_API_KEY" in run.stderr
    text = shell.config.read_text()
    assert SECRET not in text + run.stdout + run.stderr
    assert 'api_key = "env:WORK_API_KEY"' in text and 'api_key = "env:DESK"' in text
    again = shell.run("model", "import", "helix.yaml", "--keys", "env")
    assert again.returncode == 2 and "already" in again.stderr
    assert shell.config.read_text() == text


def test_a_broken_import_takes_nothing(shell: Shell) -> None:
    (shell.project / "helix.yaml").write_text(YAML + "  more: {typ: vllm}\n")
    run = shell.run("model", "import", "helix.yaml", "--keys", "env")
    assert run.returncode == 2
    assert "line 4" in run.stderr and "'typ'" in run.stderr
    assert not shell.config.exists()


def test_an_env_file_is_imported_with_its_model(shell: Shell) -> None:
    (shell.project / "my.env").write_text("HOMESPUN_MODEL=vllm/q\nVLLM_BASE_URL=http://h:1\n")
    told = shell.json("model", "import", "my.env")
    assert (told["added"], told["model"]) == (["vllm"], "vllm/q")
    assert 'model = "vllm/q"' in shell.config.read_text()


def test_ollamas_models_are_pulled_and_deleted_where_allowed(shell: Shell, tmp_path: Path) -> None:
    pulled = '{"status":"pulling abc","total":100,"completed":100}\n{"status":"success"}\n'
    routes = {"POST /api/pull": {"body": pulled}, "DELETE /api/delete": {"body": ""}}
    with server(tmp_path, routes=routes) as address:
        shell.environ = {**shell.environ, "OLLAMA_BASE_URL": address}
        assert shell.run("model", "pull", "qwen:7b").returncode == 2
        shell.config.parent.mkdir(parents=True, exist_ok=True)
        shell.config.write_text("[providers.ollama]\nallow_pull = true\n")
        run = shell.run("model", "pull", "qwen:7b")
        assert run.returncode == 0, run.stderr
        assert shell.json("model", "delete", "ollama/qwen:7b") == {"deleted": "ollama/qwen:7b"}
        shell.config.unlink()
        shell.environ = {**shell.environ, "LOCAL_LLM_ENABLE_PULL": "true"}
        assert shell.json("model", "pull", "qwen:7b") == {"pulled": "qwen:7b"}
