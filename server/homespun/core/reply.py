"""What a model proposes: file updates, as every reply format ends up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Action = Literal["edit", "write", "create", "delete", "rename", "region"]
ReplyFormat = Literal["region", "hunks", "whole", "fenced"]


@dataclass(frozen=True, slots=True)
class FindReplace:
    """One hunk as the model gives it: lines to find, and what stands there instead."""

    find: str
    replace: str


@dataclass(frozen=True, slots=True)
class FileUpdate:
    """One finished update of one file; `file` as the model wrote it, not yet trusted.

    `hunks` for edit; `text` for write, create and region (there `file` is ""); `to` for rename.
    """

    action: Action
    file: str
    hunks: tuple[FindReplace, ...] = ()
    text: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: what was done in a sentence, and every update in the order given."""

    summary: str
    updates: tuple[FileUpdate, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """What has come of an update whose end has not: good for a view, and for nothing else.

    `number` tells one open update from the next. What is new since the last look: `hunks` that are
    whole, or whole lines of the `text`.
    """

    number: int
    action: Action
    file: str
    hunks: tuple[FindReplace, ...] = ()
    text: str = ""


class ReplyParser(Protocol):
    """Turns a reply that arrives in pieces into updates, each as soon as it is finished.

    Any cutting of the same text gives the same updates. Linear in the length of the text.
    """

    def feed(self, text: str) -> list[FileUpdate]:
        """The updates that `text`, the next piece, finished. Raises `Malformed`."""
        ...

    def growth(self) -> Growth | None:
        """What is new in the update that is open now, since it was last asked; None for nothing."""
        ...

    def finish(self) -> Reply:
        """The whole reply. Raises `Malformed` where it was not whole or has no known shape.

        `updates` begins with those that `feed` gave, and may end with more: what only the end
        of the reply makes certain, such as that its one block without a path was the only one.
        """
        ...


def parser() -> ReplyParser:
    """A parser for one reply, in any of the shapes that models are known to answer in."""
    # The parsers are built on the types above, and are not needed before the first reply.
    from homespun.core.reply_stream import StreamParser

    return StreamParser()
