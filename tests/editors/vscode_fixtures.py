"""A VS Code with the packaged extension, a server from the built wheel, and a scripted model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors import project
from editors.vscode_server import Program, VSCode, build, find_program, vscode
from homespun.cli.scripted import MODEL, PROVIDER, scripted_endpoint
from model_servers.peers import this_machine


@pytest.fixture(scope="session")
def program() -> Program:
    return find_program(this_machine())


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are left; `HOMESPUN_ARTIFACTS` names a lasting place."""
    named = os.environ.get("HOMESPUN_ARTIFACTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def vsix(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(this_machine(), tmp_path_factory.mktemp("vsix"))


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The scripted model's address."""
    with scripted_endpoint(project.script(tmp_path_factory.mktemp("model"))) as address:
        yield address


@pytest.fixture(scope="session")
def settings(built_homespun: Path, model: str) -> dict[str, object]:
    """The user's settings in VS Code: our server, the scripted model."""
    return {
        "homespun.server.path": str(built_homespun),
        "homespun.model": MODEL,
        "homespun.providers": {
            PROVIDER: {"endpoint": model},
            "spare": {"type": "openai_compatible", "endpoint": model},
            "gone": {"type": "vllm", "endpoint": "http://127.0.0.1:9"},
            "well": {"type": "ollama", "endpoint": "http://127.0.0.1:9"},
            "pond": {"type": "ollama", "endpoint": "http://127.0.0.1:9", "allow_pull": True},
        },
    }


@pytest.fixture(scope="session")
def code(
    program: Program,
    vsix: Path,
    settings: dict[str, object],
    artifacts: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[VSCode]:
    home = tmp_path_factory.mktemp("vscode")
    with vscode(program, vsix, home / "home", artifacts, settings) as running:
        yield running


@pytest.fixture(scope="session")
def smoke(
    program: Program,
    vsix: Path,
    settings: dict[str, object],
    artifacts: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[VSCode]:
    """One that runs test suites inside its extension host; it shows no notifications."""
    home = tmp_path_factory.mktemp("vscode-smoke")
    options = ("--enable-smoke-test-driver",)
    with vscode(program, vsix, home / "home", artifacts, settings, options) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project.make(tmp_path / "project")
