"""Install the real peers that the tests talk to: `make peers`.

Each part is a folder below the peers folder with a stamp that says what it was made from; a part
whose stamp still fits is left alone, so a second run costs nothing. Run as
`python -m model_servers.install FOLDER [PART ...]`.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from editors import vscode_peer
from model_servers import llama_build
from model_servers.commands import npm, run

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements"
COPILOT = REQUIREMENTS / "copilot.npm"
STYLUA_PACKAGE = REQUIREMENTS / "stylua.npm"
SOURCES = REQUIREMENTS / "sources.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One folder below the peers folder: how it is made, and the files that decide what it is."""

    name: str
    make: Callable[[Path], None]
    made_from: tuple[Path, ...]

    def stamp(self, folder: Path) -> str:
        """What this part is made from: another stamp means that it must be made again.

        The folder and Python belong to it, for virtual environments hold both as absolute paths.
        """
        digest = hashlib.sha256(f"{folder} {sys.version}".encode())
        for path in self.made_from:
            digest.update(path.read_bytes())
        return digest.hexdigest()


def install_tools(folder: Path) -> None:
    """What building needs beside a compiler and git: npm, ninja, and a writer of GGUF files."""
    _environment(folder, "tools")


def install_llama_server(folder: Path) -> None:
    """llama.cpp's server, compiled against its prebuilt libraries."""
    llama_build.build(folder, folder.parent / "tools")


def install_models(folder: Path) -> None:
    """A model of 6 MB with random weights, for llama-server."""
    python = folder.parent / "tools" / "bin" / "python"
    run(python, HERE / "tiny_gguf.py", folder / "tiny.gguf")


def install_litellm(folder: Path) -> None:
    """LiteLLM's proxy."""
    _environment(folder, "litellm")


def install_mlx(folder: Path) -> None:
    """mlx_lm.server for the processor, and a model of 1 MB with random weights."""
    _environment(folder, "mlx")
    run(folder / "bin" / "python", HERE / "tiny_hf.py", folder / "tiny-hf")


def install_neovim(folder: Path) -> None:
    """Neovim as an editor for tests."""
    _environment(folder, "neovim")


def install_stylua(folder: Path) -> None:
    """The formatter of Lua."""
    _packages(folder, STYLUA_PACKAGE)


def install_codebases(folder: Path) -> None:
    """Real packages with their own tests, for refactors to work on."""
    _environment(folder, "codebases")


def install_bench(folder: Path) -> None:
    """What the benchmarks compare with: the openai SDK, ruff and Copilot's language server."""
    _environment(folder, "bench")
    _packages(folder, COPILOT)


def _packages(folder: Path, named: Path) -> None:
    """The npm package that a file names."""
    install = ("install", "--silent", "--prefix", folder, named.read_text().strip())
    run(*npm(folder.parent / "tools"), *install)


def install_sources(folder: Path) -> None:
    """The sources of well-known packages, unpacked and not installed, without translations."""
    wheels = folder / "wheels"
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download")
    apart = ("--no-deps", "--only-binary", ":all:", "--python-version", "3.13", "--dest", wheels)
    run(*command, *apart, "--requirement", SOURCES)
    for wheel in sorted(wheels.glob("*.whl")):
        with ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if "/translations/" not in name]
            archive.extractall(folder / "tree" / wheel.name.partition("-")[0], names)
    shutil.rmtree(wheels)


def install_aider(folder: Path) -> None:
    """Aider, whose repository map is measured beside our index."""
    _environment(folder, "aider")


def install_packages(folder: Path) -> None:
    """The sources of well-known packages, which the benchmark of what is found looks through."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--no-deps", "--target", folder / "lib", "-r", _locked("packages"))


def _locked(name: str) -> Path:
    return REQUIREMENTS / f"{name}.lock"


TOOLS = Part("tools", install_tools, (_locked("tools"),))
LLAMA_SERVER = Part("llama-server", install_llama_server, (HERE / "llama_build.py",))
MODELS = Part("models", install_models, (HERE / "tiny_gguf.py",))
LITELLM = Part("litellm", install_litellm, (_locked("litellm"),))
MLX = Part("mlx", install_mlx, (_locked("mlx"), HERE / "tiny_hf.py"))
NEOVIM = Part("neovim", install_neovim, (_locked("neovim"),))
VSCODE = Part("vscode", vscode_peer.install, (vscode_peer.PINNED, Path(vscode_peer.__file__)))
STYLUA = Part("stylua", install_stylua, (STYLUA_PACKAGE,))
CODEBASES = Part("codebases", install_codebases, (_locked("codebases"),))
BENCH = Part("bench", install_bench, (_locked("bench"), COPILOT))
TREE = Part("sources", install_sources, (SOURCES,))
AIDER = Part("aider", install_aider, (_locked("aider"),))
PACKAGES = Part("packages", install_packages, (_locked("packages"),))

# MLX has no wheels for every other system.
FOR_TESTS = (
    TOOLS,
    LLAMA_SERVER,
    MODELS,
    LITELLM,
    *([MLX] if sys.platform == "linux" else []),
    NEOVIM,
    VSCODE,
    STYLUA,
    CODEBASES,
)
PARTS = {part.name: part for part in (*FOR_TESTS, MLX, BENCH, TREE, AIDER, PACKAGES)}


def main(arguments: Sequence[str]) -> None:
    """Install the named parts into a folder, those that the tests need where none is named."""
    if not arguments or not set(arguments[1:]) <= set(PARTS):
        sys.exit(f"usage: python -m model_servers.install FOLDER [{' '.join(PARTS)}]")
    root, names = Path(arguments[0]).resolve(), arguments[1:]
    root.mkdir(parents=True, exist_ok=True)
    wanted = [TOOLS, *(PARTS[name] for name in names)] if names else FOR_TESTS
    with _alone(root):
        for part in dict.fromkeys(wanted):
            install(part, root / part.name)


def install(part: Part, folder: Path) -> None:
    """Make a part unless its stamp still fits. Ends the process with a message where it cannot."""
    stamp_file, stamp = folder / ".stamp", part.stamp(folder)
    if stamp_file.is_file() and stamp_file.read_text() == stamp:
        return
    print(f"Installing {part.name} into {folder} ...", flush=True)
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        part.make(folder)
    except (OSError, llama_build.CannotBuild) as error:
        sys.exit(f"{part.name} could not be installed: {error}")
    except subprocess.CalledProcessError as error:
        output = error.stderr or error.stdout or ""
        sys.exit(f"{part.name} could not be installed: {error}\n{output[-4000:]}")
    stamp_file.write_text(stamp)
    print(f"Installed {part.name} in {time.monotonic() - started:.0f} s.", flush=True)


def _environment(folder: Path, requirements: str) -> None:
    run(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--requirement", _locked(requirements))


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two runs over one folder go one after the other."""
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main(sys.argv[1:])
