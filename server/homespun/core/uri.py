"""File URIs as paths, paths as URIs, and which URIs mean the same file.

Pure, so that the rules of Windows are tested anywhere: the caller says which system's paths are
meant. Editors write one file in many ways: `file:///c%3A/a.py` (VS Code), `file:///C:/a.py`
(Neovim), `file:/C:/a.py` (Java), and on Windows in any letter case. Other schemes (`untitled:`,
`git:`) are documents without a path: they are kept as they are.

The forms are those of https://www.rfc-editor.org/rfc/rfc8089, and what real clients make of them.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

from homespun.errors import InputError

_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|$)")
_SAFE = "/!$&'()*+,;=:@~"


def is_file(uri: str) -> bool:
    """Whether `uri` names a file, and `to_path` can be asked."""
    return uri[:5].lower() == "file:"


def to_path(uri: str, *, windows: bool) -> str:
    """The absolute path of a file URI, on Windows with backslashes and a capital drive letter.

    `?` and `#` count as part of the name, since a file URI has no query and clients forget to
    quote them. Bytes that are no UTF-8 come as `os.fsdecode` has them. Raises `InputError` for
    other schemes, and for what can be no path on that system.
    """
    if not is_file(uri):
        raise InputError("This document is not a file.", "Save it first, then try again.")
    host, path = _parts(uri)
    if "\0" in path or "\0" in host:
        raise InputError("This file's name holds a NUL character.", "Rename the file.")
    return _windows_path(host, path) if windows else _posix_path(host, path)


def _parts(uri: str) -> tuple[str, str]:
    """Host ("" for this machine) and decoded path."""
    rest = uri[5:]
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        rest = slash + path
    host = unquote(host)
    return "" if host.lower() == "localhost" else host, unquote(rest, errors="surrogateescape")


def _posix_path(host: str, path: str) -> str:
    if host or not path.startswith("/"):
        raise InputError(
            "The URI of this file names another machine, or no absolute path.",
            "Open the file by its path on this machine.",
        )
    return path


def _windows_path(host: str, path: str) -> str:
    path = path.replace("/", "\\")
    if _DRIVE.fullmatch(host):  # `file://c:/a.py`, one slash short
        host, path = "", host + path
    if host:
        return f"\\\\{host}{path}"
    if path.startswith("\\\\"):  # `file:////server/share`
        return "\\\\" + path.lstrip("\\")
    path = path.removeprefix("\\")
    if not _DRIVE.match(path):
        raise InputError(
            "The URI of this file names no drive.",
            "Open the file by its full path, drive included.",
        )
    return path[0].upper() + path[1:] + ("\\" if len(path) == 2 else "")


def from_path(path: str, *, windows: bool) -> str:
    """The file URI of an absolute path. Raises `InputError` where it is not absolute."""
    if windows:
        return _from_windows_path(path)
    if not path.startswith("/"):
        raise _relative()
    return "file://" + _quoted(path)


def _from_windows_path(path: str) -> str:
    path = path.replace("\\", "/")
    # The prefixes that lift the limit of 260 characters; URIs have none.
    if path[:8].upper() == "//?/UNC/":
        path = "//" + path[8:]
    path = path.removeprefix("//?/")
    if path.startswith("//"):
        return "file:" + _quoted(path)
    if not _DRIVE.match(path):
        raise _relative()
    return "file:///" + _quoted(path)


def _quoted(path: str) -> str:
    try:
        return quote(path, safe=_SAFE, errors="surrogateescape")
    except UnicodeEncodeError:
        raise InputError("This file's name holds half a character.", "Rename the file.") from None


def _relative() -> InputError:
    return InputError("This path is not absolute.", "Give the path from the root of the drive.")


def key(uri: str, *, windows: bool, ignore_case: bool) -> str:
    """What is equal for URIs of the same file: for dictionaries; never shown, never opened.

    `ignore_case` for file systems that do (those of macOS by default: they ignore the form of
    accents as well); Windows always does. What is no file URI, or a bad one, is its own key.
    """
    if not is_file(uri):
        return uri
    try:
        path = to_path(uri, windows=windows)
    except InputError:
        return uri
    if ignore_case:
        path = unicodedata.normalize("NFC", path)
    if ignore_case or windows:
        path = path.casefold()
    return "file:" + (path.rstrip("\\/") if windows else path.rstrip("/"))


def same(one: str, other: str, *, windows: bool, ignore_case: bool) -> bool:
    """Whether two URIs name the same file (or the same document, where they are no files)."""
    if one == other:
        return True
    return key(one, windows=windows, ignore_case=ignore_case) == key(
        other, windows=windows, ignore_case=ignore_case
    )
