"""Edits one after the other in one file, with typing in between, at a real model server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import click

from engine.world import MemoryWorkspace, Recorder, engine_over
from homespun.core.text import Span
from homespun.engine.ports import EditTask, Place
from homespun.journal.store import Journal
from model_servers.asking import USUAL, provider_at
from model_servers.llama_server import Options, llama_server
from model_servers.relay import Reading, relay

FILE = "formatting.py"
"""A real source of 320 lines."""
_HEADERS = (
    "def measure_table(", "def iter_rows(", "    def indent(self)", "    def write_usage(",
    "    def write_dl(", "    def section(", "def join_options(", "    def write_heading(",
    "    def dedent(self)", "    def getvalue(self)",
)  # fmt: skip
_REPLY = "Done.\n\n```python\ndef renewed(self, value: int) -> int:\n    return value + 1\n```\n"


def source() -> str:
    """The text of the file that is edited."""
    return (Path(click.__file__).parent / FILE).read_text(encoding="utf-8")


async def edited(folder: Path, edits: int) -> tuple[Sequence[Reading], Sequence[str]]:
    """How the server read the prompts of so many edits, and how each edit ended.

    The model is held by a grammar to one reply, which takes the place of another definition each
    time; after every edit a line is typed somewhere else.
    """
    root = folder / "project"
    root.mkdir()
    workspace = MemoryWorkspace(root, {FILE: source()}, [FILE])
    grammar = f"root ::= {_quoted(_REPLY)}"
    options = Options(parallel=1, context=32_768, batch=2048, grammar=grammar)
    recorder, statuses = Recorder(), list[str]()
    async with AsyncExitStack() as stack:
        server = stack.enter_context(llama_server(folder, options))
        passing = await stack.enter_async_context(relay(server.address))
        endpoint = replace(USUAL, kind="llamacpp", first_byte_timeout=300.0)
        model = await stack.enter_async_context(provider_at(passing.address, endpoint))
        engine = engine_over(
            workspace,
            model,  # pyright: ignore[reportArgumentType] - a real one, in the told one's place
            Journal(folder / "journal.db"),
            folder,
            {"edit_format": "fenced"},
        )
        for number in range(edits):
            task = _task(workspace, _HEADERS[number])
            outcome = await engine.edit(task, recorder, recorder)
            statuses.append(outcome.status)
            _type(workspace, number)
        await engine.close()
    return passing.readings, statuses


def _task(workspace: MemoryWorkspace, header: str) -> EditTask:
    at = (workspace.text(FILE) or "").index(header) + len(header)
    place = Place(workspace.uri(FILE), Span(at, at))
    return EditTask("Make it shorter.", place, "selection", review="never")


def _type(workspace: MemoryWorkspace, number: int) -> None:
    """A comment that the user writes above some line, each time further down."""
    lines = (workspace.text(FILE) or "").splitlines(keepends=True)
    at = 20 + 25 * number
    workspace.type(FILE, "".join((*lines[:at], f"# seen {number}\n", *lines[at:])))


def _quoted(text: str) -> str:
    """`text` as GBNF writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
