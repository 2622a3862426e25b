"""Globs on paths as people see them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Whether one of `patterns` names `path` (relative, with `/`).

    `*` and `?` stop at `/`, `**` does not; a pattern without `/` is one for the last name alone.
    The name of a folder stands for all in it.
    """
    return any(_compiled(pattern).match(path) for pattern in patterns)


def exactly(path: str) -> str:
    """The pattern for this one path, and all in it where it is a folder's."""
    return "/" + re.sub(r"([*?\[])", r"[\1]", path)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    cleaned = pattern.replace("\\", "/").removeprefix("./").strip("/")
    if cleaned in ("", "."):
        return re.compile("")
    anywhere = "" if "/" in pattern.replace("\\", "/").removeprefix("./") else "(?:.*/)?"
    return re.compile(f"{anywhere}{_translated(cleaned)}(?:/.*)?\\Z", re.DOTALL)


def _translated(pattern: str) -> str:
    parts: list[str] = []
    pattern = re.sub(r"(?:\*\*/)+", "**/", pattern)
    for token in re.findall(r"\*\*/|\*\*|\*|\?|\[[^\]/]+\]|.", pattern, re.DOTALL):
        match token:
            case "**/":
                parts.append("(?:.*/)?")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _ if len(token) > 2 and token.startswith("["):
                parts.append(_class(token))
            case _:
                parts.append(re.escape(token))
    return "".join(parts)


def _class(token: str) -> str:
    inside = token[1:-1]
    negated = inside.startswith("!")
    letters = re.escape(inside.removeprefix("!")).replace("\\-", "-")
    return f"[{'^/' if negated else ''}{letters}]"
