"""Files that are not open, as the disk has them."""

from __future__ import annotations

from pathlib import Path

from homespun.errors import Refused

_LIMIT = 10 * 1024 * 1024
"""Bytes; a larger file is no text that a model could be shown."""


def read_text(path: str) -> str | None:
    """The text of `path` to the letter, BOM and line ends included; None for no such file.

    Raises `Refused` for what is no UTF-8 text, larger than 10 MB, or cannot be read.
    """
    file = Path(path)
    try:
        if not file.is_file():
            return None
        with file.open("rb") as stream:
            data = stream.read(_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.", "Check its rights.") from error
    if len(data) > _LIMIT:
        raise Refused(f"{path} is larger than 10 MB.", "Leave it out of what is asked for.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is no UTF-8 text.", "Convert it to UTF-8 first.") from error
