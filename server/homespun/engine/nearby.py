"""What belongs to a file where there is no index yet: what it imports, and its tests, by name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_IMPORT = re.compile(
    r"^[ \t]*(?:from\s+(?P<module>[.\w]+)\s+import\s+(?P<names>[\w, *()]+)"
    r"|import\s+(?P<plain>[\w., ]+)$"
    r"|(?:import\b[^'\"\n]*|export\b[^'\"\n]*from\s*|.*\brequire\(\s*|#\s*include\s+)"
    r"['\"](?P<file>[^'\"\n]{1,200})['\"])",
    re.MULTILINE,
)
_MOST_TRIES = 120
_MOST_FOUND = 20
_INDEXES = ("__init__", "index", "mod")
"""Files that stand for their folder."""


@dataclass(frozen=True, slots=True)
class Near:
    """A file that is there, and why it belongs to the subject."""

    path: str
    reason: str


def looked_for(path: str, text: str, folder: str) -> Iterator[Near]:
    """Where the files may be that the one at the absolute `path` imports, and its tests."""
    here = os.path.dirname(path)
    stem, suffix = os.path.splitext(os.path.basename(path))
    for match in _IMPORT.finditer(text):
        for name in _names(match):
            for near in _files(name, here, folder, suffix):
                yield Near(near, "is imported by it")
    for name in (f"test_{stem}{suffix}", f"{stem}_test{suffix}", f"{stem}.test{suffix}"):
        for place in (here, os.path.join(here, "tests"), os.path.join(folder, "tests")):
            yield Near(os.path.join(place, name), "tests it")


def _names(match: re.Match[str]) -> Iterator[str]:
    if match["file"]:
        yield match["file"]
    elif match["module"]:
        yield match["module"]
        dot = "" if match["module"].endswith(".") else "."
        for name in re.findall(r"\w+", match["names"]):
            yield f"{match['module']}{dot}{name}"
    else:
        yield from re.findall(r"[\w.]+", match["plain"])


def _files(name: str, here: str, folder: str, suffix: str) -> Iterator[str]:
    """The files that an import may mean."""
    if "/" in name or suffix not in (".py", ".pyi"):
        bases = [os.path.normpath(os.path.join(here, name))]
    else:
        up = len(name) - len(name.lstrip("."))
        start = os.path.normpath(os.path.join(here, *[".."] * max(0, up - 1)))
        parts = [part for part in name.split(".") if part]
        tops = [start] if up else [folder, os.path.join(folder, "src"), here]
        bases = [os.path.join(top, *parts) for top in tops]
    for base in bases:
        yield base
        yield base + suffix
        yield from (os.path.join(base, index + suffix) for index in _INDEXES)


def nearby(path: str, text: str, folder: str) -> Sequence[Near]:
    """Those that are there, in the workspace `folder`; blocks for some looks at the disk."""
    found: list[Near] = []
    tried: set[str] = {path}
    for near in looked_for(path, text, folder):
        if near.path in tried or not near.path.startswith(folder.rstrip(os.sep) + os.sep):
            continue
        tried.add(near.path)
        if len(tried) > _MOST_TRIES or len(found) >= _MOST_FOUND:
            break
        if os.path.isfile(near.path):
            found.append(near)
    return found
