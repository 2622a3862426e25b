"""Recorded exchanges with real model servers: what was asked, and each piece that came back.

A transcript (`tests/transcripts/SERVER/NAME.txt`) is one exchange, byte for byte:

    >>> REQUEST
    (the request)
    <<< +2.116 ms 1429 bytes
    (what one `recv` gave: exactly so many bytes, of any content)
    === eof at +10.875 ms, 49 recv, 12888 bytes

`client closed` in place of `eof`: the client hung up, the server had more to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"

_OPENING = b">>> REQUEST\n"
_PIECE = re.compile(rb"\n<<< \+(\d+\.\d+) ms (\d+) bytes\n")
_END = re.compile(rb"\n=== (eof|client closed) at \+(\d+\.\d+) ms, (\d+) recv, (\d+) bytes\n?\Z")


class BadTranscript(ValueError):
    """The file is no transcript; the message names the file and the byte where it goes wrong."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that arrived together; `at` is milliseconds after the request was sent."""

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Transcript:
    """One recorded exchange; `ended_at` is milliseconds after the request was sent."""

    name: str
    request: bytes
    pieces: tuple[Piece, ...]
    ended_at: float
    client_closed: bool

    @property
    def route(self) -> tuple[str, str]:
        """Method and path of the recorded request."""
        method, path, _ = self.request.split(b"\r\n", 1)[0].decode("ascii").split(" ")
        return method, path

    @property
    def response(self) -> bytes:
        """All that came back."""
        return b"".join(piece.data for piece in self.pieces)

    @property
    def status(self) -> int:
        """The HTTP status that came back."""
        return int(self.response.split(b" ", 2)[1])


def recorded(name: str) -> Transcript:
    """The transcript `SERVER/NAME`, such as `vllm/chat-stream`."""
    return parse(name, (TRANSCRIPTS / f"{name}.txt").read_bytes())


def names(pattern: str = "*/*") -> list[str]:
    """The transcripts that fit a glob pattern such as `*/chat-stream`, sorted."""
    found = TRANSCRIPTS.glob(f"{pattern}.txt")
    return sorted(path.relative_to(TRANSCRIPTS).with_suffix("").as_posix() for path in found)


def parse(name: str, content: bytes) -> Transcript:
    """Read a transcript; raises `BadTranscript`. What the pieces hold is never looked into."""
    first = _PIECE.search(content) or _END.search(content)
    if not content.startswith(_OPENING) or first is None:
        raise BadTranscript(f"{name}: no request at its beginning, or nothing after it")
    pieces, position = _pieces(name, content, first.start())
    end = _END.match(content, position)
    if end is None:
        raise BadTranscript(f"{name}: neither a piece nor the end at byte {position}")
    _check_totals(name, pieces, count=int(end[3]), size=int(end[4]))
    # The recorder ended the request's text with a line end of its own.
    request = content[len(_OPENING) : first.start()].removesuffix(b"\n")
    return Transcript(name, request, pieces, float(end[2]), end[1] == b"client closed")


def _pieces(name: str, content: bytes, position: int) -> tuple[tuple[Piece, ...], int]:
    """The pieces from `position` on, and the position after the last."""
    pieces: list[Piece] = []
    while (head := _PIECE.match(content, position)) is not None:
        position = head.end() + int(head[2])
        if position > len(content):
            raise BadTranscript(f"{name}: the piece at byte {head.start()} is cut off")
        pieces.append(Piece(float(head[1]), content[head.end() : position]))
    return tuple(pieces), position


def _check_totals(name: str, pieces: tuple[Piece, ...], *, count: int, size: int) -> None:
    found = sum(len(piece.data) for piece in pieces)
    if (len(pieces), found) != (count, size):
        raise BadTranscript(
            f"{name}: {count} pieces and {size} bytes promised, {len(pieces)} and {found} there"
        )
