"""One keystroke: in the text alone, and as a `didChange` through the whole server process.

Through the process, keystrokes are written flat out and followed by a request that no server
knows; the time until its answer, divided by the keystrokes, is what one costs the server.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from lsprotocol import types
from pygls.workspace import PositionCodec, TextDocument
from tests.benchmarks import contenders
from tests.benchmarks.language_server import LanguageServer, language_server, message
from tests.benchmarks.measure import Row, Table, compare
from tests.benchmarks.sources import source

from homespun.core.linestore import LineStore
from homespun.core.text import Position, Range

_SIZES = (10_000, 50_000)
_STROKES = 200
_ROUNDS = 9


def run() -> Iterator[Table]:
    for size in _SIZES:
        text = "".join(source(size))
        title = f"Keystroke: the text alone, {size:,} lines"
        yield Table(title, "µs", compare(_in_process(text), rounds=301, scale=1e6))
    commands = {
        "homespun lsp": contenders.HOMESPUN,
        "a bare pygls server": contenders.BARE_PYGLS,
        "ruff server": contenders.ruff(),
    }
    for size in _SIZES:
        title = f"Keystroke: through the server, {size:,} lines"
        yield Table(title, "µs", _through_servers(commands, "".join(source(size))))


def _in_process(text: str) -> Mapping[str, Callable[[], object]]:
    typed, shown = LineStore(text), LineStore(text)
    document = TextDocument("file:///a.py", text, position_codec=PositionCodec())
    line = text.count("\n") // 2
    at = Range(Position(line, 4), Position(line, 4))
    place = types.Position(line, 4)
    change = types.TextDocumentContentChangePartial(types.Range(place, place), "x")
    return {
        "homespun's LineStore": lambda: typed.replace(at, "utf-16", "x"),
        "the same, and a snapshot": lambda: _with_snapshot(shown, at),
        "pygls' TextDocument": lambda: document.apply_change(change),
    }


def _with_snapshot(store: LineStore, at: Range) -> object:
    store.replace(at, "utf-16", "x")
    return store.snapshot("file:///a.py", 1)


def _through_servers(commands: Mapping[str, contenders.Command | None], text: str) -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        typing: dict[str, Callable[[], float] | None] = {}
        for name, command in commands.items():
            typing[name] = None
            if command:
                server = stack.enter_context(language_server(command, contenders.own_files(folder)))
                typing[name] = _typist(server, folder, text)
        rows = [Row(name, []) for name in commands]
        for round_ in range(_ROUNDS + 1):
            for row, type_ in zip(rows, typing.values(), strict=True):
                if type_ and (taken := type_()) and round_:
                    row.samples.append(taken)
        return rows


def _typist(server: LanguageServer, folder: Path, text: str) -> Callable[[], float]:
    """A function that types into the middle of an open file; the µs for each keystroke."""
    uri = (folder / "a.py").as_uri()
    server.initialize(folder)
    server.notify("initialized", {})
    server.open(uri, text)
    server.request("bench/unknown", {})
    versions = itertools.count(2)
    line = text.count("\n") // 2

    def type_() -> float:
        strokes = b"".join(_stroke(uri, next(versions), line) for _ in range(_STROKES))
        begun = time.perf_counter()
        server.write(strokes)
        server.request("bench/unknown", {})
        return (time.perf_counter() - begun) / _STROKES * 1e6

    return type_


def _stroke(uri: str, version: int, line: int) -> bytes:
    place = {"line": line, "character": 4}
    return message(
        "textDocument/didChange",
        {
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"range": {"start": place, "end": place}, "text": "x"}],
        },
    )
