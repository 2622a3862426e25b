"""A model server that says again, byte for byte, what a real one once said, over real HTTP."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from model_servers.transcript import Transcript

NOTHING_RECORDED = (
    b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 36\r\n"
    b'Connection: close\r\n\r\n{"error":{"message":"not recorded"}}'
)
SILENCE_SECONDS = 20.0
"""How long a client may say nothing before its connection is given up."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that the endpoint got; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Replay:
    """A running endpoint: its address without `/v1`, and what it saw."""

    transcripts: Sequence[Transcript]
    pace: float
    address: str = ""
    heard: list[Heard] = field(default_factory=list[Heard])
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set once a client has closed a connection whose recording was not at its end."""
    _served: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: Heard) -> Transcript | None:
        """The next recording of this route; the last one again where all were served."""
        with self._lock:
            self.heard.append(request)
            route = (request.method, request.path)
            fitting = [each for each in self.transcripts if each.route == route]
            if not fitting:
                return None
            turn = self._served.get(route, 0)
            self._served[route] = turn + 1
            return fitting[min(turn, len(fitting) - 1)]


@contextmanager
def replaying(*transcripts: Transcript, pace: float = 0.0) -> Iterator[Replay]:
    """Serve recordings on loopback, by method and path; a route without one is a 404.

    `pace` multiplies the recorded pauses: 0 leaves them out, 1 keeps them.
    """
    replay = Replay(transcripts, pace)
    with _Server(replay) as server:
        replay.address = f"http://127.0.0.1:{server.server_address[1]}"
        # It looks for its end this often (seconds), which is what leaving the block costs.
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield replay
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(socketserver.StreamRequestHandler):
    """One request and its recorded reply; then the connection ends, as it did when recorded."""

    server: _Server
    request: socket.socket
    timeout = SILENCE_SECONDS
    disable_nagle_algorithm = True

    def handle(self) -> None:
        replay = self.server.replay
        transcript = replay.take(self._read_request())
        if transcript is None:
            self.request.sendall(NOTHING_RECORDED)
            return
        try:
            self._play(transcript, replay.pace)
            if transcript.client_closed:
                self._wait_for_the_client()
                replay.hung_up.set()
        except ConnectionError:
            replay.hung_up.set()

    def _read_request(self) -> Heard:
        method, path, _ = self.rfile.readline().decode("latin-1").split(" ")
        headers: dict[str, str] = {}
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0")))
        return Heard(method, path, headers, body)

    def _play(self, transcript: Transcript, pace: float) -> None:
        started = time.monotonic()
        for piece in transcript.pieces:
            due = started + piece.at * pace / 1000
            time.sleep(max(0.0, due - time.monotonic()))
            self.request.sendall(piece.data)
        ended = started + transcript.ended_at * pace / 1000
        time.sleep(max(0.0, ended - time.monotonic()))

    def _wait_for_the_client(self) -> None:
        while self.request.recv(4096):
            pass
