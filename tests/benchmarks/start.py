"""From the start of the process to the answer of `initialize`, and the memory it has then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import contenders
from tests.benchmarks.language_server import language_server
from tests.benchmarks.measure import Row, Table

_ROUNDS = 9


def run() -> Iterator[Table]:
    commands = {
        "homespun lsp": contenders.HOMESPUN,
        "a bare pygls server": contenders.BARE_PYGLS,
        "ruff server": contenders.ruff(),
        "copilot-language-server": contenders.copilot(),
    }
    times = [Row(name, []) for name in commands]
    memory = [Row(name, []) for name in commands]
    for round_ in range(_ROUNDS + 1):
        for command, taken, resident in zip(commands.values(), times, memory, strict=True):
            if command is None:
                continue
            milliseconds, megabytes = _started(command)
            if round_:
                taken.samples.append(milliseconds)
                resident.samples.append(megabytes)
    yield Table("Start: from spawn to the answer of `initialize`", "ms", times)
    yield Table("Start: resident memory after it", "MB", memory)


def _started(command: contenders.Command) -> tuple[float, float]:
    with TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with language_server(command, contenders.own_files(Path(folder))) as server:
            server.initialize(Path(folder))
            taken = time.perf_counter() - begun
            return taken * 1e3, server.resident()
