"""An endpoint for embeddings whose vectors a test decides, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class EmbeddingServer:
    """A running endpoint: its address without `/v1`, how it answers, and the texts it was sent.

    `delay` in seconds before each answer.
    """

    vector: Callable[[str], Sequence[float]]
    status: int = 200
    delay: float = 0.0
    address: str = ""
    heard: list[list[str]] = field(default_factory=list[list[str]])

    @property
    def texts(self) -> list[str]:
        """All the texts that it was sent."""
        return [text for texts in self.heard for text in texts]

    def answer(self, path: str, body: bytes) -> tuple[int, object]:
        """The status and the JSON for one request."""
        texts: list[str] = json.loads(body)["input"]
        self.heard.append(texts)
        time.sleep(self.delay)
        if path != "/v1/embeddings":
            return 404, {}
        data = [{"index": n, "embedding": list(self.vector(t))} for n, t in enumerate(texts)]
        return self.status, {"data": data}


@contextmanager
def embedding_server(vector: Callable[[str], Sequence[float]]) -> Iterator[EmbeddingServer]:
    """An endpoint that makes each text's vector by `vector`."""
    found = EmbeddingServer(vector)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, data = found.answer(self.path, body)
            answer = json.dumps(data).encode()
            with suppress(ConnectionError):  # The client may have gone: some of the tests do that.
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
