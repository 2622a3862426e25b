"""A language server as a process, spoken to in plain bytes: the client costs next to nothing."""

from __future__ import annotations

import itertools
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homespun.lsp.frames import FrameReader, frame

_PATIENCE = 60.0  # seconds for one answer

# What the editors in use announce that matters here. Diagnostics are pulled, so that no server
# checks the whole file at each keystroke on its own.
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}}
        },
        "diagnostic": {"dynamicRegistration": True},
        "synchronization": {},
    },
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
}


class LanguageServer:
    """A running server, seen from its editor."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._numbers = itertools.count(1)
        self._frames = FrameReader()
        self._messages: list[dict[str, Any]] = []
        self.told: list[tuple[float, dict[str, Any]]] = []
        """Its notifications, each with the moment (of `time.perf_counter`) at which it was read."""

    def initialize(self, root: Path, *, own: object = None) -> None:
        """`own` is what the client announces of Homespun's protocol."""
        folder = {"uri": root.as_uri(), "name": root.name}
        self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root.as_uri(),
                "workspaceFolders": [folder],
                "capabilities": CAPABILITIES | {"experimental": {"homespun": own}},
            },
        )

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def notify(self, method: str, params: object) -> None:
        self.write(message(method, params))

    def send(self, method: str, params: object) -> int:
        """Send a request; its number."""
        number = next(self._numbers)
        self.write(message(method, params, id=number))
        return number

    def request(self, method: str, params: object) -> dict[str, Any]:
        """The answer to a request, be it a result or an error."""
        return self.answer(self.send(method, params))

    def answer(self, number: int) -> dict[str, Any]:
        """The answer to the request of this number; what else comes meanwhile is answered."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            while self._messages:
                found = self._messages.pop(0)
                if "method" not in found and found.get("id") == number:
                    return found
                if "method" in found and "id" not in found:
                    self.told.append((time.perf_counter(), found))
                if "method" in found and "id" in found:
                    self.write(_encoded({"jsonrpc": "2.0", "id": found["id"], "result": None}))
            self._read(deadline - time.monotonic())

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def resident(self) -> float:
        """Memory in MB (of a million bytes) of the process and all that it has started."""
        return sum(map(_resident, _family(self.process.pid))) / 1e6

    def _read(self, seconds: float) -> None:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, seconds))
        data = os.read(self.process.stdout.fileno(), 1 << 16) if ready else b""
        if not data:
            raise TimeoutError(f"no answer from {self.process.args}")
        self._messages += map(json.loads, self._frames.feed(data))


def message(method: str, params: object, **more: object) -> bytes:
    """A request (with `id`) or a notification, ready to be written."""
    return _encoded({"jsonrpc": "2.0", **more, "method": method, "params": params})


def _encoded(plain: object) -> bytes:
    return frame(json.dumps(plain).encode())


@contextmanager
def language_server(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> Iterator[LanguageServer]:
    """A server that runs until the end of the block; not yet initialised."""
    process = subprocess.Popen(
        list(map(str, command)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )
    try:
        yield LanguageServer(process)
    finally:
        for child in reversed(_family(process.pid)):
            os.kill(child, 9)
        process.communicate()


def _family(pid: int) -> list[int]:
    """A process and those that it has started, by Linux's /proc."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")  # Any thread may have started one.
    children = [child for task in tasks for child in task.read_text().split()]
    return [pid, *itertools.chain.from_iterable(_family(int(child)) for child in children)]


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except FileNotFoundError:  # It has ended since it was listed.
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
