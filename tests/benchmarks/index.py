"""The workspace's index through the whole server, on the sources of well-known packages.

What editors feel: seconds from the server's start until words and symbols are searchable, with
keystrokes sent all the while; a start where the index is there; a file that is saved; memory.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import contenders
from tests.benchmarks.language_server import LanguageServer, language_server
from tests.benchmarks.measure import Row, Table
from tests.benchmarks.sources import source
from tests.model_servers.peers import this_machine

from homespun.index import place
from homespun.index.reader import Reader

_SMALL, _LARGE = 20_000, 100_000
_MAPPED = (1_000, 5_000)
_PATIENCE = 900.0
_PAUSE = 0.1
"""Seconds between two keystrokes: 120 words a minute."""
_LOOK = 0.05
"""Seconds between two looks at how far the index is."""
_MEMORY = 4
"""Keystrokes between two looks at how much memory there is in use."""
_SAVES = 20
_STARTS = 9
_MAP_PATIENCE = 300
_PARTS = "words", "symbols too"
_PEERS = Path(__file__).parent / "peers"


def run() -> Iterator[Table]:
    tree = this_machine().sources()
    if tree is None:
        yield Table("The index: not measured, `make peers PARTS=sources` installs its tree", "s")
        return
    for count in (_SMALL, _LARGE):
        with _workspace(tree, count) as root:
            yield from _tables(count, _Run(root))
    for count in _MAPPED:
        with _workspace(tree, count) as root:
            yield _beside_aider(root, count)


@dataclass
class _Run:
    """A cold start and what follows it. Times in seconds, memory in MB."""

    root: Path
    words: float = 0.0
    symbols: float = 0.0
    keystrokes: list[float] = field(default_factory=list[float])
    plain: Sequence[float] = ()
    """Of a plain script: until it has the words, and until it has the names too."""
    saved: list[float] = field(default_factory=list[float])
    warm: list[float] = field(default_factory=list[float])
    opened: list[float] = field(default_factory=list[float])
    gathering: Mapping[str, Sequence[float]] = field(default_factory=dict[str, Sequence[float]])
    memory: float = 0.0
    size: float = 0.0


def _tables(count: int, run: _Run) -> Iterator[Table]:
    with TemporaryDirectory() as kept:
        _measure(run, Path(kept))
        run.plain = json.loads(_said(_command("plain_index.py", run.root), Path(kept)))
    yield Table(
        f"The index of {count:,} files, from a cold start",
        "s",
        [
            Row("words searchable", [run.words]),
            Row("symbols too", [run.symbols]),
            *(
                Row(f"a plain script, {what}", [taken])
                for what, taken in zip(_PARTS, run.plain, strict=True)
            ),
            Row("a warm start, to the first answer", run.opened),
            Row("the same, with the start of Python and all imports", run.warm),
            Row("a saved file searchable", run.saved),
        ],
    )
    yield Table(
        f"The index of {count:,} files: a keystroke's answer while it is built",
        "ms",
        [Row("through the server", run.keystrokes)],
        percentile=True,
    )
    yield Table(
        f"Gathering for an edit among {count:,} files",
        "ms",
        [
            Row("with the index", run.gathering["index"]),
            Row("the same, the first time for a file", run.gathering["first"]),
            Row("where there is none yet", run.gathering["none"]),
        ],
        percentile=True,
    )
    yield Table(
        f"The index of {count:,} files: memory and disk",
        "MB",
        [Row("all processes, at most", [run.memory]), Row("on disk", [run.size])],
    )


def _measure(run: _Run, kept: Path) -> None:
    environ = contenders.own_files(kept)
    reader = Reader(str(run.root), place.database(str(run.root), kept / "cache/homespun/index"))
    began = time.perf_counter()
    with language_server(contenders.HOMESPUN, environ) as server:
        server.initialize(run.root)
        server.notify("initialized", {})
        typist = _Typist(server, run.root)
        typist.type_until(lambda: reader.state().words)
        run.words = time.perf_counter() - began
        typist.type_until(lambda: reader.state().symbols)
        run.symbols = time.perf_counter() - began
        run.keystrokes, run.memory = typist.answers, typist.memory
        run.saved = [_save(server, run.root, reader, number) for number in range(_SAVES)]
    starts = [_first_answer(run.root, kept) for _ in range(_STARTS)]
    run.warm, run.opened = [whole for whole, _ in starts], [own for _, own in starts]
    run.gathering = json.loads(_said(_command("gathering.py", run.root), kept))
    run.size = reader.state().size / 1e6
    reader.close()


class _Typist:
    """Types into a document of 1,000 lines, and waits for each keystroke to be taken in."""

    def __init__(self, server: LanguageServer, root: Path) -> None:
        self._server = server
        self._uri = (root / "typed.py").as_uri()
        self._version = 1
        self.answers: list[float] = []
        self.memory = 0.0
        server.open(self._uri, "".join(source(1_000)))

    def type_until(self, done: Callable[[], object]) -> None:
        deadline = time.monotonic() + _PATIENCE
        following = time.monotonic()
        while not done():
            assert time.monotonic() < deadline, "the index was not built in time"
            if time.monotonic() >= following:
                self._stroke()
                following = time.monotonic() + _PAUSE
                if len(self.answers) % _MEMORY == 0:
                    self.memory = max(self.memory, self._server.resident())
            time.sleep(_LOOK)

    def _stroke(self) -> None:
        self._version += 1
        at = {"line": 500, "character": 0}
        document = {"uri": self._uri, "version": self._version}
        change = {"range": {"start": at, "end": at}, "text": "x"}
        began = time.perf_counter()
        self._server.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
        )
        self._server.request("homespun/unknown", {})
        self.answers.append((time.perf_counter() - began) * 1e3)


def _save(server: LanguageServer, root: Path, reader: Reader, number: int) -> float:
    """Seconds from a file's saving until a word that is new in it is found."""
    word = f"word_of_save_{number}"
    file = root / "saved.py"
    file.write_text("".join(source(300)) + f"{word} = {number}\n")
    began = time.perf_counter()
    server.notify("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})
    while not reader.words([word], 1):
        assert time.perf_counter() - began < _PATIENCE
        time.sleep(0.001)
    return time.perf_counter() - began


def _first_answer(root: Path, kept: Path) -> tuple[float, float]:
    """Seconds until a kept index has answered: from a process's start, and from its opening."""
    command = _command("first_answer.py", root)
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=_environ(kept)) as process:
        assert process.stdout is not None
        found, opened = process.stdout.readline().split()
        taken = time.perf_counter() - began
        process.communicate()
    assert int(found), "nothing was found"
    return taken, float(opened)


