"""The packages as they are built: the server from its wheel, a client from what git holds of it."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def built_homespun(built_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program `homespun`, installed from the wheel into an environment of its own.

    Its dependencies are those of this environment, of which it sees nothing else.
    """
    folder = tmp_path_factory.mktemp("server")
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", folder), check=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check")
    install = (*pip, "install", "--quiet", "--no-deps", "--no-index", str(built_wheel))
    subprocess.run(install, check=True, capture_output=True)
    (own,) = folder.glob("lib/python*/site-packages")
    # As a .pth file it brings packages only: this environment's own .pth files are not read.
    (own / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "bin" / "homespun"


def packaged(client: str, target: Path) -> Path:
    """A copy of a client's folder with what git holds of it, and new files that it would hold."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", client),
        cwd=REPOSITORY / "clients",
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (source := REPOSITORY / "clients" / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)
    return target / client


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Neovim plugin."""
    return packaged("neovim", tmp_path_factory.mktemp("plugin"))
