"""The building process, as the server holds it: started when needed, and again where it fails."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from homespun.index.orders import Order, Serve, write

_log = logging.getLogger(__name__)

_STARTS = 3
"""Times that a process is started: one that ends by itself again and again is of no use."""


class Child:
    """One process for all folders of a workspace. Nothing here waits for it, or fails."""

    def __init__(
        self, command: Sequence[str], folder: Path, environ: Mapping[str, str] = os.environ
    ) -> None:
        """`command` runs `worker.work`, in `folder`: never in one whose files it would import."""
        self._command = command
        self._environ = environ
        self._folder = folder
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._serving: Serve | None = None
        self._starts = 0
        self._failure = ""
        self._closed = False

    @property
    def problem(self) -> str:
        """Why there is no process that would build, "" where there is one or none was needed."""
        return self._failure

    @property
    def pid(self) -> int | None:
        """The process's id; None where there is none."""
        return self._process.pid if self._process is not None else None

    def prepare(self) -> None:
        """Start the process, which will be told what to do: it has much to import until then."""
        with self._lock:
            if self._process is None and not self._closed:
                self._process = self._start()

    def dismiss(self) -> None:
        """End a process that was prepared, and has nothing to do."""
        with self._lock:
            if self._serving is None and self._process is not None:
                self._process.kill()  # It would see that it is to end only when all is imported.
                _end(self._process)
                self._process, self._starts = None, 0

    def serve(self, order: Serve) -> None:
        """What it is to build from now on; it is started where it does not run."""
        with self._lock:
            self._serving = order
            self._send(order)

    def tell(self, order: Order) -> None:
        """Pass an order on."""
        with self._lock:
            self._send(order)

    def close(self) -> None:
        """End it: it ends itself when its input does."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        _end(process)

    def _send(self, order: Order) -> None:
        if self._closed or self._serving is None:
            return
        process = self._process
        if process is None or process.poll() is not None:
            process = self._start()
            if process is None:
                return
            self._process, order = process, self._serving
        try:
            if process.stdin is not None:
                process.stdin.write(write(order))
                process.stdin.flush()
        except OSError as error:
            _log.warning("The index's process took no order: %s", error)

    def _start(self) -> subprocess.Popen[bytes] | None:
        self._starts += 1
        if self._starts > _STARTS:
            self._failure = "the process that builds it does not stay alive"
            return None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return subprocess.Popen(  # noqa: S603 - our own program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env={**self._environ, "PYTHONSAFEPATH": "1"},
            )
        except OSError as error:
            _log.warning("The index's process cannot be started: %s", error)
            self._failure = f"the process that builds it cannot be started: {error}"
            return None


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def command(name: str) -> Sequence[str]:
    """The command line of one of Homespun's own hidden commands."""
    return (sys.executable, "-P", "-m", "homespun", name)
