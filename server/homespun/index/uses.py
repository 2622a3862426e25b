"""The uses of names in one file, packed: to be searched for a name without being unpacked whole.

A line for the blocks, `first.last.name` each, and then a line for each line of the file: the names
that are used in it, each between two tabs. In which block a use is, is found out when somebody asks
for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import accumulate
from typing import NamedTuple


class Block(NamedTuple):
    """What a name may be used in; lines from 0, `last` is within."""

    first: int
    last: int
    name: str


def pack(data: bytes, uses: Mapping[int, int], blocks: Sequence[Block]) -> bytes:
    """The uses of a file as bytes; `uses` has the end of each by its start, in bytes of its text.

    `blocks` from the top, the outer first. A use is one token of a grammar: it holds neither tabs
    nor line ends.
    """
    around = [f"{first}.{last}.{_plain(name)}" for first, last, name in blocks]
    parts = [b""]
    ends = accumulate(map(len, BytesIO(data)))
    end = next(ends, sys.maxsize)
    for start in sorted(uses):
        while start >= end:
            parts.append(b"\n")
            end = next(ends, sys.maxsize)
        parts.append(data[start : uses[start]])
    parts.append(b"")
    return "\t".join(around).encode("utf-8", "replace") + b"\n" + b"\t".join(parts)


def find(packed: bytes, names: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Name, line and surrounding definition ("" for none) of each use of any of `names`."""
    blocks: list[Block] | None = None
    top = packed.find(b"\n") + 1
    for name in names:
        mark = f"\t{name}\t".encode("utf-8", "replace")
        if packed.find(mark, top) < 0:
            continue
        blocks = _blocks(packed) if blocks is None else blocks
        for line, inside in _placed(_lines(packed, mark, top), blocks):
            yield name, line, inside


def _lines(packed: bytes, mark: bytes, top: int) -> Iterator[int]:
    """The lines with `mark`, from 0; the first begins at `top`."""
    line, last, at = 0, top, packed.find(mark, top)
    while at >= 0:
        line += packed.count(b"\n", last, at)
        yield line
        last, at = at, packed.find(mark, at + len(mark) - 1)


def _plain(name: str) -> str:
    return name.replace("\t", " ").replace("\n", " ")


def _blocks(data: bytes) -> list[Block]:
    plain = data[: data.find(b"\n")].decode()
    parts = (one.split(".", 2) for one in plain.split("\t")) if plain else ()
    return [Block(int(first), int(last), name) for first, last, name in parts]


def _placed(lines: Iterable[int], blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """Each line, and the name of the innermost block around it."""
    following, around = 0, list[Block]()
    for line in lines:
        while following < len(blocks) and blocks[following].first <= line:
            around.append(blocks[following])
            following += 1
        while around and around[-1].last < line:
            around.pop()
        yield line, around[-1].name if around else ""
