"""Settings files: from a path to a table of values, or to the reason why there is none.

A workspace's file comes with the project, so it is not trusted: it may be a link to somewhere
else, a pipe that never answers, huge, or made to keep the TOML parser busy.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

LARGEST = 1_000_000
"""Bytes of a settings file that are read at most."""

MOST_DOTS = 200
"""Dots on one line at most: `tomllib` takes time by the square of a key's parts."""


class Unusable(Exception):
    """A settings file that exists and cannot be used; the text is the reason."""


def read_table(path: Path, within: Path | None = None) -> Mapping[str, object] | None:
    """The values in a TOML file, None where there is no such file.

    `within`: the folder that the file must be in once links are followed. Raises `Unusable`.
    """
    try:
        if within is not None and not path.resolve().is_relative_to(within.resolve()):
            raise Unusable("is a link that leads out of the workspace folder")
        data = read_bytes(path)
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "a loop of links"
        raise Unusable(f"cannot be read: {reason}") from error
    return parse(data)


def read_bytes(path: Path) -> bytes:
    """A settings file as it is. Raises `OSError`, and `Unusable` for what is no regular file."""
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Unusable("is not a regular file")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unusable(f"is larger than {LARGEST:,} bytes")
    return data


def _open_at_once(path: str, flags: int) -> int:
    # Opening a pipe would otherwise wait until somebody writes into it.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def parse(data: bytes) -> Mapping[str, object]:
    """The values in a file's TOML. Raises `Unusable` that names the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unusable(f"is not UTF-8 text (line {line})") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS:
            raise Unusable(f"has more than {MOST_DOTS} dots on one line (line {number})")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unusable(f"is not valid TOML: {error}") from error
    except (ValueError, RecursionError) as error:
        raise Unusable("is not valid TOML: a number too long, or tables too deep") from error
