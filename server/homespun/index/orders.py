"""What the server tells the process that builds its indexes: a line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Serve:
    """Index these folders (absolute paths), and no others, from now on.

    `ignore` is the setting of that name. `watch`: nobody else tells what changes on disk.
    """

    folders: tuple[str, ...]
    ignore: tuple[str, ...]
    watch: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """These files or folders (absolute paths) were made, changed, or removed."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Damaged:
    """The index of this folder cannot be read: make it anew."""

    folder: str


@dataclass(frozen=True, slots=True)
class Missed:
    """What has changed in this folder so far is not known: walk it again."""

    folder: str


Order = Serve | Changed | Damaged | Missed


def write(order: Order) -> bytes:
    """An order as a line."""
    return json.dumps({"order": type(order).__name__, **asdict(order)}).encode() + b"\n"


def read(line: bytes) -> Order:
    """The order of a line. Raises ValueError or KeyError for what is none."""
    plain = cast("dict[str, Any]", json.loads(line))
    match plain["order"]:
        case "Serve":
            return Serve(_texts(plain["folders"]), _texts(plain["ignore"]), bool(plain["watch"]))
        case "Changed":
            return Changed(_texts(plain["paths"]))
        case "Damaged":
            return Damaged(str(plain["folder"]))
        case "Missed":
            return Missed(str(plain["folder"]))
        case _:
            raise ValueError("no such order")


def _texts(plain: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in plain)
