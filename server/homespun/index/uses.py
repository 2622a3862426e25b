"""The uses of names in one file, packed: to be searched for a name without being unpacked whole.

A line for the blocks, `first.last.name` each, and then one for each name: the name, and the lines
that it is used in. In which block a use is, is found out when somebody asks for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_FASTEST = 1


class Block(NamedTuple):
    """What a name may be used in; lines from 0, `last` is within."""

    first: int
    last: int
    name: str


def pack(uses: Mapping[bytes, Sequence[int]], blocks: Sequence[Block]) -> bytes:
    """The uses of a file as bytes: each name's (UTF-8) lines, in order.

    A name with a tab or line end in it is left out. `blocks` from the top, the outer first.
    """
    around = [f"{first}.{last}.{_plain(name)}" for first, last, name in blocks]
    lines = [
        b"%s\t%s" % (name, " ".join(map(str, places)).encode())
        for name, places in uses.items()
        if b"\n" not in name and b"\t" not in name
    ]
    data = b"\n".join(("\t".join(around).encode("utf-8", "replace"), *lines, b""))
    return zlib.compress(data, _FASTEST)


def find(packed: bytes, names: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Name, line and surrounding definition ("" for none) of each use of any of `names`."""
    data = zlib.decompress(packed)
    blocks: list[Block] | None = None
    for name in names:
        mark = f"\n{name}\t".encode("utf-8", "replace")
        at = data.find(mark)
        if at < 0:
            continue
        blocks = _blocks(data) if blocks is None else blocks
        start = at + len(mark)
        for line, inside in _placed(data[start : data.find(b"\n", start)], blocks):
            yield name, line, inside


def unpack(packed: bytes) -> Iterator[tuple[str, int, str]]:
    """Name, line and surrounding definition of every use, by name."""
    data = zlib.decompress(packed)
    blocks = _blocks(data)
    for row in data.split(b"\n")[1:-1]:
        name, _, lines = row.partition(b"\t")
        shown = name.decode("utf-8", "replace")
        for line, inside in _placed(lines, blocks):
            yield shown, line, inside


def _plain(name: str) -> str:
    return name.replace("\t", " ").replace("\n", " ")


def _blocks(data: bytes) -> list[Block]:
    plain = data[: data.find(b"\n")].decode()
    parts = (one.split(".", 2) for one in plain.split("\t")) if plain else ()
    return [Block(int(first), int(last), name) for first, last, name in parts]


def _placed(lines: bytes, blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """Each line, and the name of the innermost block around it."""
    following, around = 0, list[Block]()
    for line in map(int, lines.split()):
        while following < len(blocks) and blocks[following].first <= line:
            around.append(blocks[following])
            following += 1
        while around and around[-1].last < line:
            around.pop()
        yield line, around[-1].name if around else ""
