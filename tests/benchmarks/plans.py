"""A growing plan: from the last byte of a part of the change to the note that shows it.

Parts are whole files, and the hunks of one long file that is still being written. The endpoint runs
in a thread here, so both moments are read from one clock.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import contenders
from tests.benchmarks.endpoint import END, HEAD, asks_the_model, chunk, read_request
from tests.benchmarks.language_server import language_server
from tests.benchmarks.measure import Row, Table
from tests.benchmarks.sources import source

_PLAN = "homespun/plan"
_PARTS = 100
_LINES = 10_000
_PAUSE = 0.03
"""Seconds between two parts: faster than models write them."""

Note = dict[str, Any]


def run() -> Iterator[Table]:
    title = f"A growing plan of {_PARTS} files: to the note that shows one more"
    yield _table(title, _files(), lambda plan: len(plan["files"]))
    title = f"A growing plan of {_PARTS} hunks in {_LINES:,} lines: to the note that shows one more"
    yield _table(title, _hunks(), lambda plan: sum(len(file["hunks"]) for file in plan["files"]))


def _table(title: str, reply: _Reply, shown: Callable[[Note], int]) -> Table:
    with _paced(reply) as endpoint, TemporaryDirectory() as name:
        folder = Path(name)
        # A workspace may say how much its files need.
        (folder / ".homespun.toml").write_text("[context]\nwindow = 200_000\n")
        environment = {
            **contenders.own_files(folder / "own"),
            "HOMESPUN_MODEL": "llamacpp/bench",
            "LLAMACPP_BASE_URL": endpoint.address,
        }
        with language_server(contenders.HOMESPUN, environment) as server:
            server.initialize(folder, own={"review": True})
            server.notify("initialized", {})
            uri = (folder / "a.py").as_uri()
            server.open(uri, "".join(source(_LINES)))
            asked = {"textDocument": {"uri": uri}, "instruction": "Write it.", "review": "never"}
            # This editor takes no edits; that each part was told is what counts.
            server.request("homespun/edit", {**asked, "scope": "workspace"})
        notes = [(at, note["params"]) for at, note in server.told if note["method"] == _PLAN]
    seen = [(at, shown(plan)) for at, plan in notes]
    delays = [_delay(seen, number, sent) for number, sent in enumerate(endpoint.sent)]
    return Table(title, "ms", [Row(_PLAN, delays)], percentile=True)


def _delay(seen: Sequence[tuple[float, int]], number: int, sent: float) -> float:
    """Milliseconds from a part's last byte to the first note that shows that many."""
    return next(at - sent for at, count in seen if count > number) * 1e3


@dataclass(frozen=True)
class _Reply:
    """What the model writes: how it begins, its parts, and how it ends."""

    begins: str
    parts: Sequence[object]
    ends: str


def _files() -> _Reply:
    text = "".join(f"value_{line} = {line}\n" for line in range(20))
    files = [
        {"action": "create", "file": f"n{number}.py", "text": text} for number in range(_PARTS)
    ]
    return _Reply('{"summary": "Done", "updated_files": [', files, "]}")


def _hunks() -> _Reply:
    lines = [line for line in source(_LINES) if "value_" in line]
    lines = lines[:: len(lines) // _PARTS][:_PARTS]
    hunks = [{"find": line, "replace": f"{line.rstrip()}  # new\n"} for line in lines]
    begins = '{"updated_files": [{"action": "edit", "file": "a.py", "hunks": ['
    return _Reply(begins, hunks, "]}]}")


@dataclass
class _Paced:
    """Streams a reply part by part, and notes when each was whole."""

    listener: socket.socket
    reply: _Reply
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
                if asks_the_model(read_request(client)):
                    self._stream(client)
                else:
                    client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    def _stream(self, client: socket.socket) -> None:
        client.sendall(HEAD + chunk({"content": self.reply.begins}))
        for number, part in enumerate(self.reply.parts):
            comma = ", " if number else ""
            client.sendall(chunk({"content": comma + json.dumps(part)}))
            self.sent.append(time.perf_counter())
            time.sleep(_PAUSE)
        client.sendall(chunk({"content": self.reply.ends}) + chunk({}, "stop") + END)


@contextmanager
def _paced(reply: _Reply) -> Iterator[_Paced]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = _Paced(listener, reply)
        thread = threading.Thread(target=endpoint.serve, daemon=True)
        thread.start()
        yield endpoint
        # Closing alone doesn't wake a thread that waits in `accept`.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
