"""The languages whose definitions and uses are found: one row each, and one query in `queries/`.

A query's captures: `@function`, `@method`, `@class`, `@interface`, `@type`, `@module` and
`@constant` are definitions, whole; `@scope` is around definitions without being one (`impl`);
`@use` is a name that is used; `@import` and `@space` (the namespace that a file is in) are whole
statements. A capture that begins with `_` serves the query alone. `#named?` holds where the text
of a capture is one of the words after it; see `tags`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Language, Query
    from tree_sitter_language_pack import SupportedLanguage

_QUERIES = Path(__file__).with_name("queries")
_TO_NAME = ("name", "declarator", "left", "key", "property", "field", "method", "type")
"""The fields of nodes that lead to a definition's name, the best first."""
_AROUND = ("scope", "table", "receiver")
"""The fields on the way there that say what the name belongs to (`Type::f`, `M.f`, `(t *T) f`)."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language: its grammar, the queries that are asked of it, and who resolves its imports."""

    grammar: SupportedLanguage
    queries: tuple[str, ...]
    imports: str


_PYTHON = Tongue("python", ("python",), "python")
_JAVASCRIPT = Tongue("javascript", ("javascript",), "javascript")
_TYPESCRIPT = Tongue("typescript", ("typescript",), "javascript")
_TSX = Tongue("tsx", ("typescript", "tsx"), "javascript")
_GO = Tongue("go", ("go",), "go")
_RUST = Tongue("rust", ("rust",), "rust")
_JAVA = Tongue("java", ("java",), "java")
_C = Tongue("c", ("c",), "c")
_CPP = Tongue("cpp", ("cpp",), "c")
_RUBY = Tongue("ruby", ("ruby",), "ruby")
_CSHARP = Tongue("csharp", ("csharp",), "csharp")
_PHP = Tongue("php", ("php",), "php")
_LUA = Tongue("lua", ("lua",), "lua")

ENDINGS: Mapping[str, Tongue] = {
    **dict.fromkeys(("py", "pyi", "pyw"), _PYTHON),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs"), _JAVASCRIPT),
    **dict.fromkeys(("ts", "mts", "cts"), _TYPESCRIPT),
    "tsx": _TSX,
    "go": _GO,
    "rs": _RUST,
    "java": _JAVA,
    "c": _C,
    # The grammar of C++ reads nearly all of C, that of C little of C++.
    **dict.fromkeys(("h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "inl", "ipp"), _CPP),
    **dict.fromkeys(("rb", "rake", "gemspec"), _RUBY),
    "cs": _CSHARP,
    **dict.fromkeys(("php", "phtml"), _PHP),
    "lua": _LUA,
}
"""The languages by the ending of a file's name."""


def tongue(path: str) -> Tongue | None:
    """The language of a file by the ending of its name; None where it is none of ours."""
    _, dot, ending = path.rpartition(".")
    return ENDINGS.get(ending.lower()) if dot else None


class Grammar(NamedTuple):
    """A language's grammar and query, and the numbers of those fields that its grammar knows."""

    language: Language
    query: Query
    around: tuple[int, ...]
    to_name: tuple[int, ...]


@cache
def loaded(tongue: Tongue) -> Grammar:
    """The grammar of a language; some milliseconds the first time."""
    from tree_sitter import Query
    from tree_sitter_language_pack import get_language

    language = get_language(tongue.grammar)
    texts = [(_QUERIES / f"{name}.scm").read_text("utf-8") for name in tongue.queries]
    around, to_name = (
        tuple(id for name in names if (id := language.field_id_for_name(name)) is not None)
        for names in (_AROUND, _TO_NAME)
    )
    return Grammar(language, Query(language, "\n".join(texts)), around, to_name)
