"""A key in a real keyring: GNOME's, in a session and a home of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.shell import Shell

SECRET = "sk-very-plain"
UNLOCK = (
    "printf pass | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null"
    ' && "$@"'
)

pytestmark = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="GNOME's keyring is not installed",
)


def in_session(shell: Shell, *commands: str) -> str:
    """What a program prints that runs in a session with an unlocked keyring."""
    run = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", UNLOCK, "sh", *commands],
        env={**shell.environ, "HOME": str(shell.home), "XDG_RUNTIME_DIR": str(shell.home)},
        input=f"{SECRET}\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_key_is_kept_found_and_forgotten(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {})
    add = " ".join(shell.command("model", "add", "work", "--type", "vllm", "--model", "m", "--key"))
    remove = " ".join(shell.command("model", "remove", "work"))
    python = shell.command()[0]
    ask = f'{python} -c \'import keyring; print(keyring.get_password("homespun", "work"))\''
    told = in_session(shell, "sh", "-c", f"{add} >&2; {ask}; {remove} >&2; {ask}")
    assert told.splitlines() == [SECRET, "None"]
    assert SECRET not in shell.config.read_text()
