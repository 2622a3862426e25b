"""Writes the extension's settings from the server's: `python clients/vscode/generate.py`.

They stand in `package.json`. A test fails where that is not what this writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homespun.config.restricted import USERS_OWN
from homespun.config.schema import Settings

MANIFEST = Path(__file__).parent / "package.json"
A_FOLDER_MAY = frozenset({"edit_format", "context", "actions"})
"""Settings that a folder's `.vscode/settings.json` may set; all others are the user's alone.

What names a program, an address or a key must not come with a project, nor what lets more out or
asks less. (A `.homespun.toml` may do a little more, for there the server looks at the values.)
"""
_OWN = {
    "homespun.server.path": "The `homespun` program to start. Empty: the one on PATH, that of the "
    "workspace's Python environment, or the extension's own.",
    "homespun.server.python": "The Python (3.11 or newer) that the extension's own server is "
    "installed with. Empty: the newest on PATH.",
}
_OF_THE_USERS_FILE = ("refactor.check",)
"""What no editor's settings may say; see `homespun.config.restricted`."""
_KEPT = ("type", "enum", "minimum", "maximum", "minItems", "pattern", "maxLength")
Schema = Mapping[str, Any]


def manifest() -> str:
    """`package.json` as it should be."""
    found = json.loads(MANIFEST.read_text(encoding="utf-8"))
    properties = dict(_properties())
    restricted = [name for name, one in properties.items() if one["scope"] == "machine"]
    found["contributes"]["configuration"] = [{"title": "Homespun", "properties": properties}]
    found["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = restricted
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _properties() -> Iterator[tuple[str, Schema]]:
    for name, text in _OWN.items():
        yield name, {"type": "string", "default": "", "scope": "machine", "description": text}
    whole = Settings.model_json_schema()
    definitions = whole["$defs"]
    for name, schema in whole["properties"].items():
        for path, one in _leaves(name, schema, definitions):
            is_free = name in A_FOLDER_MAY and path not in USERS_OWN
            scope = "window" if is_free else "machine"
            if path not in _OF_THE_USERS_FILE:
                yield f"homespun.{path}", {**_plain(one, definitions), "scope": scope}


def _leaves(path: str, schema: Schema, definitions: Schema) -> Iterator[tuple[str, Schema]]:
    """The settings below a table with fixed keys, one by one; a table of tables is one setting."""
    inner = definitions[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else None
    if inner is None:
        yield path, schema
        return
    for key, one in inner["properties"].items():
        yield from _leaves(f"{path}.{key}", one, definitions)


def _plain(schema: Schema, definitions: Schema) -> dict[str, Any]:
    """A schema as VS Code takes it: no references, and what is not set left out."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rsplit("/", 1)[1]]
        return _plain({**target, **{k: v for k, v in schema.items() if k != "$ref"}}, definitions)
    if "anyOf" in schema:
        options = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return _plain(
            {**options[0], **{k: v for k, v in schema.items() if k != "anyOf"}}, definitions
        )
    plain = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("default") is not None:
        plain["default"] = schema["default"]
    if "description" in schema:
        plain["markdownDescription"] = schema["description"]
    if "items" in schema:
        plain["items"] = _plain(schema["items"], definitions)
    if "properties" in schema:
        inner = schema["properties"].items()
        plain["properties"] = {key: _plain(one, definitions) for key, one in inner}
        plain["required"] = schema.get("required", [])
    if "additionalProperties" in schema:
        more = schema["additionalProperties"]
        plain["additionalProperties"] = (
            more if isinstance(more, bool) else _plain(more, definitions)
        )
    return plain


if __name__ == "__main__":
    MANIFEST.write_text(manifest(), encoding="utf-8")
