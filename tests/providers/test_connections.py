"""Connections are kept: the second request to an endpoint opens no new one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from homespun.providers.scripted.http import piece, read_request
from model_servers.asking import USUAL, answered, provider_at, question

EVENT = b'data: {"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
OLLAMA_EVENT = b'{"message": {"content": "hi"}, "done": true, "done_reason": "stop"}\n'


@dataclass
class Keeping:
    """A server that keeps its connections; `pause` in seconds before each transfer's end."""

    events: tuple[bytes, ...]
    pause: float
    address: str = ""
    connections: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await read_request(reader)
                writer.write(STREAM + b"".join(map(piece, self.events)))
                await asyncio.sleep(self.pause)
                writer.write(piece(b""))
        except (EOFError, OSError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def keeping(*events: bytes, pause: float = 0.0) -> AsyncIterator[Keeping]:
    kept = Keeping(events, pause)
    async with await asyncio.start_server(kept.connected, "127.0.0.1", 0) as server:
        kept.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield kept
        finally:
            for connection in kept.connections:
                connection.cancel()
            await asyncio.gather(*kept.connections, return_exceptions=True)


@pytest.mark.parametrize(
    ("events", "kind", "path"),
    [
        ((EVENT, DONE), "vllm", "/v1/chat/completions"),
        ((EVENT,), "transformers", "/v1/chat/completions"),
        ((OLLAMA_EVENT,), "ollama", "/api/chat"),
    ],
)
@pytest.mark.parametrize("pause", [0.0, 0.05])
async def test_a_second_request_opens_no_new_connection(
    events: tuple[bytes, ...], kind: str, path: str, pause: float
):
    endpoint = replace(USUAL, kind=kind, chat_path=path, window=8192)
    async with keeping(*events, pause=pause) as server:
        async with provider_at(server.address, endpoint) as provider:
            for _ in range(3):
                assert (await answered(provider, question())).text == "hi"
        assert len(server.connections) == 1


@pytest.mark.parametrize(("event", "said"), [(EVENT, "hi"), (EVENT.replace(b"hi", b""), "")])
async def test_a_server_that_does_not_end_is_not_waited_for(event: bytes, said: str):
    async with (
        asyncio.timeout(20),
        keeping(event, DONE, pause=30) as server,
        provider_at(server.address) as provider,
    ):
        assert (await answered(provider, question())).text == said
