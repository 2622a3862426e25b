"""The log after real commands: what is in it, and what never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.shell import TEXT, Shell, reply, scripted_shell

MARK = "XYZZY"
"""In everything that is the user's: file, instruction, prompt, reply, error, header."""
KEY = f"{MARK}-key-0123456789abcdef"
LOUD = '[logging]\nlevel = "debug"\nproviders = { scripted = "debug" }\n'
MARKED = TEXT + f"NAME = '{MARK}'\n"
UPDATE = {"action": "write", "file": "calc.py", "text": MARKED.replace("a - b", "a + b")}


def log_of(shell: Shell) -> Path:
    (check,) = [one for one in shell.json("doctor")["checks"] if one["name"] == "log"]
    return Path(check["found"])


def configure(shell: Shell, settings: str) -> None:
    shell.config.parent.mkdir(parents=True, exist_ok=True)
    shell.config.write_text(settings)
    shell.file.write_text(MARKED)
    shell.environ["SCRIPTED_API_KEY"] = KEY


def test_the_log_tells_what_happened_and_nothing_of_the_user(tmp_path: Path) -> None:
    turns = (
        {"match": MARK, "reply": reply(UPDATE, summary=MARK), "prompt_tokens": 700},
        {"match": MARK, "status": 400, "body": {"error": {"message": f"{MARK} is too much"}}},
    )
    headers = f'[providers.scripted.parameters]\nheaders = {{ X-Team = "{MARK}" }}\n'
    refuses = ["response_format.json_schema"]
    with scripted_shell(tmp_path, *turns, key=KEY, refuses=refuses) as shell:
        configure(shell, LOUD + headers)
        edited = shell.run("edit", "calc.py", f"make add add {MARK}")
        refused = shell.run("edit", "calc.py", f"again {MARK}")
        log = log_of(shell).read_text()
    assert (edited.returncode, refused.returncode) == (0, 4), edited.stderr + refused.stderr
    assert MARK not in log
    assert "edit by scripted: answered, 700 tokens read" in log
    assert "edit by scripted: request_refused" in log
    assert "POST /v1/chat/completions: status 200" in log
    assert "it is asked otherwise: {'format': 'json_object'}" in log


def test_the_log_is_quiet_unless_asked(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, {"reply": reply(UPDATE)}) as shell:
        configure(shell, '[logging]\nlevel = "warning"\n')
        assert shell.run("edit", "calc.py", "make add add").returncode == 0
        assert not log_of(shell).exists()


@pytest.mark.parametrize("what", ["level", "providers"])
def test_a_wrong_level_is_told_and_the_rest_works(tmp_path: Path, what: str) -> None:
    wrong = {"level": '"loud"', "providers": '{ scripted = "loud" }'}[what]
    with scripted_shell(tmp_path, {"reply": reply(UPDATE)}) as shell:
        configure(shell, f"[logging]\n{what} = {wrong}\n")
        checks = {one["name"]: one for one in shell.json("doctor")["checks"]}
    assert checks["settings"]["status"] == "warning"
    assert f"logging.{what}" in json.dumps(checks["settings"])


def test_clients_can_ask_where_the_log_is(tmp_path: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        places = json.loads(shell.run("config", "path", "--json").stdout)
        assert Path(places["log"]) == log_of(shell)
