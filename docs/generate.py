"""Writes the reference pages from the code that they describe: `python docs/generate.py`.

A test fails where a page is not what this writes.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from homespun.config.restricted import ALLOWED, USERS_OWN
from homespun.config.schema import Settings
from homespun.lsp.methods import BESIDE, METHODS, Method
from homespun.lsp.plan_methods import FROM_SERVER, FromServer

_SETTINGS = """\
# Settings

Generated from `server/homespun/config/schema.py` by `docs/generate.py`.

Later layers win: defaults, your file (`homespun config path` prints where it is), the workspace's
`.homespun.toml`, the environment, the editor's settings, command-line flags. `homespun config show`
tells the layer of each value. A value that cannot be used is reported with file, key and reason;
the rest works.

A **workspace's file** may set only these, and `review` only to be stricter: {allowed}; not {own}.
It cannot name a model, an address, a key, a header or a command.

```toml
model = "ollama/qwen2.5-coder:7b"

[providers.workstation]
type = "vllm"
endpoint = "http://192.168.1.20:8000"
api_key = "env:WORKSTATION_KEY"

[actions.errors]
title = "Handle errors"
prompt = "Handle the errors that this code ignores, in the style of the file."
```
"""

_PROTOCOL = """\
# Protocol

Generated from `server/homespun/lsp/methods.py` by `docs/generate.py`.

Homespun is a language server on stdin and stdout; all that an editor needs is in
[LSP 3.17](https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/).
These requests come on top. Each is also a command (`homespun/edit` is `homespun.edit`) for
`workspace/executeCommand`, with the same JSON object as its only argument. A command starts a job
and answers `{"job": id}` (Started) at once; with `"wait": true` it answers when the job is done, as
the request does.

A request that fails on purpose answers with an error whose message is for the user; its `data` is
`{"code", "hint"}` (Failure). A change that is refused is no error: its status is `rejected`, with
reasons. `*` marks what must be given.
"""

_FROM_SERVER = """
## From the server

Only for clients that announce `experimental.homespun` among their capabilities: `true`, or an
object with what they do: `{"review": true, "save": true, "survey": true, "refactors": true}`, where
`refactors` says that the client lists those that were left, so that nobody is asked about them.
"""


def pages() -> dict[str, str]:
    """Every generated page by its name."""
    return {"settings.md": _settings(), "protocol.md": _protocol()}


def _settings() -> str:
    allowed = ", ".join(f"`{name}`" for name in ALLOWED)
    own = ", ".join(f"`{name}`" for name in USERS_OWN)
    head = _SETTINGS.replace("{allowed}", allowed).replace("{own}", own)
    return head + "".join(_section("", Settings))


def _section(name: str, model: type[BaseModel]) -> Iterator[str]:
    """A table of the section's own settings, then its sections."""
    rows = [
        (f"`{key}`", _type(info), _default(info), info.description or "")
        for key, info in model.model_fields.items()
        if _nested(info) is None
    ]
    yield f"\n## {f'`[{name}]`' if name else 'Top level'}\n\n{_doc(model)}\n"
    yield _table(("setting", "type", "default", "meaning"), rows)
    for key, info in model.model_fields.items():
        nested = _nested(info)
        if nested is not None:
            inner, named = nested
            yield from _section(".".join(filter(None, (name, key, "NAME" if named else ""))), inner)


def _nested(info: FieldInfo) -> tuple[type[BaseModel], bool] | None:
    """The section that a setting is, and whether it is one of several by name."""
    kinds = typing.get_args(info.annotation) or (info.annotation,)
    last = kinds[-1]
    if isinstance(last, type) and issubclass(last, BaseModel):
        return last, len(kinds) > 1
    return None


_WORDS: Mapping[Any, str] = {
    str: "text",
    SecretStr: "text",
    int: "number",
    float: "number",
    bool: "true, false",
    dict: "table",
    tuple: "list",
}


def _type(info: FieldInfo) -> str:
    return _kind(info.annotation) + "".join(sorted(map(_bound, info.metadata)))


def _kind(annotation: Any) -> str:
    if typing.get_origin(annotation) is Literal:
        return " · ".join(f"`{value}`" for value in typing.get_args(annotation))
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return _kind(next(kind for kind in typing.get_args(annotation) if kind is not type(None)))
    if typing.get_origin(annotation) is typing.Annotated:
        return _kind(typing.get_args(annotation)[0])
    return _WORDS[typing.get_origin(annotation) or annotation]


def _bound(metadata: Any) -> str:
    for name, words in (("ge", "from"), ("le", "to"), ("gt", "above")):
        if hasattr(metadata, name):
            return f", {words} {getattr(metadata, name):,}"
    return ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "must be set"
    value = info.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or isinstance(value, SecretStr):
        return ""
    return f"`{json.dumps(value)}`"


def _protocol() -> str:
    shared = sorted(_shared().items())
    types_ = [f"\n### {name}\n\n{model['description']}\n{_rows(model)}" for name, model in shared]
    methods = [_method(method) for method in METHODS.values()]
    ours = [_from_server(message) for message in FROM_SERVER.values()]
    return "".join((_PROTOCOL, *methods, _FROM_SERVER, *ours, "\n## Types\n", *types_))


def _shared() -> dict[str, Any]:
    """The schemas of the objects that are inside others, by name."""
    found: dict[str, Any] = {}
    for message in (*METHODS.values(), *FROM_SERVER.values()):
        for model in (message.params, message.result):
            if model is not None:
                found |= model.model_json_schema().get("$defs", {})
    return found | {model.__name__: model.model_json_schema() for model in BESIDE}


def _from_server(message: FromServer) -> str:
    kind = "Notification" if message.result is None else "Request"
    needs = f" For `{message.needs}`." if message.needs else ""
    told = f"\n### `{message.name}`\n\n{message.doc}{needs}\n\n**{kind}.** {_doc(message.params)}\n"
    if message.result is None:
        return told + _fields(message.params)
    answer = f"\n**Result.** {_doc(message.result)}\n{_fields(message.result)}"
    return told + _fields(message.params) + answer


def _method(method: Method) -> str:
    parameters = _fields(method.params)
    return (
        f"\n## `{method.name}`\n\n{method.doc}\n\n**Parameters.** {_doc(method.params)}\n"
        f"{parameters}\n**Result.** {_doc(method.result)}\n{_fields(method.result)}"
    )


def _fields(model: type[BaseModel]) -> str:
    return _rows(model.model_json_schema())


def _rows(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (f"`{name}`{'*' if name in required else ''}", _json_type(one), one.get("description", ""))
        for name, one in schema["properties"].items()
    ]
    return _table(("key", "type", "meaning"), rows)


def _json_type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_json_type(one) for one in schema["anyOf"] if one != {"type": "null"})
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " · ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_json_type(schema['items'])}"
    return str(schema.get("type", "any"))


def _doc(thing: type) -> str:
    return " ".join((thing.__doc__ or "").split())


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    row: Callable[[Sequence[str]], str] = lambda cells: f"| {' | '.join(cells)} |\n"  # noqa: E731
    body = "".join(row([cell.replace("|", "\\|") for cell in cells]) for cells in rows)
    return f"\n{row(names)}|{'--|' * len(names)}\n{body}" if rows else ""


if __name__ == "__main__":
    for name, text in pages().items():
        Path(__file__).with_name(name).write_text(text, encoding="utf-8")
