"""HelixCode's description of model servers, in YAML or JSON.

    providers:
      NAME: {type, endpoint, api_key, models, enabled, parameters: {timeout, max_retries,
             streaming_support, headers, model_endpoint, chat_endpoint}}

at the top or below `llm`. The document is read as nodes, so that each problem has its line, and
nothing of YAML's that could build objects, repeat itself without end or hide a key is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from homespun.config.importing.found import Imported, Known, reference
from homespun.config.profiles import Profile, is_name

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_SECRET = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)
_TAG = "tag:yaml.org,2002:"


def read_helix(text: str, known: Known) -> tuple[Imported, list[str]]:
    """The providers in `text`, and each problem with its line."""
    reader = _Reader(known)
    root = reader.root(text)
    if root is not None:
        reader.document(root)
    imported = Imported(tuple(reader.profiles), reader.keys, notes=tuple(reader.notes))
    return imported, reader.problems


class _Reader:
    """Walks over the nodes, and collects what is right and what is wrong."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.profiles: list[Profile] = []
        self.keys: dict[str, str] = {}
        self.notes: list[str] = []
        self.problems: list[str] = []

    def root(self, text: str) -> Node | None:
        """The document's node; None where it cannot be read, or is empty."""
        try:
            return yaml.SafeLoader(text).get_single_node()
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.problems.append(f"line {line}: not valid YAML, {error.problem}")
        except (yaml.YAMLError, RecursionError) as error:
            reason = "too deep" if isinstance(error, RecursionError) else "an odd character"
            self.problems.append(f"not valid YAML, {reason}")
        return None

    def document(self, root: Node) -> None:
        """The top: `providers`, there or below `llm`; other tools' tables are left alone."""
        for key, node in self._pairs(root, "the file"):
            for name, table in self._pairs(node, key) if key == "llm" else ((key, node),):
                self._table(name, table)

    def _table(self, name: str, node: Node) -> None:
        if name != "providers":
            self.notes.append(f"line {_line(node)}: {name!r} was left alone")
            return
        for provider, table in self._pairs(node, name):
            self._provider(provider, table)

    def _provider(self, name: str, node: Node) -> None:
        if not is_name(name):
            self._wrong(node, f"{name!r} cannot be the name of a profile")
            return
        found = self._values(node, name, _PROVIDER)
        type_ = str(found.get("type", name))
        kind = self._known.type_of(type_)
        if kind is None:
            self._wrong(node, f"there is no kind of server called {type_!r}")
            return
        key = str(found.get("api_key", ""))
        if key and not reference(key):
            self.keys[name] = key
        self.profiles.append(
            Profile(
                name,
                kind,
                str(found.get("endpoint", "")),
                reference(key),
                cast("tuple[str, ...]", found.get("models", ())),
                enabled=found.get("enabled") is not False,
                parameters=cast("dict[str, object]", found.get("parameters", {})),
            )
        )

    def _values(self, node: Node, where: str, readers: dict[str, _Read]) -> dict[str, object]:
        """The keys of a table by their readers; each unknown or wrong one is a problem."""
        found: dict[str, object] = {}
        for key, value in self._pairs(node, where):
            reader = readers.get(key)
            if reader is None:
                self._wrong(value, f"{where} has an unknown key {key!r}")
            elif not _is_null(value):
                found[key] = reader(self, value, f"{where}.{key}")
        return {key: value for key, value in found.items() if value is not None}

    def parameters(self, node: Node, where: str) -> dict[str, object]:
        """The parameters under our own names."""
        found = self._values(node, where, _PARAMETERS)
        if "streaming_support" in found:
            found["streaming"] = found.pop("streaming_support")
        return found

    def text(self, node: Node, where: str) -> str | None:
        """A text; numbers count as they are written."""
        if _is_scalar(node):
            return str(node.value)
        return self._wrong(node, f"{where} is to be a text")

    def flag(self, node: Node, where: str) -> bool | None:
        """True or false, in YAML's words."""
        word = str(node.value).lower() if node.tag == f"{_TAG}bool" else ""
        if word in ("true", "yes", "on", "false", "no", "off"):
            return word in ("true", "yes", "on")
        return self._wrong(node, f"{where} is to be true or false")

    def count(self, node: Node, where: str) -> int | None:
        """A whole number of at most nine digits."""
        if _is_scalar(node) and re.fullmatch(r"\d{1,9}", str(node.value)):
            return int(node.value)
        return self._wrong(node, f"{where} is to be a whole number")

    def seconds(self, node: Node, where: str) -> float | None:
        """Seconds, or a time such as `30s`."""
        found = _DURATION.fullmatch(str(node.value)) if _is_scalar(node) else None
        if found:
            return float(found[1]) * _UNITS[found[2] or ""]
        return self._wrong(node, f"{where} is to be a number of seconds")

    def texts(self, node: Node, where: str) -> tuple[str, ...] | None:
        """A list of texts."""
        if isinstance(node, SequenceNode):
            found = [self.text(one, where) for one in node.value]
            return tuple(one for one in found if one is not None)
        return self._wrong(node, f"{where} is to be a list")

    def headers(self, node: Node, where: str) -> dict[str, str]:
        """Headers; a key among them would be written in plain, so it is a problem."""
        found: dict[str, str] = {}
        for name, value in self._pairs(node, where):
            if _SECRET.search(name):
                self._wrong(value, f"{where} holds a key ({name}); put it into api_key")
            elif (text := self.text(value, where)) is not None:
                found[name] = text
        return found

    def _pairs(self, node: Node, where: str) -> Iterator[tuple[str, Node]]:
        """The entries of a table, each key once."""
        if not isinstance(node, MappingNode):
            if not _is_null(node):
                self._wrong(node, f"{where} is to be a table")
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if _is_scalar(key) else ""
            if not name or name in seen:
                self._wrong(key, f"{where} has {name!r} twice" if name else f"{where} has no key")
                continue
            seen.add(name)
            yield name, value

    def _wrong(self, node: Node, reason: str) -> None:
        self.problems.append(f"line {_line(node)}: {reason}")


_Read = Callable[[_Reader, Node, str], object]

_PROVIDER: dict[str, _Read] = {
    "type": _Reader.text,
    "endpoint": _Reader.text,
    "api_key": _Reader.text,
    "models": _Reader.texts,
    "enabled": _Reader.flag,
    "parameters": _Reader.parameters,
}
_PARAMETERS: dict[str, _Read] = {
    "timeout": _Reader.seconds,
    "max_retries": _Reader.count,
    "streaming_support": _Reader.flag,
    "headers": _Reader.headers,
    "model_endpoint": _Reader.text,
    "chat_endpoint": _Reader.text,
}


def _line(node: Node) -> int:
    return node.start_mark.line + 1


def _is_scalar(node: Node) -> bool:
    return isinstance(node, ScalarNode)


def _is_null(node: Node) -> bool:
    return node.tag == f"{_TAG}null"
