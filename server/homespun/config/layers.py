"""Settings from all their layers, the later winning, and which layer each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import cast

from homespun.config.checked import Problem, Table, checked, dotted, leaves
from homespun.config.files import Unusable, read_table
from homespun.config.places import WORKSPACE_FILE
from homespun.config.restricted import restricted, without_commands
from homespun.config.schema import Settings

_NOTHING: Mapping[str, object] = MappingProxyType({})
USER_FILE = "user file"
_ADDING_UP = ("ignore", "rules")


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place. `file` is where people find them: a path, or the layer's name.

    `trusted` is false for what comes with a project.
    """

    name: str
    values: Mapping[str, object]
    file: str = ""
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings as they are now.

    `origins`: the layer's name by dotted key, for all that is not a default. `problems`: what was
    dropped. `files`: the files that were looked for, whether they exist or not.
    """

    settings: Settings
    origins: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: tuple[Path, ...] = ()


def load(
    *,
    user_file: Path,
    folders: Sequence[Path] = (),
    environ: Mapping[str, str] = MappingProxyType({}),
    editor: Mapping[str, object] = _NOTHING,
    flags: Mapping[str, object] = _NOTHING,
    session: Mapping[str, object] = _NOTHING,
) -> Loaded:
    """Read all layers and merge them. Never fails: what cannot be used is in `problems`.

    `folders`: the workspace folders, by absolute path. `editor`: the editor's `homespun` section,
    `flags` and `session` likewise as nested tables; None and an empty text there say nothing.
    Of the environment only `HOMESPUN_MODEL` is a setting; addresses and keys of providers are
    looked up in it where a model is chosen.
    """
    user, problems = _file_layer(USER_FILE, user_file)
    projects = [_file_layer("workspace file", f / WORKSPACE_FILE, within=f) for f in folders]
    layers = [
        user,
        *(layer for layer, _ in projects),
        Layer("environment", _said({"model": environ.get("HOMESPUN_MODEL")})),
        Layer("editor", _said(editor), "editor settings"),
        Layer("flag", _said(flags), "command line"),
        Layer("session", _said(session)),
    ]
    loaded = merge(layers)
    unread = (*problems, *(p for _, found in projects for p in found))
    files = (user_file, *(folder / WORKSPACE_FILE for folder in folders))
    return Loaded(loaded.settings, loaded.origins, unread + loaded.problems, files)


def merge(layers: Sequence[Layer]) -> Loaded:
    """Check each layer, restrict those that are not trusted, and lay the later over the earlier."""
    table: Table = {}
    origins: dict[str, str] = {}
    problems: list[Problem] = []
    for layer in layers:
        file = layer.file or layer.name
        values, wrong = checked(layer.values, file)
        problems += wrong
        if not layer.trusted:
            values, refused = restricted(values, _review(table), file)
            problems += refused
        if layer.name != USER_FILE:
            values, refused = without_commands(values, file)
            problems += refused
        _lay_over(table, values)
        origins.update((dotted(path), layer.name) for path, _ in leaves(values))
    return Loaded(Settings.model_validate(table), MappingProxyType(origins), tuple(problems))


def _file_layer(
    name: str, path: Path, within: Path | None = None
) -> tuple[Layer, tuple[Problem, ...]]:
    trusted = within is None
    try:
        values = read_table(path, within)
    except Unusable as unusable:
        empty = Layer(name, _NOTHING, str(path), trusted)
        return empty, (Problem(str(path), "", str(unusable)),)
    return Layer(name, values or _NOTHING, str(path), trusted), ()


def _said(values: Mapping[str, object]) -> Mapping[str, object]:
    """The values without empty texts: editors send them for settings that nobody set."""
    return {
        key: _said(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value != ""
    }


def _review(table: Table) -> str:
    return table.get("review", Settings().review)


def _lay_over(table: Table, upper: Table) -> None:
    """Put `upper` over `table`, in place: tables merge, two lists add up, the rest is replaced."""
    for key, value in upper.items():
        below = table.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            _lay_over(cast("Table", below), cast("Table", value))
        elif key in _ADDING_UP and isinstance(below, list):
            table[key] = list(dict.fromkeys(cast("list[str]", [*below, *value])))
        else:
            table[key] = value
