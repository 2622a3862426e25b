"""One layer of settings, held against the schema: what is right stays, the rest is named.

A layer is checked alone, before it is merged: so a bad value never hides the good one of a layer
below, and is reported with the file that it stands in.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from homespun.config.schema import Settings

Table = dict[str, Any]
KeyPath = tuple[str, ...]
Location = tuple[int | str, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that was dropped: the file (or layer) it stands in, its key, and the reason.

    `key` is empty where the whole file could not be used.
    """

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        """One line for people."""
        return ": ".join(part for part in (self.file, self.key, self.reason) if part)


def dotted(path: KeyPath) -> str:
    """A key as it is written in TOML: `providers."my box".type`."""
    return ".".join(_quoted(part) for part in path)


def _quoted(part: str) -> str:
    short = part if len(part) <= _LONGEST_KEY else part[:_LONGEST_KEY] + "..."
    if _BARE_KEY.fullmatch(short):
        return short
    return json.dumps(short, ensure_ascii=False).encode(errors="backslashreplace").decode()


def leaves(table: Mapping[str, object]) -> list[tuple[KeyPath, object]]:
    """Every value with the way to it, in order; an empty table counts as a value."""
    found: list[tuple[KeyPath, object]] = []
    for key, value in table.items():
        inner = leaves(cast("Table", value)) if isinstance(value, Mapping) else []
        found += [((key, *path), leaf) for path, leaf in inner] or [((key,), value)]
    return found


def checked(values: Mapping[str, object], file: str) -> tuple[Table, tuple[Problem, ...]]:
    """The values that the schema takes, and a problem for each that it does not."""
    table = _copied(values)
    problems: list[Problem] = []
    while errors := _errors(table):
        problems += [_problem(error, file) for error in errors]
        targets = [_existing(table, error["loc"]) for error in errors]
        # From the last to the first, for taking an item out of a list moves those behind it.
        for target in reversed(targets):
            _drop(table, target)
    return table, tuple(problems)


def _copied(values: Mapping[str, object]) -> Table:
    """A deep copy of the tables and lists, without what says nothing (None)."""
    return {key: _copied_value(value) for key, value in values.items() if value is not None}


def _copied_value(value: object) -> object:
    if isinstance(value, Mapping):
        return _copied(cast("Mapping[str, object]", value))
    if isinstance(value, list):
        return list(cast("list[object]", value))
    return value


def _errors(table: Table) -> Sequence[ErrorDetails]:
    try:
        Settings.model_validate(table)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False, include_context=False)
    return ()


def _problem(error: ErrorDetails, file: str) -> Problem:
    path = tuple(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return Problem(file, dotted(path), "is not a setting" + _suggestion(path))
    if error["type"] == "missing":
        return Problem(file, dotted(path), "is needed here")
    return Problem(file, dotted(path), error["msg"][:1].lower() + error["msg"][1:])


def _suggestion(path: KeyPath) -> str:
    names = _section(path[:-1]).model_fields
    close = difflib.get_close_matches(path[-1][:_LONGEST_KEY], names, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _section(path: KeyPath) -> type[BaseModel]:
    """The model of the table at `path`."""
    found: Any = Settings
    for part in path:
        inside_dict = get_origin(found) is dict
        found = get_args(found)[1] if inside_dict else found.model_fields[part].annotation
    return found


def _existing(table: Table, loc: Location) -> Location:
    """The longest part of `loc` that leads to something: what lacks a key is dropped whole."""
    place: Any = table
    for depth, part in enumerate(loc):
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            return loc[:depth]
    return loc


def _drop(table: Table, target: Location) -> None:
    place: Any = table
    try:
        for part in target[:-1]:
            place = place[part]
        del place[target[-1]]
    except (KeyError, IndexError):
        return  # Went with the table around it, which was dropped for an error of its own.
