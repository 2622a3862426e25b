"""The names in code and in what people say about it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SHORTEST = 3
_COMMON = frozenset({
    "abstract", "add", "all", "also", "and", "any", "args", "array", "assert", "async", "await",
    "bool", "boolean", "break", "byte", "case", "catch", "change", "char", "class", "cls",
    "code", "const", "continue", "data", "def", "default", "defer", "del", "delete", "dict",
    "double", "each", "edit", "elif", "else", "end", "enum", "err", "error", "every", "except",
    "export", "extends", "false", "file", "files", "finally", "fix", "float", "for", "foreach",
    "from", "func", "function", "get", "global", "goto", "here", "if", "impl", "implements",
    "import", "in", "include", "index", "init", "instanceof", "int", "interface", "internal",
    "into", "is", "it", "item", "items", "its", "key", "kwargs", "lambda", "len", "let", "line",
    "lines", "list", "long", "loop", "make", "map", "match", "method", "mod", "module", "mut",
    "name", "namespace", "new", "nil", "none", "nonlocal", "not", "null", "number", "obj",
    "object", "operator", "or", "out", "override", "package", "pass", "path", "please", "print",
    "private", "protected", "pub", "public", "raise", "range", "ref", "remove", "rename",
    "require", "res", "result", "return", "scope", "sealed", "self", "set", "short", "should",
    "size", "static", "str", "string", "struct", "such", "super", "switch", "sync", "template",
    "text", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "throw", "throws", "trait", "true", "try", "tuple", "type", "typedef", "typeof",
    "undefined", "union", "unless", "unsafe", "unsigned", "until", "use", "using", "value",
    "values", "var", "virtual", "void", "volatile", "when", "where", "while", "with", "yield",
    "you", "your",
})  # fmt: skip
"""What every program and every wish is full of, and tells nothing."""


def names(text: str, most: int = 400) -> tuple[str, ...]:
    """The names in `text` that may mean something, in order of their first place."""
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        name = match.group()
        if len(name) >= _SHORTEST and name.lower() not in _COMMON:
            found.setdefault(name)
            if len(found) >= most:
                break
    return tuple(found)


def words(text: str, most: int = 40) -> tuple[str, ...]:
    """What to search for a wish: its names, and the words that those are made of."""
    found = names(text, most)
    return tuple(dict.fromkeys((*found, *_pieces(found))))[:most]


def _pieces(found: Iterable[str]) -> Iterable[str]:
    for name in found:
        pieces = [p for part in name.split("_") for p in re.findall(r"[A-Z]?[a-z0-9]+", part)]
        if len(pieces) > 1:
            yield from (p for p in pieces if len(p) > _SHORTEST and p.lower() not in _COMMON)
