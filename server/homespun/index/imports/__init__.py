"""Which file imports which: one entry for each language."""

from __future__ import annotations

from collections.abc import Mapping

from homespun.index.imports.go import Go
from homespun.index.imports.javascript import JavaScript
from homespun.index.imports.python import Python
from homespun.index.imports.relative import Includes, Lua, Ruby
from homespun.index.imports.rust import Rust
from homespun.index.imports.spaces import CSharp, Java, Php
from homespun.index.imports.tree import Imports, Tree

IMPORTS: Mapping[str, Imports] = {
    "python": Python(),
    "javascript": JavaScript(),
    "go": Go(),
    "rust": Rust(),
    "java": Java(),
    "csharp": CSharp(),
    "php": Php(),
    "c": Includes(),
    "ruby": Ruby(),
    "lua": Lua(),
}
"""By the `imports` of `index.languages`."""

__all__ = ["IMPORTS", "Imports", "Tree"]
