"""Where does a text not parse? By tree-sitter, whose grammars read on after an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from homespun.core.checks.change import Fault
from homespun.index.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Node
    from tree_sitter_language_pack import SupportedLanguage

_MAX_FAULTS = 100
_PATIENCE = 1.0
"""Seconds of work for one text."""
_AT_ONCE = 50_000
"""Bytes that are parsed in one go, in about ten milliseconds: no key is answered meanwhile."""
_LANGUAGES: Mapping[str, tuple[SupportedLanguage, ...]] = {
    **dict.fromkeys(("py", "pyi", "pyw"), ("python",)),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs"), ("javascript",)),
    **dict.fromkeys(("ts", "mts", "cts"), ("typescript",)),
    "tsx": ("tsx",),
    "go": ("go",),
    "rs": ("rust",),
    "java": ("java",),
    "c": ("c",),
    **dict.fromkeys(("cc", "cpp", "cxx", "hh", "hpp", "hxx"), ("cpp",)),
    "h": ("c", "cpp"),
    **dict.fromkeys(("rb", "rake", "gemspec"), ("ruby",)),
    "cs": ("csharp",),
    "php": ("php",),
    "lua": ("lua",),
    **dict.fromkeys(("sh", "bash"), ("bash",)),
    "json": ("json",),
    "toml": ("toml",),
    **dict.fromkeys(("yaml", "yml"), ("yaml",)),
    **dict.fromkeys(("html", "htm"), ("html",)),
    "css": ("css",),
}
"""The grammars by the ending of a file's name; of several, the one that takes the text best."""


class Grammars:
    """Says where texts do not parse, in the languages whose grammars come with Homespun."""

    def errors(self, path: str, text: str) -> tuple[Fault, ...] | None:
        """The places in `text` that the language of `path` does not allow, in order.

        None for a language that is not known, and for a text that takes more than a second (most
        take 0.1 s a megabyte). To be called in a thread. At most 100 places.
        """
        languages = _LANGUAGES.get(path.rpartition(".")[2].lower() if "." in path else "")
        if languages is None:
            return None
        # Rows end at line feeds alone for tree-sitter; the line of a fault must be ours.
        plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        data = plain.encode(errors="replace")
        read = [found for one in languages if (found := _faults(one, data)) is not None]
        return min(read, key=len, default=None)


def _faults(language: SupportedLanguage, data: bytes) -> tuple[Fault, ...] | None:
    from tree_sitter_language_pack import get_language

    tree = parse(get_language(language), data, _PATIENCE, _AT_ONCE)
    if tree is None:
        return None
    found = sorted({_fault(node) for node in _broken(tree.root_node)}, key=_by_line)
    return tuple(found[:_MAX_FAULTS])


def _broken(root: Node) -> Iterator[Node]:
    """The nodes that stand for what could not be read, or had to be thought of."""
    open_nodes = [root] if root.has_error else []
    while open_nodes:
        node = open_nodes.pop()
        if node.is_error or node.is_missing:
            yield node
        else:
            open_nodes += [child for child in node.children if child.has_error]


def _fault(node: Node) -> Fault:
    return Fault(node.start_point.row + 1, node.type if node.is_missing else "")


def _by_line(fault: Fault) -> int:
    return fault.line
