"""Writes the clients' side of the wire contract from the server's: `python clients/generate.py`.

`PROTOCOLS` says what is written. A test fails where a file is not what this writes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from homespun.lsp.methods import BESIDE, METHODS
from homespun.lsp.plan_methods import FROM_SERVER

HERE = Path(__file__).parent
_WIDTH = 100
_ORIGIN = "Generated from `server/homespun/lsp/methods.py` by `clients/generate.py`."
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an object; `optional` keys may be left out."""

    name: str
    schema: Schema
    optional: bool

    @property
    def doc(self) -> str:
        """What it means, "" where its name says it."""
        return self.schema.get("description", "")


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object of the contract."""

    name: str
    doc: str
    keys: tuple[Key, ...]


def objects() -> Iterator[Object]:
    """Every object once: what a client writes with optional keys, what it reads with all of them.

    An object that goes both ways is one that a client writes.
    """
    ours = [method.params for method in METHODS.values()]
    ours += [one.result for one in FROM_SERVER.values() if one.result is not None]
    theirs = [method.result for method in METHODS.values()]
    theirs += [one.params for one in FROM_SERVER.values()]
    found: dict[str, Schema] = {}
    for model in (*theirs, *BESIDE):
        found |= _definitions(model, "serialization")
    read = set(found)
    for model in ours:
        definitions = _definitions(model, "validation")
        found |= definitions
        read -= set(definitions)
    for name in sorted(found):
        yield _object(name, found[name], complete=name in read)


def _definitions(
    model: type[BaseModel], mode: Literal["validation", "serialization"]
) -> dict[str, Schema]:
    schema = model.model_json_schema(mode=mode)
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _object(name: str, schema: Schema, *, complete: bool) -> Object:
    """`complete`: every key is always there, for the server leaves none out."""
    required = schema["properties"] if complete else schema.get("required", ())
    keys = [Key(key, one, key not in required) for key, one in schema["properties"].items()]
    return Object(name, " ".join(schema.get("description", "").split()), tuple(keys))


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language writes types."""

    words: Mapping[str, str]
    quote: str
    prefix: str
    many: Callable[[str], str]

    def type(self, schema: Schema) -> str:
        """The type that `schema` describes."""
        if "$ref" in schema:
            return self.prefix + schema["$ref"].rpartition("/")[2]
        if "anyOf" in schema:
            return " | ".join(map(self.type, schema["anyOf"]))
        if "const" in schema or "enum" in schema:
            values = schema.get("enum", [schema.get("const")])
            return " | ".join(f"{self.quote}{value}{self.quote}" for value in values)
        if schema.get("type") == "array":
            return self.many(self.type(schema["items"]))
        return self.words[schema.get("type", "any")]


_NUMBERS = {"integer": "number", "number": "number"}
_TYPESCRIPT = Grammar(
    {**_NUMBERS, "string": "string", "boolean": "boolean", "null": "null"}
    | {"object": "Record<string, unknown>", "any": "unknown"},
    '"',
    "",
    lambda inner: f"({inner})[]" if "|" in inner else f"{inner}[]",
)
_LUA = Grammar(
    {"integer": "integer", "number": "number", "string": "string", "boolean": "boolean"}
    | {"null": "nil", "object": "table<string, any>", "any": "any"},
    "'",
    "homespun.",
    lambda inner: f"({inner})[]" if "|" in inner else f"{inner}[]",
)


def typescript() -> str:
    """The contract as TypeScript's types, and its names as constants."""
    interfaces = "".join(f"\n{_interface(one)}" for one in objects())
    asked = [
        f'  "{one.name}": {{ params: {one.params.__name__}; result: {one.result.__name__} }};'
        for one in METHODS.values()
    ]
    told = [
        f'  "{one.name}": {one.params.__name__};'
        for one in FROM_SERVER.values()
        if one.result is None
    ]
    answered = [
        f'  "{one.name}": {{ params: {one.params.__name__}; result: {one.result.__name__} }};'
        for one in FROM_SERVER.values()
        if one.result is not None
    ]
    names = [f'  {_short(name)}: "{name}",' for name in (*METHODS, *FROM_SERVER)]
    return "\n".join(
        [
            f"// {_ORIGIN}",
            interfaces,
            "/** What the server is asked: by request, or with dots by command. */",
            "export interface Requests {",
            *asked,
            "}\n",
            "/** What the server tells by itself. */",
            "export interface Notifications {",
            *told,
            "}\n",
            "/** What the server asks the client. */",
            "export interface ServerRequests {",
            *answered,
            "}\n",
            "/** The names of all of them. */",
            "export const methods = {",
            *names,
            "} as const;\n",
        ]
    )


def _interface(one: Object) -> str:
    keys = "".join(
        f"{_comment(key.doc, '  ')}  {key.name}{'?' if key.optional else ''}: "
        f"{_TYPESCRIPT.type(key.schema)};\n"
        for key in one.keys
    )
    if not keys:
        return f"{_comment(one.doc, '')}export type {one.name} = Record<string, never>;\n"
    return f"{_comment(one.doc, '')}export interface {one.name} {{\n{keys}}}\n"


def _comment(text: str, indent: str) -> str:
    if not text:
        return ""
    text = text.replace("*/", "*\\/")  # which would end the comment
    if len(text) + len(indent) + 7 <= _WIDTH:
        return f"{indent}/** {text} */\n"
    lines = textwrap.wrap(text, _WIDTH - len(indent) - 3)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


def lua() -> str:
    """The contract as annotations for lua-language-server, and its names as a table."""
    classes = "".join(f"\n{_class(one)}" for one in objects())
    return (
        f"-- {_ORIGIN}\n{classes}\nlocal M = {{}}\n\n"
        f"{_names('What the server is asked.', 'requests', METHODS)}\n"
        f"{_names('What the server tells or asks by itself.', 'from_server', FROM_SERVER)}\n"
        "return M\n"
    )


def _class(one: Object) -> str:
    doc = "".join(f"---{line}\n" for line in textwrap.wrap(one.doc, _WIDTH - 3))
    fields = "".join(map(_field, one.keys))
    return f"{doc}---@class homespun.{one.name}\n{fields}"


def _field(key: Key) -> str:
    """A line for one key; Neovim reads a null as nothing at all."""
    kinds = _LUA.type(key.schema).split(" | ")
    mark = "?" if key.optional or "nil" in kinds else ""
    kind = "|".join(kind for kind in kinds if kind != "nil")
    return f"---@field {key.name}{mark} {kind} {key.doc}".rstrip() + "\n"


def _names(doc: str, table: str, names: Sequence[str] | Mapping[str, Any]) -> str:
    rows = "".join(f"  {_short(name)} = '{name}',\n" for name in names)
    return f"---{doc}\nM.{table} = {{\n{rows}}}\n"


def _short(name: str) -> str:
    short = name.removeprefix("homespun/")
    assert re.fullmatch(r"\w+", short), name  # noqa: S101 - it becomes an identifier
    return short


PROTOCOLS: Mapping[str, Callable[[], str]] = {
    "vscode/src/protocol.ts": typescript,
    "neovim/lua/homespun/protocol.lua": lua,
}

if __name__ == "__main__":
    for name, write in PROTOCOLS.items():
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_text(write(), encoding="utf-8")
