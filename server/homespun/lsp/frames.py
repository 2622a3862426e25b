"""LSP's base protocol: messages, each behind a header that tells its length in bytes.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol
"""

from __future__ import annotations

import re

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?:^|\r\n)content-length:[ \t]*(\d{1,12})[ \t]*(?=\r\n|$)", re.IGNORECASE)
_MAX_HEADER = 64 * 1024
"""Bytes without an end of header after which they are taken for noise and dropped."""


class FrameReader:
    """Cuts a stream of bytes into message bodies; any cutting of the stream gives the same.

    A header that tells no length is skipped: what follows is looked through for the next one.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length: int | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that `data`, the next piece of the stream, finished."""
        self._buffer += data
        bodies: list[bytes] = []
        while (body := self._next()) is not None:
            bodies.append(body)
        return bodies

    def _next(self) -> bytes | None:
        while self._length is None:
            end = self._buffer.find(_END)
            if end < 0:
                if len(self._buffer) > _MAX_HEADER:
                    del self._buffer[: -len(_END)]
                return None
            found = _LENGTH.search(self._buffer, 0, end)
            self._length = int(found[1]) if found else None
            del self._buffer[: end + len(_END)]
        if len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        self._length = None
        return body


def frame(body: bytes) -> bytes:
    """`body` behind its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
