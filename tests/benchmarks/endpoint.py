"""A model server that costs its client nothing: prepared bytes, from a thread or a process.

As a process, `python -m tests.benchmarks.endpoint COUNT` streams COUNT chunks flat out to each
question, and prints its address.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
)
END = b"0\r\n\r\n"


def chunk(delta: object, finish: str | None = None) -> bytes:
    """One server-sent event of a chat completion, as llama.cpp's server words it."""
    choice = {"finish_reason": finish, "index": 0, "delta": delta}
    plain = {
        "choices": [choice],
        "created": 1_790_000_000,
        "id": "chatcmpl-Zb5s8RT0XK0p4LwE2yGAiOdwcJxqhMCN",
        "model": "bench",
        "system_fingerprint": "b1-0000000",
        "object": "chat.completion.chunk",
    }
    event = b"data: " + json.dumps(plain, separators=(",", ":")).encode() + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(event), event)


def reply(words: int) -> list[str]:
    """A whole-file reply in so many pieces, as a model's tokens cut it."""
    opening = ['{"summary": "', "Done", '", "updated_files": [', '{"action": "write", ']
    opening += ['"file": "a.py", ', '"text": "']
    return [*opening, *(f" w{n % 89}" for n in range(words - len(opening) - 1)), '"}]}']


def answer(count: int) -> bytes:
    """A whole answer of `count` chunks with text, and its end."""
    chunks = b"".join(chunk({"content": piece}) for piece in reply(count))
    return chunks + chunk({}, "stop") + b"e\r\ndata: [DONE]\n\n\r\n" + END


@dataclass(slots=True)
class Endpoint:
    """One that listens in a thread; `pause` in seconds between chunks, 0 for flat out.

    It streams without an end, and notes when its client hung up.
    """

    listener: socket.socket
    pause: float
    streaming: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)
    hung_up_at: float = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Serve one question after the other, until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with client:
                    self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        head = read_request(client)
        if not asks_the_model(head):
            body = b'{"data": [{"id": "bench", "max_model_len": 65536}]}'
            header = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            client.sendall(header + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            return
        client.sendall(HEAD)
        for piece in reply(7)[:-1]:
            client.sendall(chunk({"content": piece}))
        word = chunk({"content": " word"})
        client.setblocking(False)
        waiting = memoryview(b"")
        while not self._gone(client, waiting):
            waiting = waiting or memoryview(word if self.pause else word * 100)
            with contextlib.suppress(BlockingIOError):
                waiting = waiting[client.send(waiting) :]
            self.streaming.set()

    def _gone(self, client: socket.socket, waiting: memoryview) -> bool:
        """Wait until more may be sent; whether the client has gone meanwhile, and when."""
        writing = [] if self.pause else [client]
        readable, _, _ = select.select([client], writing, [], self.pause or None)
        if not readable:
            return False
        with contextlib.suppress(BlockingIOError, ConnectionError):
            if client.recv(4096):
                return False
        self.hung_up_at = time.perf_counter()
        self.hung_up.set()
        return True


def read_request(client: socket.socket) -> bytes:
    """The head of a request, which is read to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            missing = int(line.split(b":")[1]) - len(body)
            while missing > 0:
                missing -= len(client.recv(65536))
    return head


def asks_the_model(request: bytes) -> bool:
    """Whether it is a question to the model, and none about the server or its tokens."""
    return b"/chat/completions " in request.partition(b"\r\n")[0]


@contextmanager
def endless(pause: float) -> Iterator[Endpoint]:
    """An endpoint in a thread that streams until its client hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint(listener, pause)
        thread = threading.Thread(target=endpoint.serve, daemon=True)
        thread.start()
        yield endpoint
        # Closing alone doesn't wake a thread that waits in `accept`.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def main(count: int) -> None:
    prepared = HEAD + answer(count)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        while True:
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):
                read_request(client)
                client.sendall(prepared)


if __name__ == "__main__":
    main(int(sys.argv[1]))
