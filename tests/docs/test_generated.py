"""The reference pages and the clients' types say what the code says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def generator(folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"generate_{folder.replace('/', '_')}", ROOT / folder / "generate.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def written() -> dict[str, str]:
    """Every generated file by its path, as it should be."""
    pages = generator("docs").pages()
    protocols = generator("clients").PROTOCOLS
    clients = {f"clients/{name}": write() for name, write in protocols.items()}
    manifest = {"clients/vscode/package.json": generator("clients/vscode").manifest()}
    return {f"docs/{name}": text for name, text in pages.items()} | clients | manifest


@pytest.mark.parametrize(
    "name",
    [
        "docs/settings.md",
        "docs/protocol.md",
        "clients/vscode/src/protocol.ts",
        "clients/vscode/package.json",
        "clients/neovim/lua/homespun/protocol.lua",
    ],
)
def test_file_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == written()[name], "run: make generate"
