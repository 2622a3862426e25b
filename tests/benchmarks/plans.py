"""A growing plan: from the last byte of a file's change to the note that shows it in the editor.

The endpoint runs in a thread here, so both moments are read from one clock.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import contenders
from tests.benchmarks.endpoint import END, HEAD, chunk, read_request
from tests.benchmarks.language_server import language_server
from tests.benchmarks.measure import Row, Table
from tests.benchmarks.sources import source

_PLAN = "homespun/plan"
_FILES = 100
_PAUSE = 0.03
"""Seconds between two files: faster than models write them."""


def run() -> Iterator[Table]:
    with _paced() as endpoint, TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **contenders.own_files(folder / "own"),
            "HOMESPUN_MODEL": "llamacpp/bench",
            "LLAMACPP_BASE_URL": endpoint.address,
        }
        with language_server(contenders.HOMESPUN, environment) as server:
            server.initialize(folder, own={"review": True})
            server.notify("initialized", {})
            uri = (folder / "a.py").as_uri()
            server.open(uri, "".join(source(100)))
            asked = {"textDocument": {"uri": uri}, "instruction": "Write it.", "review": "never"}
            answer = server.request("homespun/edit", {**asked, "scope": "workspace"})
            if len(answer.get("result", {}).get("files", ())) != _FILES:
                raise AssertionError(answer)
        notes = [(at, note["params"]) for at, note in server.told if note["method"] == _PLAN]
        row = Row("homespun/plan", [_delay(notes, *sent) for sent in enumerate(endpoint.sent)])
        yield Table(f"A growing plan of {_FILES} files: to its note", "ms", [row], percentile=True)


def _delay(notes: list[tuple[float, dict[str, list[object]]]], number: int, sent: float) -> float:
    """Milliseconds from a file's last byte to the first note that shows that many."""
    return next(at - sent for at, plan in notes if len(plan["files"]) > number) * 1e3


@dataclass
class _Paced:
    """Streams a reply of many new files, and notes when each was whole."""

    listener: socket.socket
    sent: list[float] = field(default_factory=list[float])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                if read_request(client).startswith(b"POST"):
                    self._stream(client)
                else:
                    client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    def _stream(self, client: socket.socket) -> None:
        client.sendall(HEAD + chunk({"content": '{"summary": "Done", "updated_files": ['}))
        for number in range(_FILES):
            text = "".join(f"value_{line} = {line}\n" for line in range(20))
            file = {"action": "create", "file": f"n{number}.py", "text": text}
            comma = ", " if number else ""
            client.sendall(chunk({"content": comma + json.dumps(file)}))
            self.sent.append(time.perf_counter())
            time.sleep(_PAUSE)
        client.sendall(chunk({"content": "]}"}) + chunk({}, "stop") + END)


@contextmanager
def _paced() -> Iterator[_Paced]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = _Paced(listener)
        thread = threading.Thread(target=endpoint.serve, daemon=True)
        thread.start()
        yield endpoint
        # Closing alone doesn't wake a thread that waits in `accept`.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
