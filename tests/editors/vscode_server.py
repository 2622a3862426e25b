"""VS Code's server for tests: with the packaged extension, and Homespun from the built wheel."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from model_servers.peers import REPOSITORY, Peers

CLIENT = REPOSITORY / "clients" / "vscode"
_NO_GALLERY = json.dumps({"serviceUrl": "", "itemUrl": "", "resourceUrlTemplate": ""})
_PATIENCE = 270
"""Seconds for a scenario; on a machine that does nothing else it takes ten, the suite in the
extension host a minute."""
_SETTINGS = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "update.mode": "none",
    "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.enableExperiments": False,
    "window.menuBarVisibility": "classic",
}


@dataclass(frozen=True, slots=True)
class Program:
    """What a VS Code is started from."""

    node: Path
    server: Path
    playwright: Path
    chromium: Path


@dataclass(frozen=True, slots=True)
class VSCode:
    """One running server; `home` is where it and what it starts keep everything."""

    program: Program
    address: str
    home: Path
    artifacts: Path

    def play(self, script: Path, folder: Path, **more: str) -> str:
        """Run a scenario in Chromium; what it printed. Fails with its words where it failed.

        The settings are as they were before once it has ended, however it ended."""
        settings = self.home / "user" / "Machine" / "settings.json"
        before = settings.read_text()
        environment = {
            **os.environ,
            "PLAYWRIGHT": str(self.program.playwright),
            "CHROMIUM": str(self.program.chromium),
            "ADDRESS": self.address,
            "FOLDER": str(folder),
            "ARTIFACTS": str(self.artifacts),
            "SETTINGS": str(settings),
            **more,
        }
        try:
            done = subprocess.run(
                [self.program.node, script],
                env=environment,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
        finally:
            settings.write_text(before)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


def build(peers: Peers, folder: Path) -> Path:
    """The extension as it is shipped, a `.vsix` in `folder`."""
    vsix = folder / "homespun.vsix"
    done = subprocess.run(
        [sys.executable, CLIENT / "run.py", "package", vsix],
        env={**os.environ, "HOMESPUN_PEERS": str(peers.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return vsix


@contextmanager
def vscode(
    program: Program,
    vsix: Path,
    home: Path,
    artifacts: Path,
    settings: Mapping[str, object],
    options: Sequence[str] = (),
) -> Generator[VSCode]:
    """A VS Code with the extension installed, on a free port of loopback."""
    # What names a program or an address is taken from the machine's settings alone.
    for name in ("User", "Machine"):
        (home / "user" / name).mkdir(parents=True)
        text = json.dumps({**_SETTINGS, **settings})
        (home / "user" / name / "settings.json").write_text(text)
    port = _free_port()
    folders = [
        *("--user-data-dir", home / "user"),
        *("--server-data-dir", home / "server"),
        *("--extensions-dir", home / "extensions"),
    ]
    start = [program.node, program.server / "out" / "server-main.js", *folders]
    environment = _environment(home)
    installed = subprocess.run(
        [*start, "--install-extension", vsix, "--accept-server-license-terms"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr
    address = f"http://127.0.0.1:{port}"
    running = [
        *start,
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--without-connection-token", "--accept-server-license-terms", "--disable-telemetry"),
        *("--disable-workspace-trust", "--disable-experiments", *options),
    ]
    with (home / "vscode.log").open("wb") as log:
        process = subprocess.Popen(running, env=environment, stdout=log, stderr=log)
        try:
            _await(address)
            yield VSCode(program, address, home, artifacts)
        finally:
            process.terminate()
            process.wait(20)


def find_program(peers: Peers) -> Program:
    """The peers, or a skip (under `CI=true` a failure) that says how to get them."""
    return Program(peers.node(), peers.vscode_server(), peers.playwright(), peers.chromium())


def _environment(home: Path) -> Mapping[str, str]:
    """Nothing of the machine's own settings, and no `homespun` on PATH."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    cache = os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip")
    folders = {
        f"XDG_{name}_HOME": str(home / name.lower())
        for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    path = os.pathsep.join(
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not shutil.which("homespun", path=folder)
    )
    return {
        **kept,
        **folders,
        "HOME": str(home),
        "PIP_CACHE_DIR": cache,
        "PATH": path,
        "HOMESPUN_CLIENT": str(CLIENT),
        "EXTENSIONS_GALLERY": _NO_GALLERY,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _await(address: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/version", timeout=2):
                return
        except OSError:
            assert time.monotonic() < end, f"VS Code does not answer at {address}"
            time.sleep(0.1)
