"""Files that nobody writes by hand: of no use to a model that was not asked about them."""

from __future__ import annotations

import re
from fnmatch import translate

from homespun.core.text import Snapshot

_NAMES = re.compile("|".join(map(translate, (
    "*.min.js", "*.min.css", "*.map", "*.lock", "package-lock.json", "pnpm-lock.yaml",
    "npm-shrinkwrap.json", "go.sum", "*.pb.go", "*_pb2.py", "*_pb2_grpc.py", "*.svg", "*.ipynb",
))))  # fmt: skip
_MARK = re.compile(r"@generated\b|\bDO NOT EDIT\b|\bautomatically generated\b", re.IGNORECASE)
_HEAD = 1000
"""Characters at the top of a file in which a generator names itself."""
_WIDE = 500
"""Characters of a line, on average, that nobody writes."""


def why_generated(path: str, snapshot: Snapshot, longest: int) -> str:
    """Why the file at `path` is left out of other files' tasks; "" where it is not.

    `longest` in characters.
    """
    text = snapshot.text
    if len(text) > longest:
        return "it is too long to be shown beside other files"
    name = path.rpartition("/")[2].lower()
    if _NAMES.match(name) or _is_marked(text[:_HEAD]):
        return "it is generated"
    if len(text) > _WIDE * len(snapshot.lines):
        return "it is minified, or no text that people write"
    return ""


def _is_marked(head: str) -> bool:
    plain = head.lower()
    # Most files have neither, which is seen a hundred times faster.
    return ("generated" in plain or "do not edit" in plain) and _MARK.search(head) is not None
