"""What a file's name means to any system that may read it: pure, so every system is tested.

A name that is harmless on this machine may be `.git` to another one: letter case, characters that
a file system leaves out, 8.3 short names, trailing dots and streams of NTFS
(https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreprotectHFS, CVE-2014-9390,
CVE-2019-1352, CVE-2025-59944).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from fnmatch import fnmatchcase
from itertools import pairwise

LONGEST_PART = 255
"""Bytes of a file's name that common file systems take."""

_NEVER = re.compile(r"\.git|git~\d+")

_ASK_FOLDERS = frozenset({
    ".circleci", ".claude", ".codex", ".continue", ".cursor", ".devcontainer", ".eca", ".emacs.d",
    ".helix", ".husky", ".idea", ".vim", ".vscode", ".zed",
})  # fmt: skip

_ASK_PAIRS = (
    (".github", "workflows"),
    (".github", "actions"),
    (".github", "copilot-instructions.md"),
)

_ASK_NAMES = (
    "*.code-workspace", "*.sublime-project", ".cline*", ".cursorignore", ".cursorrules",
    ".dir-locals.el", ".editorconfig", ".env*", ".exrc", ".gitattributes", ".gitignore",
    ".gitlab-ci.yml", ".gitmodules", ".homespun*", ".ignore", ".mcp.json", ".nvim.lua", ".nvimrc",
    ".pre-commit-config.yaml", ".roo*", ".vimrc", ".windsurfrules", "agents.md", "claude.md",
    "gemini.md", "mcp.json", "package.json",
)  # fmt: skip

# What may be the 8.3 name of any of them, such as VSCODE~1.
_SHORT_NAME = re.compile(r"[^.~]{1,6}~\d(\.[^.]{0,3})?")

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(\..*)?")


class Protection(IntEnum):
    """What it takes to write a file: nothing, a yes, or it is never written."""

    FREE = 0
    ASK = 1
    NEVER = 2


def protection(relative: str) -> Protection:
    """How protected a file is, by its path within the workspace (`/` or `\\`), at any depth."""
    parts = [_meaning(part) for part in re.split(r"[/\\]", relative) if part not in ("", ".")]
    if any(_NEVER.fullmatch(part) for part in parts):
        return Protection.NEVER
    return Protection.ASK if _asks(parts) else Protection.FREE


def _asks(parts: Sequence[str]) -> bool:
    if any(part in _ASK_FOLDERS or _SHORT_NAME.fullmatch(part) for part in parts):
        return True
    if any(pair in _ASK_PAIRS for pair in pairwise(parts)):
        return True
    return any(fnmatchcase(part, pattern) for part in parts for pattern in _ASK_NAMES)


def _meaning(part: str) -> str:
    """What the most forgiving file system reads: it may be too careful, never too lax."""
    decomposed = unicodedata.normalize("NFKD", part)
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Cf", "Mn", "Cc"))
    return (
        kept.split(":", 1)[0]
        .rstrip(" .")
        .casefold()
        .replace("\N{LATIN SMALL LETTER DOTLESS I}", "i")
    )


def fault(part: str) -> str:
    """Why no file may have this name on any system; "" where it may."""
    if part == "..":
        return "leads upwards"
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in part):
        return "has control characters in a name"
    if len(part.encode("utf-8", "replace")) > LONGEST_PART:
        return f"has a name of more than {LONGEST_PART} bytes"
    return ""


def ambiguity(part: str) -> str:
    """Why other systems would take a new file's name for something else; "" where none would."""
    if ":" in part:
        return "has a `:`, which names a drive or a stream on Windows"
    if part != part.rstrip(" ."):
        return "has a name with dots or spaces at its end, which Windows drops"
    if _DEVICE.fullmatch(part.casefold()):
        return f"has the name of a Windows device ({part})"
    if any(unicodedata.category(c) == "Cf" for c in part):
        return "has invisible characters in a name"
    return ""


def as_spelled(part: str, names: Sequence[str]) -> str:
    """`part` as it stands among the names of its folder, where only letter case differs."""
    if part in names:
        return part
    wanted = _same(part)
    return next((name for name in names if _same(name) == wanted), part)


def _same(name: str) -> str:
    """What file systems that don't mind case and accents' forms (APFS, NTFS) compare."""
    return unicodedata.normalize("NFD", name).casefold()
