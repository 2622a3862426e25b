"""Python text as a tree."""

from __future__ import annotations

import ast
import threading
import warnings

_ALONE = threading.Lock()


def tree_of(text: str) -> ast.Module:
    """The tree of `text`, a byte order mark left out.

    Raises what `ast.parse` does: `SyntaxError`, `ValueError`, `RecursionError`, `MemoryError`.
    One text at a time, whatever thread asks: up to Python 3.12 the parser counts its depth for all
    threads together, and fails where two are in it (https://github.com/python/cpython/issues/106905);
    the warnings that are switched off meanwhile are those of all threads, too.
    """
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text.removeprefix("\ufeff"))
