"""The pages of VS Code and Neovim name what is there: commands, keys, settings; and all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NEOVIM = ROOT / "clients" / "neovim"
VSCODE = (ROOT / "docs" / "vscode.md").read_text(encoding="utf-8")


def contributed() -> dict[str, Any]:
    return json.loads((ROOT / "clients" / "vscode" / "package.json").read_text())["contributes"]


def test_every_command_of_the_palette_is_in_the_table_of_vscode() -> None:
    sometimes = {one["command"] for one in contributed()["menus"]["commandPalette"]}
    titles = {
        one["title"].split(":")[0].removesuffix(" ...").lower()
        for one in contributed()["commands"]
        if one["command"] not in sometimes
    }
    use = VSCODE.split("## Use")[1].split("## Review")[0]
    rows = [line for line in use.splitlines() if line.startswith("| **")]
    named = {name.lower() for row in rows for name in re.findall(r"\*\*(.+?)\*\*", row)}
    assert named == titles - {"menu"}  # which the status bar opens


def test_every_key_is_on_the_page_of_vscode() -> None:
    keys = {one["key"] for one in contributed()["keybindings"]}
    assert {key.lower() for key in re.findall(r"`(Ctrl\+[\w+]+)`", VSCODE)} == keys


def test_settings_of_a_workspace_are_those_that_the_page_of_vscode_names() -> None:
    settings = [
        one for part in contributed()["configuration"] for one in part["properties"].items()
    ]
    free = {name for name, one in settings if one["scope"] == "window"}
    (sentence,) = re.findall(r"Only (.*?)\scan be set for a workspace", VSCODE, re.DOTALL)
    assert {f"homespun.{name}" for name in re.findall(r"`([\w.]+)`", sentence)} == free


def test_every_command_of_neovim_is_in_its_help_and_the_page_names_no_other() -> None:
    source = (NEOVIM / "lua" / "homespun" / "command.lua").read_text()
    commands = set(re.findall(r"^  (\w+) = lazy\(", source, re.MULTILINE))
    written = (NEOVIM / "doc" / "homespun.txt").read_text()
    assert commands == set(re.findall(r":(?:\[range\])?Homespun(?:\[!\])? (\w+)", written))
    page = (ROOT / "docs" / "neovim.md").read_text(encoding="utf-8")
    assert commands >= set(re.findall(r":Homespun!?\s(\w+)", page))
