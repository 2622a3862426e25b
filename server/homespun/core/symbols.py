"""What is known of a workspace's files beside their text: names, where they stand, and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

SymbolKind = Literal["module", "class", "interface", "function", "method", "constant", "type"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: `line` and `end_line` count from 0, `end_line` is the last one of its body.

    `path` is relative to its workspace folder, with `/`; `folder` is that folder's absolute path.
    `container` is the name of the definition around it, "" at the top of a file. `signature` is
    the definition's first line (at most 200 characters), for outlines.
    """

    folder: str
    path: str
    name: str
    kind: SymbolKind
    line: int
    end_line: int
    container: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a name: `line` counts from 0, `inside` names the definition around it, "" at top."""

    folder: str
    path: str
    name: str
    line: int
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A file that holds searched words; the higher `score`, the better (BM25)."""

    folder: str
    path: str
    score: float


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file of the index. `size` in bytes; `changed` is its time of change, seconds since 1970."""

    folder: str
    path: str
    size: int
    changed: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not in the index, and why, for people."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far the index is. `words` and `symbols` tell whether each covers all `files` by now.

    `skipped` holds at most 100; `skipped_count` counts all. `problem` is why there is no index at
    all, "" where there is one. `walked` is when it was last brought up to date with all of the
    folders, in seconds since 1970. `place` is where it is kept, `size` its bytes there.
    """

    files: int = 0
    words: bool = False
    symbols: bool = False
    skipped: tuple[Skipped, ...] = ()
    skipped_count: int = 0
    problem: str = ""
    walked: float = 0.0
    place: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an index about one place, all in one go.

    Who uses the names `users_of` (`common` and `near`: see `Index.references`), where the names
    `defined` are defined (but for those that have more than `most_definitions` in a folder), which
    files have names that are `stems` before their last dot, which changed after `since` (seconds
    since 1970; at most `most_edited`, the latest), and which hold any of `words` (at most
    `most_hits`, the best).
    """

    users_of: Sequence[str]
    common: int
    near: Sequence[tuple[str, str]]
    defined: Sequence[str]
    most_definitions: int
    stems: Sequence[str]
    since: float
    most_edited: int
    words: Sequence[str]
    most_hits: int


@dataclass(frozen=True, slots=True)
class Answers:
    """What an index knows of a `Question`."""

    users: Sequence[Reference] = ()
    definitions: Sequence[Symbol] = ()
    named: Sequence[IndexedFile] = ()
    edited: Sequence[IndexedFile] = ()
    hits: Sequence[Hit] = ()
