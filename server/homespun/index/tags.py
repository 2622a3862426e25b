"""The names that a text defines and uses, and what it imports: by tree-sitter."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from homespun.core.symbols import SymbolKind
from homespun.index.languages import Tongue, loaded

if TYPE_CHECKING:
    from tree_sitter import Node

_PATIENCE = 2.0
"""Seconds of work for one text, however busy the machine is: garbage takes ten times as long."""
_DEEPEST = 250
"""Nodes around a name. A query takes time that grows with the square of the depth, and no limit of
time; what lies deeper (a chain of thousands of calls) was made by a program."""
_LONGEST_NAME = 120
"""Bytes; a longer name is no name that anybody would look for."""
_LONGEST_LINE = 200
_LONGEST_STATEMENT = 10_000
"""Bytes; a namespace's statement may be all of its file."""
_PIECE = 64 * 1024
"""Bytes that a parser is given at once."""
_SCOPE = "scope"
_KINDS = ("module", "class", "interface", "function", "method", "type", _SCOPE, "constant")
"""Captures of definitions; of two with the same name in the same place, the first counts."""
_HOLDERS = ("class", "interface", _SCOPE)
"""What makes a function a method."""
_TO_NAME = ("name", "declarator", "left", "key", "property", "field", "method", "type")
"""The fields of nodes that lead to a definition's name, the best first."""
_AROUND = ("scope", "table", "receiver")
"""The fields on the way there that say what the name belongs to (`Type::f`, `M.f`, `(t *T) f`)."""
_WORD = re.compile(rb"\w+")
_LINE_END = re.compile(rb"\n")
_PARAMETERS = re.compile(rb"[\[<].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Definition:
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

    `uses`: by name, the lines (from 0) and the name of the definition around each. `imports` and
    `spaces` are whole statements, as they are written. `whole` is false for a text that took too
    long.
    """

    definitions: Sequence[Definition] = ()
    uses: Mapping[str, Sequence[tuple[int, str]]] = field(
        default_factory=dict[str, Sequence[tuple[int, str]]]
    )
    imports: Sequence[str] = ()
    spaces: Sequence[str] = ()
    whole: bool = True


def tags(tongue: Tongue, data: bytes) -> Tags:
    """The tags of a text, UTF-8 with any line ends; nothing where it takes over two seconds."""
    from tree_sitter import Parser, QueryCursor

    language, query = loaded(tongue)
    deadline = time.thread_time() + _PATIENCE

    def piece(at: int, _: object) -> bytes:
        return data[at : at + _PIECE] if time.thread_time() < deadline else b""

    def named(
        predicate: str,
        args: Sequence[tuple[str, str]],
        pattern_index: int,
        captures: Mapping[str, Sequence[Node]],
    ) -> bool:
        # tree-sitter's own `#eq?` asks `piece` for all text from the top on, again for each node,
        # and for ever once that gives nothing.
        capture, *names = (word for word, _ in args)
        texts = (data[node.start_byte : node.end_byte] for node in captures.get(capture, ()))
        return all(text.decode("utf-8", "replace") in names for text in texts)

    tree = Parser(language).parse(piece)
    if time.thread_time() > deadline:
        return Tags(whole=False)
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(_DEEPEST)
    captures = cursor.captures(tree.root_node, named)
    found = sorted(_found(captures, data), key=lambda one: (one.start, -one.end))
    return Tags(
        _definitions(found, data),
        _uses(captures.get("use", ()), found, data),
        _texts(captures.get("import", ()), data),
        _texts(captures.get("space", ()), data),
    )


@dataclass(slots=True)
class _Found:
    """A definition or scope as it stands in the text; places in bytes."""

    start: int
    end: int
    name_at: int
    kind: str
    name: str
    around: str


def _found(captures: Mapping[str, Sequence[Node]], data: bytes) -> Iterator[_Found]:
    seen: set[int] = set()
    for kind in _KINDS:
        for node in captures.get(kind, ()):
            name, around = _named(node, data)
            start, end = name.start_byte, name.end_byte
            if start in seen or not 0 < end - start <= _LONGEST_NAME:
                continue
            seen.add(start)
            yield _Found(
                node.start_byte, node.end_byte, start, kind, _text(data[start:end]), around
            )


def _named(node: Node, data: bytes) -> tuple[Node, str]:
    """The node of a definition's name, and the name that says what it belongs to, "" for none."""
    around = ""
    while node.named_child_count:
        for name in _AROUND:
            if (place := node.child_by_field_name(name)) is not None:
                plain = _PARAMETERS.sub(b"", data[place.start_byte : place.end_byte])
                words = _WORD.findall(plain)
                around = _text(words[-1]) if words else around
        fields = (node.child_by_field_name(name) for name in _TO_NAME)
        following = next((found for found in fields if found is not None), None)
        node = following or node.named_children[0]
    return node, around


class _Lines:
    """Line numbers of places, from 0."""

    def __init__(self, data: bytes) -> None:
        self._ends = [found.start() for found in _LINE_END.finditer(data)]

    def of(self, at: int) -> int:
        return bisect_left(self._ends, at)


class _Around:
    """The definitions around a place that only ever goes forward."""

    def __init__(self, found: Sequence[_Found]) -> None:
        self._found = found
        self._next = 0
        self._open: list[_Found] = []

    def at(self, place: int) -> list[_Found]:
        """Those that begin before `place` or on it, and end after it, the innermost last."""
        while self._next < len(self._found) and self._found[self._next].start <= place:
            one = self._found[self._next]
            self._close(one.start)
            self._open.append(one)
            self._next += 1
        self._close(place)
        return self._open

    def _close(self, place: int) -> None:
        while self._open and self._open[-1].end <= place:
            self._open.pop()


def _definitions(found: Sequence[_Found], data: bytes) -> list[Definition]:
    lines, around = _Lines(data), _Around(found)
    made: list[Definition] = []
    for one in found:
        outer = [other for other in around.at(one.start) if other is not one]
        line = lines.of(one.start)
        if one.kind == _SCOPE:
            continue
        holder = outer[-1] if outer else None
        kind = one.kind
        if kind == "function" and (one.around or (holder and holder.kind in _HOLDERS)):
            kind = "method"
        end_line = max(line, lines.of(one.end - 1))
        container = one.around or (holder.name if holder else "")
        signature = _line_at(data, one.name_at)
        made.append(
            Definition(one.name, cast("SymbolKind", kind), line, end_line, container, signature)
        )
    return made


def _uses(
    nodes: Sequence[Node], found: Sequence[_Found], data: bytes
) -> dict[str, list[tuple[int, str]]]:
    own = {one.name_at for one in found if one.kind != _SCOPE}
    places = {node.start_byte: node.end_byte for node in nodes}
    lines, around = _Lines(data), _Around(found)
    uses: dict[bytes, list[tuple[int, str]]] = {}
    for start in sorted(places.keys() - own):
        name = data[start : places[start]]
        if len(name) <= _LONGEST_NAME:
            outer = around.at(start)
            use = (lines.of(start), outer[-1].name if outer else "")
            uses.setdefault(name, []).append(use)
    return {_text(name): where for name, where in uses.items()}


def _texts(nodes: Sequence[Node], data: bytes) -> list[str]:
    places = sorted((node.start_byte, node.end_byte) for node in nodes)
    return [_text(data[start : min(end, start + _LONGEST_STATEMENT)]) for start, end in places]


def _line_at(data: bytes, at: int) -> str:
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    return _text(data[start : end if end >= 0 else None].strip())[:_LONGEST_LINE]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
