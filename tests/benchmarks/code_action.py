"""Code actions in a 10,000-line file, each asked for right after a keystroke, over stdio."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.benchmarks import contenders
from tests.benchmarks.language_server import LanguageServer, language_server
from tests.benchmarks.measure import Row, Table
from tests.benchmarks.sources import source

_LINES = 10_000
_ASKED = 500


def run() -> Iterator[Table]:
    commands = {
        "homespun lsp, a selection": contenders.HOMESPUN,
        "homespun lsp, no selection": contenders.HOMESPUN,
        "a bare pygls server that offers none": contenders.BARE_PYGLS,
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        uri = (folder / "a.py").as_uri()
        users: list[_User] = []
        for name, command in commands.items():
            server = stack.enter_context(language_server(command, contenders.own_files(folder)))
            server.initialize(folder)
            server.notify("initialized", {})
            server.open(uri, "".join(source(_LINES)))
            users.append(_User(server, uri, 5 if name.endswith("a selection") else 0))
        rows = [Row(name, []) for name in commands]
        for number in range(_ASKED + 10):
            for user, row in zip(users, rows, strict=True):
                milliseconds = user.ask(number)
                if number >= 10:  # the first ones import what they need
                    row.samples.append(milliseconds)
        yield Table(f"Code actions in {_LINES:,} lines", "ms", rows, percentile=True)


class _User:
    """Types a character somewhere and asks at once what can be done there."""

    def __init__(self, server: LanguageServer, uri: str, selected: int) -> None:
        """`selected` in lines."""
        self._server = server
        self._uri = uri
        self._selected = selected
        self._random = Random(1)

    def ask(self, version: int) -> float:
        """The milliseconds from the request to its answer."""
        line = self._random.randrange(_LINES - self._selected)
        place = {"line": line, "character": 0}
        end = {"line": line + self._selected, "character": 0}
        self._server.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self._uri, "version": version + 2},
                "contentChanges": [{"range": {"start": place, "end": place}, "text": " "}],
            },
        )
        begun = time.perf_counter()
        answer = self._server.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self._uri},
                "range": {"start": place, "end": end},
                "context": {"diagnostics": []},
            },
        )
        taken = time.perf_counter() - begun
        if "error" in answer:
            raise AssertionError(answer["error"])
        return taken * 1e3
