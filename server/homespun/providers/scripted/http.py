"""Just enough HTTP/1.1 for the scripted endpoint: one request and one answer a connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

_BODY_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in; header names in lower case, `body` parsed where it is JSON."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


async def read_request(reader: asyncio.StreamReader) -> Received:
    """The request on a fresh connection. Raises `ValueError` or `EOFError` for what is none."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    length = int(headers.get("content-length", 0))
    if length > _BODY_LIMIT:
        raise ValueError("request body too large")
    raw = await reader.readexactly(length)
    return Received(method, path, headers, _json_object(raw))


def response(status: int, body: object, headers: Mapping[str, str]) -> bytes:
    """A whole answer; text is sent as HTML, all else as JSON."""
    is_text = isinstance(body, str)
    payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = "text/html; charset=utf-8" if is_text else "application/json"
    return head(status, {"Content-Type": kind, "Content-Length": str(len(payload)), **headers}) + (
        payload
    )


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """The status line and the headers, up to the empty line."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Scripted"
    lines = [f"{name}: {value}" for name, value in {**headers, "Connection": "close"}.items()]
    return "\r\n".join([f"HTTP/1.1 {status} {phrase}", *lines, "", ""]).encode()


def piece(data: bytes) -> bytes:
    """A piece of a chunked transfer; an empty one ends it."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def _json_object(raw: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(raw)
    except ValueError:
        return {}
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}
