"""Reads the texts of files, and says of others why they are none worth searching."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from homespun.index.scan import Stamp

LARGEST = 1_000_000
"""Bytes of a file that is indexed; what is larger was hardly written by people."""
_HEAD = 8_192
"""Bytes that are looked at for what no text has, as git does."""
_LONG_LINES = 1_000
"""Bytes a line, on average: more is not written by people."""
_BINARY = frozenset({
    "7z", "a", "avi", "bin", "bmp", "bz2", "class", "db", "dll", "dylib", "eot", "exe", "flac",
    "gif", "gz", "ico", "jar", "jpeg", "jpg", "lib", "mkv", "mo", "mov", "mp3", "mp4", "npy", "npz",
    "o", "obj", "ogg", "otf", "parquet", "pdf", "png", "pyc", "pyd", "pyo", "rar", "so", "sqlite",
    "tar", "tgz", "tif", "tiff", "ttf", "war", "wasm", "wav", "webm", "webp", "whl", "woff",
    "woff2", "xz", "zip", "zst",
})  # fmt: skip
_MADE = (".min.js", ".min.css", ".js.map", ".css.map", ".mjs.map", ".ts.map")


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text as bytes of UTF-8 (as good as), and how the file was when it was read."""

    data: bytes
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class NoText:
    """Why a file is not indexed; `stamp` None where it is not there."""

    reason: str
    stamp: Stamp | None


def read(path: str) -> Text | NoText:
    """The text of the file at this absolute path.

    A file that changes meanwhile is read a second time; the stamp is of before the reading, so
    that a change during the second is seen by who compares.
    """
    first = _read(path)
    if isinstance(first, NoText) or _stamp(path) == first.stamp:
        return first
    return _read(path)


def _read(path: str) -> Text | NoText:
    # A pipe that nobody writes to would never answer; a link is not followed.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        file = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return NoText("it is gone", None)
    except OSError as error:
        return NoText(f"it cannot be read: {error.strerror}", _stamp(path))
    try:
        status = os.fstat(file)
        stamp = (status.st_size, status.st_mtime_ns)
        if not stat.S_ISREG(status.st_mode):
            return NoText("it is no plain file", stamp)
        if reason := _by_name(path) or ("it is larger than 1 MB" if stamp[0] > LARGEST else ""):
            return NoText(reason, stamp)
        # No more room than is needed; what has grown meanwhile is read a second time.
        data = os.read(file, stamp[0] + 1)
    except OSError as error:
        return NoText(f"it cannot be read: {error.strerror}", _stamp(path))
    finally:
        os.close(file)
    return _judged(data, stamp)


def _judged(data: bytes, stamp: Stamp) -> Text | NoText:
    if len(data) > LARGEST:
        return NoText("it is larger than 1 MB", stamp)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    if b"\0" in data[:_HEAD]:
        return NoText("it is binary", stamp)
    if len(data) > _LONG_LINES and data.count(b"\n") * _LONG_LINES < len(data):
        return NoText("its lines are those of a minified file", stamp)
    return Text(data.removeprefix(b"\xef\xbb\xbf"), stamp)


def _by_name(path: str) -> str:
    name = os.path.basename(path).lower()
    if name.endswith(_MADE):
        return "it is made from another file"
    return "it is binary" if name.rpartition(".")[2] in _BINARY else ""


def _stamp(path: str) -> Stamp | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
