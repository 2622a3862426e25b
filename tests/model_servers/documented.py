"""Exchanges as a server's documents describe them, for servers that nobody could record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from model_servers.transcript import Piece, Transcript


def exchange(
    route: str,
    body: bytes | Mapping[str, object] | str,
    *,
    status: int = 200,
    kind: str = "application/json",
    headers: str = "",
    hangs: bool = False,
) -> Transcript:
    """What `route` (such as `POST /api/chat`) answers; one that `hangs` waits for its client.

    `headers` are whole lines, each with its end.
    """
    data = body if isinstance(body, bytes) else _text(body).encode()
    head = f"HTTP/1.1 {status} {_phrase(status)}\r\nContent-Type: {kind}\r\n{headers}"
    # A body without a length ends with its connection.
    response = f"{head}Connection: close\r\n\r\n".encode() + data
    request = f"{route} HTTP/1.1\r\n\r\n".encode()
    return Transcript(route, request, (Piece(0.0, response),), 0.0, hangs)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Overloaded"


def lines(*events: Mapping[str, object]) -> bytes:
    """Events as lines of JSON."""
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)


def named_events(events: Iterable[Mapping[str, object]]) -> bytes:
    """Server-sent events that carry their `type` as a name too, as Anthropic's do."""
    made = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return "".join(made).encode()


def _text(body: Mapping[str, object] | str) -> str:
    return body if isinstance(body, str) else json.dumps(body)
