"""The names that a text defines and uses, and what it imports: by tree-sitter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from homespun.index.languages import Grammar, Tongue, loaded
from homespun.index.parsing import parse
from homespun.index.uses import Block

if TYPE_CHECKING:
    from tree_sitter import Node

    from homespun.core.symbols import SymbolKind

_PATIENCE = 2.0
"""Seconds of work for one text, however busy the machine is."""
_AT_ONCE = 200_000
"""Bytes that are parsed however long it takes."""
_DEEPEST = 250
"""Nodes around a name. A query takes time that grows with the square of the depth, and no limit of
time; what lies deeper (a chain of thousands of calls) was made by a program."""
_LONGEST_NAME = 120
"""Bytes; a longer name is no name that anybody would look for."""
_LONGEST_LINE = 200
_LONGEST_STATEMENT = 10_000
"""Bytes; a namespace's statement may be all of its file."""
_SCOPE = "scope"
_KINDS = ("module", "class", "interface", "function", "method", "type", _SCOPE, "constant")
"""Captures of definitions; of two with the same name in the same place, the first counts."""
_HOLDERS = ("class", "interface", _SCOPE)
"""What makes a function a method."""
_WORD = re.compile(rb"\w+")
_PARAMETERS = re.compile(rb"[\[<].*", re.DOTALL)


class Definition(NamedTuple):
    """A definition; as `core.symbols.Symbol`, without the file."""

    name: str
    kind: SymbolKind
    line: int
    end_line: int
    container: str
    signature: str


@dataclass(frozen=True, slots=True)
class Tags:
    """What a text holds.

    `uses`: where names are used, the end of each by its start, in bytes. `blocks`: what names may
    be used in, definitions and such as `impl`, from the top and the outer before the inner.
    `imports` and `spaces` are whole statements, as they are written. `whole` is false for a text
    that took too long.
    """

    definitions: Sequence[Definition] = ()
    uses: Mapping[int, int] = field(default_factory=dict[int, int])
    blocks: Sequence[Block] = ()
    imports: Sequence[str] = ()
    spaces: Sequence[str] = ()
    whole: bool = True


def tags(tongue: Tongue, data: bytes) -> Tags:
    """The tags of a text, UTF-8 with any line ends; nothing where it takes over two seconds."""
    from tree_sitter import QueryCursor

    grammar = loaded(tongue)

    def named(
        predicate: str,
        args: Sequence[tuple[str, str]],
        pattern_index: int,
        captures: Mapping[str, Sequence[Node]],
    ) -> bool:
        # tree-sitter's own `#eq?` asks who was read piece by piece for all text from the top on,
        # again for each node.
        capture, *names = (word for word, _ in args)
        texts = (data[node.start_byte : node.end_byte] for node in captures.get(capture, ()))
        return all(text.decode("utf-8", "replace") in names for text in texts)

    tree = parse(grammar.language, data, _PATIENCE, _AT_ONCE)
    if tree is None:
        return Tags(whole=False)
    cursor = QueryCursor(grammar.query)
    cursor.set_max_start_depth(_DEEPEST)
    captures = cursor.captures(tree.root_node, named)
    found = sorted(_found(captures, data, grammar), key=lambda one: (one.start, -one.end))
    own = {one.name_at for one in found if one.kind != _SCOPE}
    return Tags(
        _definitions(found, data),
        _uses(captures.get("use", ()), own),
        [Block(one.line, one.end_line, one.name) for one in found],
        _texts(captures.get("import", ()), data),
        _texts(captures.get("space", ()), data),
    )


class _Found(NamedTuple):
    """A definition or scope as it stands in the text; places in bytes, lines from 0."""

    start: int
    end: int
    name_at: int
    line: int
    end_line: int
    kind: str
    name: str
    around: str


def _found(
    captures: Mapping[str, Sequence[Node]], data: bytes, grammar: Grammar
) -> Iterator[_Found]:
    seen: set[int] = set()
    for kind in _KINDS:
        for node in captures.get(kind, ()):
            name, around = _named(node, data, grammar)
            name_at, name_end = name.start_byte, name.end_byte
            if name_at in seen or not 0 < name_end - name_at <= _LONGEST_NAME:
                continue
            seen.add(name_at)
            start, end = node.start_byte, node.end_byte
            line, end_line = node.start_point.row, node.end_point.row
            if data[end - 1 : end] == b"\n":
                end_line = max(line, end_line - 1)
            text = _text(data[name_at:name_end])
            yield _Found(start, end, name_at, line, end_line, kind, text, around)


def _named(node: Node, data: bytes, grammar: Grammar) -> tuple[Node, str]:
    """The node of a definition's name, and the name that says what it belongs to, "" for none."""
    around = ""
    while node.named_child_count:
        for number in grammar.around:
            if (place := node.child_by_field_id(number)) is not None:
                plain = _PARAMETERS.sub(b"", data[place.start_byte : place.end_byte])
                words = _WORD.findall(plain)
                around = _text(words[-1]) if words else around
        following = None
        for number in grammar.to_name:
            if (following := node.child_by_field_id(number)) is not None:
                break
        node = following or node.named_children[0]
    return node, around


class _Around:
    """The definitions around a place that only ever goes forward."""

    def __init__(self) -> None:
        self._open: list[_Found] = []

    def enter(self, one: _Found) -> _Found | None:
        """The innermost that is around `one`, which begins here and is around what follows."""
        while self._open and self._open[-1].end <= one.start:
            self._open.pop()
        outer = self._open[-1] if self._open else None
        self._open.append(one)
        return outer


def _definitions(found: Sequence[_Found], data: bytes) -> list[Definition]:
    around = _Around()
    made: list[Definition] = []
    for one in found:
        holder = around.enter(one)
        if one.kind == _SCOPE:
            continue
        kind = one.kind
        if kind == "function" and (one.around or (holder and holder.kind in _HOLDERS)):
            kind = "method"
        container = one.around or (holder.name if holder else "")
        signature = _line_at(data, one.name_at)
        plain = cast("SymbolKind", kind)
        made.append(Definition(one.name, plain, one.line, one.end_line, container, signature))
    return made


def _uses(nodes: Sequence[Node], own: set[int]) -> dict[int, int]:
    """The names but for those at `own`, which are being defined there."""
    ends = {node.start_byte: node.end_byte for node in nodes}
    for start in own:
        ends.pop(start, None)
    return ends


def _texts(nodes: Sequence[Node], data: bytes) -> list[str]:
    places = sorted((node.start_byte, node.end_byte) for node in nodes)
    return [_text(data[start : min(end, start + _LONGEST_STATEMENT)]) for start, end in places]


def _line_at(data: bytes, at: int) -> str:
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    return _text(data[start : end if end >= 0 else None].strip())[:_LONGEST_LINE]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
