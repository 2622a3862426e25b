"""The uses of names in one file, packed: to be searched for a name without being unpacked whole.

A line for each name: the name, then `line.definition` pairs, where `definition` counts the names
of the first line (whose first is "", the top of the file).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence

_FASTEST = 1
Use = tuple[int, str]
"""A line, from 0, and the name of the definition around it."""


def pack(uses: Mapping[str, Sequence[Use]]) -> bytes:
    """The uses of a file as bytes; a name with a tab or line end in it is left out."""
    around: dict[str, int] = {"": 0}
    lines: list[str] = []
    for name, places in uses.items():
        if "\n" in name or "\t" in name:
            continue
        pairs = [
            f"{line}.{around.setdefault(_plain(inside), len(around))}" for line, inside in places
        ]
        lines.append(f"{name}\t{' '.join(pairs)}")
    text = "\n".join(("\t".join(around), *lines)) + "\n"
    return zlib.compress(text.encode("utf-8", "replace"), _FASTEST)


def find(packed: bytes, names: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Name, line and surrounding definition of each use of any of `names`."""
    data = zlib.decompress(packed)
    around: list[str] | None = None
    for name in names:
        mark = f"\n{name}\t".encode("utf-8", "replace")
        at = data.find(mark)
        if at < 0:
            continue
        around = around or _around(data)
        start = at + len(mark)
        for line, inside in _pairs(data[start : data.find(b"\n", start)], around):
            yield name, line, inside


def unpack(packed: bytes) -> Iterator[tuple[str, int, str]]:
    """Name, line and surrounding definition of every use, by name."""
    data = zlib.decompress(packed)
    around = _around(data)
    for row in data.split(b"\n")[1:-1]:
        name, _, pairs = row.partition(b"\t")
        shown = name.decode()
        for line, inside in _pairs(pairs, around):
            yield shown, line, inside


def _plain(name: str) -> str:
    return name.replace("\t", " ").replace("\n", " ")


def _around(data: bytes) -> list[str]:
    return data[: data.find(b"\n")].decode().split("\t")


def _pairs(pairs: bytes, around: Sequence[str]) -> Iterator[Use]:
    for pair in pairs.split():
        line, _, number = pair.partition(b".")
        yield int(line), around[int(number)]
