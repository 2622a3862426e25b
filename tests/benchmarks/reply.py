"""A whole-file reply in pieces of four characters, and twice as long: is parsing linear?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic_core import from_json
from tests.benchmarks.measure import Table, compare
from tests.benchmarks.sources import source

from homespun.core.reply import parser

_PIECE = 4  # characters
_AGAIN = 100  # pieces; at each one it would take minutes


def run() -> Iterator[Table]:
    short, long = _reply(200_000), _reply(400_000)
    contenders = {
        "homespun's parser, 200 KB": lambda: _feed(_pieces(short)),
        "homespun's parser, 400 KB": lambda: _feed(_pieces(long)),
        f"pydantic_core, all again at each {_AGAIN}th piece, 200 KB": lambda: _parse_again(
            _pieces(short)
        ),
        "json at the end, 200 KB": lambda: json.loads("".join(_pieces(short))),
    }
    rows = compare(contenders, rounds=11)
    yield Table("Reply: a whole file as JSON, in pieces of 4 characters", "ms", rows)


def _reply(size: int) -> str:
    """A reply of about `size` characters."""
    text = "".join(source(size // 40))[:size]
    update = {"action": "write", "file": "a.py", "text": text}
    return json.dumps({"summary": "Done.", "updated_files": [update]})


def _pieces(text: str) -> list[str]:
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


def _feed(pieces: list[str]) -> None:
    reply = parser()
    for piece in pieces:
        reply.feed(piece)
    assert len(reply.finish().updates) == 1


def _parse_again(pieces: list[str]) -> None:
    """What clients do that have a tolerant parser, but none that goes on where it stopped."""
    for end in range(_AGAIN, len(pieces) + _AGAIN, _AGAIN):
        from_json("".join(pieces[:end]), allow_partial=True)
