"""`homespun health`, as people and scripts call it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.shell import Shell, scripted_shell
from homespun.providers.kinds import KINDS
from model_servers.process import free_port


def configure(shell: Shell, settings: str) -> None:
    shell.config.parent.mkdir(parents=True, exist_ok=True)
    shell.config.write_text(settings)


def broken() -> str:
    """A provider that nobody plays."""
    return f'[providers.broken]\ntype = "vllm"\nendpoint = "http://127.0.0.1:{free_port()}"\n'


def by_name(told: Mapping[str, Any]) -> dict[str, Any]:
    return {row["provider"]: row for row in told["providers"]}


def test_what_serves_is_ready(tmp_path: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        configure(shell, broken())
        run = shell.run("health", "--json")
    told = by_name(json.loads(run.stdout))
    assert run.returncode == 0, "what does not serve may be away"
    assert told["scripted"]["status"] == "ready"
    assert told["scripted"]["serves"] == "scripted"
    assert (told["broken"]["status"], told["broken"]["serves"]) == ("unreachable", "")
    assert "Start the model server" in told["broken"]["hint"]


def test_what_serves_is_not_ready(tmp_path: Path) -> None:
    with scripted_shell(tmp_path, key="wanted") as shell:
        run = shell.run("health")
    assert run.returncode == 1
    cells = run.stdout.rstrip("\n").split("\t")
    assert cells[:2] == ["scripted", "wrong key"]
    assert "Set `api_key`" in cells[4]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("scripted", "ready", 0), ("broken", "unreachable", 1), ("nobody", "unusable", 1)],
)
def test_one_provider(tmp_path: Path, name: str, status: str, code: int) -> None:
    with scripted_shell(tmp_path) as shell:
        configure(shell, broken())
        run = shell.run("health", "--provider", name, "--json")
    (row,) = json.loads(run.stdout)["providers"]
    assert (row["provider"], row["status"], run.returncode) == (name, status, code)


def test_all_known_servers_have_a_row_and_a_next_step(tmp_path: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        told = by_name(shell.json("health", "--all"))
    presets = {row.id for row in KINDS.values() if row.addresses and not row.cloud}
    assert presets <= told.keys()
    assert told["scripted"]["named"] is True
    assert all(row["hint"] for row in told.values() if row["status"] != "ready")


def test_without_any_server_the_next_step_is_told(tmp_path: Path) -> None:
    run = Shell(tmp_path, {}).run("health")
    assert run.returncode == 3
    assert "homespun health --all" in run.stderr


def test_the_doctor_has_the_same_checks(tmp_path: Path) -> None:
    with scripted_shell(tmp_path) as shell:
        off = '[providers.off]\ntype = "vllm"\nenabled = false\n'
        configure(shell, broken() + off)
        checks = {check["name"]: check for check in shell.json("doctor")["checks"]}
    assert checks["provider scripted"]["status"] == "ok"
    assert checks["provider broken"]["status"] == "warning"
    assert checks["provider broken"]["details"]["status"] == "unreachable"
    assert "provider off" not in checks


def test_watching_tells_what_changes_until_ctrl_c(tmp_path: Path) -> None:
    with (
        scripted_shell(tmp_path) as shell,
        subprocess.Popen(
            shell.command("health", "--watch", "--every", "0.2"),
            cwd=shell.project,
            env=shell.environ,
            stdout=subprocess.PIPE,
            text=True,
        ) as watching,
    ):
        assert watching.stdout is not None
        assert watching.stdout.readline().startswith("scripted\tready\t")
        configure(shell, broken())
        assert "broken\tunreachable\t" in watching.stdout.readline() + watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
        assert watching.stdout.read() == ""


def test_watching_on_a_terminal_is_a_living_table(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with scripted_shell(tmp_path) as shell:
        with subprocess.Popen(
            shell.command("health", "--watch", "--every", "0.2"),
            cwd=shell.project,
            env=shell.environ | {"TERM": "xterm", "COLUMNS": "200"},
            stdout=theirs,
        ) as watching:
            os.close(theirs)
            shown = b""
            while shown.count(b"scripted (serves)") < 3:
                shown += os.read(ours, 10_000)
            watching.send_signal(signal.SIGINT)
            assert watching.wait(20) == 0
        os.close(ours)
    assert b"\x1b[" in shown and b"next step" in shown
