"""What a real llama-server reads anew in a session, in tokens by its own `timings`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from engine.prefix_session import edited
from model_servers.relay import Reading

_EDITS = 10


class Report:
    """The table, as Markdown."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = readings

    def render(self) -> str:
        rows = [
            f"| {number} | {one.known + one.read} | {one.read} | {one.share:.1%} |"
            for number, one in enumerate(self.readings, 1)
        ]
        return "\n".join(
            (
                "\n### Tokens read anew: ten edits in 320 lines, with typing in between\n",
                "| edit | prompt | read anew | share |",
                "|--:|--:|--:|--:|",
                *rows,
                f"| mean | | | {mean(one.share for one in self.readings):.1%} |",
            )
        )


def run() -> Iterator[Report]:
    with TemporaryDirectory() as folder:
        readings, _ = asyncio.run(edited(Path(folder), _EDITS))
    yield Report(readings)