def _command(peer: str, root: Path) -> list[str]:
    return [sys.executable, str(_PEERS / peer), str(root)]


def _environ(kept: Path) -> dict[str, str]:
    return {**os.environ, **contenders.own_files(kept)}


def _said(command: Sequence[str], kept: Path) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, env=_environ(kept), check=True).stdout


def _beside_aider(root: Path, count: int) -> Table:
    """The time until names are known: our symbols, and aider's map of the repository."""
    run = _Run(root)
    with TemporaryDirectory() as kept:
        _measure(run, Path(kept))
    ours = Row("homespun, all symbols", [run.symbols])
    python = this_machine().aider_python()
    rows = [ours, Row("aider's repository map", [])]
    if python is not None:
        seconds, memory = _map(python, root)
        name = f"aider's repository map ({memory:.0f} MB)"
        if seconds is None:
            name = f"aider's repository map: stopped after {_MAP_PATIENCE} s ({memory:.0f} MB)"
        rows[1] = Row(name, [_MAP_PATIENCE if seconds is None else seconds])
    rows[0] = Row(f"homespun, all symbols ({run.memory:.0f} MB)", ours.samples)
    return Table(f"Names of {count:,} files, from a cold start", "s", rows)


def _map(python: Path, root: Path) -> tuple[float | None, float]:
    """Seconds that aider's map takes (None where it is not done in time), and its memory in MB."""
    command = [str(python), str(_PEERS / "aider_map.py"), str(root)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        peak = _Peak(process.pid)
        try:
            process.wait(_MAP_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return None, peak.end()
        assert process.returncode == 0, "aider's map failed"
        return time.perf_counter() - began, peak.end()


class _Peak:
    """The most memory that a process has had, in MB, looked at from a thread."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> float:
        self._over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE") / 1e6
        while not self._over.wait(0.2):
            try:
                pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
            except (OSError, IndexError):
                return
            self._most = max(self._most, pages * page)


@contextmanager
def _workspace(tree: Path, count: int) -> Iterator[Path]:
    """A folder with `count` files of `tree`, whole and several times where there are not enough."""
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    with TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        for number, file in enumerate(_repeated(files, count)):
            copy = root / str(number // len(files)) / file.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        yield root


def _repeated(files: Sequence[Path], count: int) -> Iterator[Path]:
    for number in range(count):
        # Of few files those that stand far apart, so that all packages have a part.
        step = max(1, len(files) // count)
        yield files[(number * step) % len(files)]
