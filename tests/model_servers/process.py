"""A real server as a child process: started, waited for, stopped by its own id."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_SECONDS = 100.0
STOP_SECONDS = 10.0
LOG_TAIL = 4000


class NotReady(Exception):
    """The server ended, or took too long, before it was ready."""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A running server: its address without `/v1`, the key it wants, its log."""

    name: str
    address: str
    log: Path
    process: subprocess.Popen[bytes]
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry the key, none where no key is wanted."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def client(self) -> httpx.AsyncClient:
        """A plain client for this server, with its key, for tests of the server itself."""
        return httpx.AsyncClient(
            base_url=self.address, headers=self.headers, timeout=60, trust_env=False
        )

    def log_tail(self) -> str:
        """The last part of what the server wrote, to show when a test fails."""
        return self.log.read_text(errors="replace")[-LOG_TAIL:]

    def wait_until_ready(self, path: str) -> None:
        """Return once a GET of `path` is answered with 200; raises `NotReady`."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers(path):
            if self.process.poll() is not None:
                raise NotReady(
                    f"{self.name} ended with {self.process.returncode}\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} is not ready\n{self.log_tail()}")
            time.sleep(0.05)

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.address + path, timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


def free_port() -> int:
    """A port on loopback that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    port: int,
    log: Path,
    *,
    key: str = "",
    environment: Mapping[str, str] | None = None,
) -> Iterator[ModelServer]:
    """Run a server until the end of the block; it may not be ready yet when the block begins."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
        )
        try:
            yield ModelServer(name, f"http://127.0.0.1:{port}", log, process, key)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
