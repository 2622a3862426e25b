"""Settings for people's eyes: every value with its layer, without keys; and the JSON schema."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import JsonValue, SecretStr

from homespun.config.checked import KeyPath, dotted, leaves
from homespun.config.layers import Loaded
from homespun.config.schema import Settings

_HIDDEN = "(hidden)"
_REFERENCE = re.compile(r"(?:env|keyring):[\w.-]+")
_USER_INFO = re.compile(r"//[^/]*@")
_QUERY = re.compile(r"(?<=[?#]).+")


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting: its dotted key, its value (keys hidden), the layer that it came from."""

    key: str
    value: object
    layer: str


def shown(loaded: Loaded) -> tuple[Shown, ...]:
    """All settings in the order of the schema."""
    return tuple(
        Shown(dotted(path), _visible(path, value), loaded.origins.get(dotted(path), "default"))
        for path, value in leaves(loaded.settings.model_dump())
    )


def json_schema() -> dict[str, JsonValue]:
    """The schema of a settings file, for editors that complete and check TOML."""
    return Settings.model_json_schema()


def _visible(path: KeyPath, value: object) -> object:
    if isinstance(value, SecretStr):
        return _visible_key(value.get_secret_value())
    if path[-2:-1] == ("headers",):
        return _HIDDEN
    if path[-1].endswith("endpoint"):
        return _QUERY.sub(_HIDDEN, _USER_INFO.sub(f"//{_HIDDEN}@", str(value)))
    return value


def _visible_key(key: str) -> str:
    """The name of where a key is kept may be seen; the key may not."""
    return key if not key or _REFERENCE.fullmatch(key) else _HIDDEN
