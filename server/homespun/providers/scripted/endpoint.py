"""The scripted endpoint's server: plays a `Script` on loopback, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from homespun.providers.scripted.http import Received, head, piece, read_request, response
from homespun.providers.scripted.script import Script, Turn

if TYPE_CHECKING:
    import ssl

_BATCH = 32 * 1024
"""Bytes written at once where no pace is kept."""


class ScriptedEndpoint:
    """An asynchronous context manager: while it is entered, the script is served.

    `requests` holds what came in, in order. `closed_streams` holds the requests whose client
    went away before the answer was complete, at the moment when the server noticed.
    """

    def __init__(
        self, script: Script, port: int = 0, certificate: ssl.SSLContext | None = None
    ) -> None:
        """`port` 0: any free one. With a `certificate` it speaks https."""
        self.script = script
        self.requests: list[Received] = []
        self.closed_streams: list[Received] = []
        self.stream_closed = asyncio.Event()
        """Set when a client went away, so that a test can wait for it."""
        self._port = port
        self._certificate = certificate
        self._served: Counter[int] = Counter()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`, or the same with https."""
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT/v1`."""
        return f"{self.address}/v1"

    @property
    def chats(self) -> list[Received]:
        """The chat requests among `requests`."""
        return [request for request in self.requests if _is_chat(request)]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", self._port, ssl=self._certificate
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task of ours: asyncio would log each cancelled one."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, EOFError, ValueError, asyncio.LimitOverrunError):
                request = await read_request(reader)
                self.requests.append(request)
                await self._answer_or_notice(request, reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            writer.close()

    async def _answer_or_notice(
        self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer, unless the client goes away first: then stop at once and write it down."""
        answer = asyncio.create_task(self._answer(request, writer))
        gone = asyncio.create_task(_until_gone(reader))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done() or isinstance(answer.exception(), OSError):
                writer.transport.abort()
                self.closed_streams.append(request)
                self.stream_closed.set()
        finally:
            answer.cancel()
            gone.cancel()
            await asyncio.gather(answer, gone, return_exceptions=True)

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        if self._refuse(request, writer):
            return
        if request.method == "POST" and request.path.endswith("/chat/completions"):
            await self._chat(request, writer)
        elif request.method == "GET" and request.path.rstrip("/").endswith("/models"):
            writer.write(response(200, self._models(), {}))
        else:
            writer.write(response(404, {"error": {"message": "not found", "code": 404}}, {}))
        await writer.drain()

    def _refuse(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        """Answer what needs no turn: a scripted route, a missing key, a refused parameter."""
        if route := self.script.routes.get(f"{request.method} {request.path}"):
            writer.write(response(route.status, route.body, route.headers))
        elif self.script.key and request.headers.get("authorization") != (
            f"Bearer {self.script.key}"
        ):
            writer.write(response(401, {"error": {"message": "Invalid API Key"}}, {}))
        elif name := self.script.refused(request.body):
            message = f"unsupported parameter: '{name}'"
            writer.write(response(400, {"error": {"message": message, "param": name}}, {}))
        else:
            return False
        return True

    def _models(self) -> Mapping[str, object]:
        model: dict[str, object] = {"id": self.script.model, "object": "model"}
        if self.script.window:
            model["max_model_len"] = self.script.window
        return {"object": "list", "data": [model]}

    async def _chat(self, request: Received, writer: asyncio.StreamWriter) -> None:
        number = self.script.turn_for(_last_user_message(request.body), self._served)
        if number is None:
            message = "the script has no turn for this message"
            writer.write(response(500, {"error": {"message": message}}, {}))
            return
        self._served[number] += 1
        turn = self.script.turns[number]
        await asyncio.sleep(turn.delay)
        if turn.fault in _BEFORE_ANY_ANSWER:
            await self._fail_first(turn, writer)
        elif turn.status != 200 or turn.body is not None:
            body: object = {} if turn.body is None else turn.body
            writer.write(response(turn.status, body, turn.headers))
        elif request.body.get("stream"):
            await self._stream(turn, request, writer)
        else:
            await self._whole(turn, request, writer)

    async def _fail_first(self, turn: Turn, writer: asyncio.StreamWriter) -> None:
        """The faults that come before any answer."""
        if turn.fault == "silent":
            await asyncio.Event().wait()
        elif turn.fault == "redirect":
            # 192.0.2.0/24 is reserved for documentation: nobody is there (RFC 5737).
            writer.write(response(307, {}, {"Location": "http://192.0.2.1/v1/chat/completions"}))

    async def _whole(self, turn: Turn, request: Received, writer: asyncio.StreamWriter) -> None:
        message = {"role": "assistant", "content": turn.reply}
        if turn.reasoning:
            message["reasoning_content"] = turn.reasoning
        choice = {"index": 0, "message": message, "finish_reason": turn.finish}
        body = {"model": self.script.model, "choices": [choice], "usage": _usage(turn, request)}
        await asyncio.sleep(self._pause(turn) * len(turn.tokens(turn.reply)))
        if turn.fault == "huge":
            writer.write(head(200, {"Content-Type": "application/json"}))
            await _endless(writer, b" " * 65536)
        writer.write(response(200, body, turn.headers))

    async def _stream(self, turn: Turn, request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(
            head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        )
        await writer.drain()
        pause, waiting = self._pause(turn), bytearray()
        for event in _events(turn, request, self.script.model):
            waiting += piece(event)
            if pause or len(waiting) > _BATCH:
                writer.write(bytes(waiting))
                waiting.clear()
                await writer.drain()
                await asyncio.sleep(pause)
        writer.write(bytes(waiting))
        await _end(turn, writer)

    def _pause(self, turn: Turn) -> float:
        """Seconds between two tokens."""
        pace = turn.tokens_per_second
        pace = self.script.tokens_per_second if pace is None else pace
        return 1 / pace if pace > 0 else 0.0


_BEFORE_ANY_ANSWER = frozenset({"silent", "close", "redirect"})


async def _until_gone(reader: asyncio.StreamReader) -> None:
    """Return when the client has closed its side; whatever else it sends is dropped."""
    with contextlib.suppress(OSError):
        while await reader.read(4096):
            pass


def _events(turn: Turn, request: Received, model: str) -> Iterator[bytes]:
    """The turn's events as server-sent events, up to its fault or its end."""
    deltas = [{"role": "assistant", "content": None}]
    deltas += [{"reasoning_content": token} for token in turn.tokens(turn.reasoning)]
    deltas += [{"content": token} for token in turn.tokens(turn.reply)]
    ends = turn.fault in ("", "no_done")
    for delta in deltas if ends else deltas[: turn.after + 1]:
        yield _event({"model": model, "choices": [_choice(delta, None)]})
    if ends:
        yield _event({"model": model, "choices": [_choice({}, turn.finish)]})
    if turn.fault:
        return
    yield _event({"model": model, "choices": [], "usage": _usage(turn, request)})
    yield b"data: [DONE]\n\n"


async def _end(turn: Turn, writer: asyncio.StreamWriter) -> None:
    """End the transfer: in good order, or by the turn's fault."""
    await writer.drain()
    match turn.fault:
        case "cut" | "no_done":
            return
        case "hang":
            await asyncio.Event().wait()
        case "endless_line":
            writer.write(piece(b"data: "))
            await _endless(writer, piece(b"x" * 65536))
        case "huge":
            event = _event({"choices": [_choice({"content": "x" * 65000}, None)]})
            await _endless(writer, piece(event))
        case "garbage":
            writer.write(piece(b"data: {this is no JSON\n\n"))
        case "error":
            writer.write(piece(_event({"error": {"message": "the model crashed", "code": 500}})))
        case _:
            pass
    writer.write(piece(b""))


async def _endless(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Write `data` until the client goes away."""
    while True:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(0)


def _event(data: Mapping[str, object]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def _choice(delta: Mapping[str, object], finish: str | None) -> Mapping[str, object]:
    return {"index": 0, "delta": delta, "finish_reason": finish}


def _usage(turn: Turn, request: Received) -> Mapping[str, int]:
    """Tokens as this endpoint counts them: a quarter of the prompt's characters, own pieces."""
    messages: list[Mapping[str, Any]] = request.body.get("messages", [])
    guess = sum(len(str(message.get("content"))) for message in messages) // 4
    prompt = guess if turn.prompt_tokens is None else turn.prompt_tokens
    completion = len(turn.tokens(turn.reply)) + len(turn.tokens(turn.reasoning))
    return {"prompt_tokens": prompt, "completion_tokens": completion}


def _is_chat(request: Received) -> bool:
    """Whether a model is asked, and not only what a text costs."""
    return request.method == "POST" and not request.path.endswith(("tokenize", "tokencount"))


def _last_user_message(body: Mapping[str, Any]) -> str:
    messages: list[Mapping[str, Any]] = body.get("messages", [])
    users = (str(m.get("content", "")) for m in reversed(messages) if m.get("role") == "user")
    return next(users, "")
