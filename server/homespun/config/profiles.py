"""Named profiles of model servers, kept in the user's settings file: added, chosen, taken away.

A profile is a table `[providers.NAME]`; what serves is the setting `model`. A server that runs
reads the file anew when it has changed, so a switch needs no restart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from homespun.config.editing import edit
from homespun.errors import BadSetting

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Profile:
    """One endpoint by name; what is empty or None is not written and takes its default.

    `api_key` is a reference (`env:NAME`, `keyring:NAME`, `command:[...]`), never a key itself.
    `parameters` are those of `[providers.NAME.parameters]`.
    """

    name: str
    type: str = ""
    endpoint: str = ""
    api_key: str = field(default="", repr=False)
    models: tuple[str, ...] = ()
    enabled: bool = True
    supports_tools: bool | None = None
    parameters: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)

    def table(self) -> dict[str, object]:
        """What is written: the values that say something, in the order of the schema."""
        values: dict[str, object] = {
            "type": self.type,
            "endpoint": self.endpoint,
            "api_key": self.api_key,
            "enabled": None if self.enabled else False,
            "models": list(self.models),
            "supports_tools": self.supports_tools,
            "parameters": dict(self.parameters),
        }
        return {key: value for key, value in values.items() if value not in (None, "", [], {})}


class Profiles:
    """The profiles in one settings file. Each change is one whole write; see `editing.edit`."""

    def __init__(self, file: Path) -> None:
        """`file` is made when there is something to keep."""
        self.file = file

    def add(self, profiles: Sequence[Profile], model: str = "") -> None:
        """Add all of `profiles`, or none; `model` becomes the one that serves, where given.

        Raises `BadSetting` for a name that is taken already or cannot be one.
        """
        for profile in profiles:
            _check_name(profile.name)

        def change(document: TOMLDocument) -> str:
            tables = _tables(document)
            for profile in profiles:
                if profile.name in tables:
                    raise BadSetting(
                        f"There is a profile called {profile.name!r} already.",
                        f"Take another name, or `homespun model remove {profile.name}` first.",
                    )
                tables[profile.name] = profile.table()
            return _with_model(document, model) if model else document.as_string()

        edit(self.file, change)

    def remove(self, name: str) -> bool:
        """Take a profile away; whether it was the one that serves, which is none then.

        Raises `BadSetting` where there is none of that name.
        """
        served = False

        def change(document: TOMLDocument) -> str:
            nonlocal served
            tables = _tables(document)
            if name not in tables:
                known = ", ".join(tables) or "none"
                raise BadSetting(
                    f"There is no profile called {name!r}.", f"In {self.file}: {known}."
                )
            del tables[name]
            served = str(document.unwrap().get("model", "")).partition("/")[0] == name
            if served:
                document.remove("model")
            return document.as_string()

        edit(self.file, change)
        return served

    def use(self, model: str) -> None:
        """Keep `model` (`provider/model`, or a profile's name) as the one that serves."""
        edit(self.file, lambda document: _with_model(document, model))


def is_name(name: str) -> bool:
    """Whether a profile can be called so: a slash would begin the model's name."""
    return bool(_NAME.fullmatch(name))


def _check_name(name: str) -> None:
    if not is_name(name):
        raise BadSetting(
            f"{name!r} cannot be the name of a profile.",
            "Take up to 60 letters, digits, and . - _, without a slash.",
        )


def _with_model(document: TOMLDocument, model: str) -> str:
    """The text with `model` set; above all tables, for behind a table's head it would be its."""
    import tomlkit

    if any(not isinstance(value, Mapping) for value in document.unwrap().values()):
        document["model"] = model
        return document.as_string()
    rest = document.as_string()
    return tomlkit.item({"model": model}).as_string() + ("\n" if rest else "") + rest


def _tables(document: TOMLDocument) -> Any:
    """The table of providers, made where there is none."""
    import tomlkit

    if "providers" not in document:
        document["providers"] = tomlkit.table(is_super_table=True)
    tables = document["providers"]
    if not isinstance(tables, Mapping):
        raise BadSetting("`providers` is no table in your settings.", "Mend it first.")
    return cast("Any", tables)
