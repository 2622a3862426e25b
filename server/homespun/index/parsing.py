"""Parses a text with tree-sitter, and gives up where that takes too long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

_PIECE = 64 * 1024
"""Bytes that a parser is given at once."""


def parse(language: Language, data: bytes, patience: float, at_once: int) -> Tree | None:
    """The tree of a text in UTF-8; None where it takes more than `patience` seconds of work.

    Garbage takes a grammar ten times as long as what it was made for (0.2 s a megabyte). A text of
    up to `at_once` bytes is parsed without looking at the time, and no other thread runs
    meanwhile. Only one that is read piece by piece can be given up, and lets others run; as the
    binding (tree-sitter 0.25.2, 0.26.1) never frees these pieces, this is for large texts alone.
    """
    from tree_sitter import Parser

    if len(data) <= at_once:
        return Parser(language).parse(data)
    deadline = time.thread_time() + patience
    try:
        return Parser(language).parse(
            lambda at, _: data[at : at + _PIECE],
            progress_callback=lambda _at, _broken: time.thread_time() > deadline,
        )
    except ValueError:  # It was given up.
        return None
