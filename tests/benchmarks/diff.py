"""Two texts to edits, beside `git diff --histogram`, which is started, reads and prints as well."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Row, Table, compare
from tests.benchmarks.sources import edited, source

from homespun.core.diff import blocks, edits, unified
from homespun.core.text import split_lines


def run() -> Iterator[Table]:
    for count in (10_000, 50_000):
        before = source(count)
        after = edited(before, first=50, every=100, word="calculate")
        yield Table(f"Diff: {count:,} lines, 1 % changed", "ms", _rows(before, after))
    before = source(10_000)
    after = [*before[:5_000], "    a_new_line = None\n", *before[5_001:]]
    yield Table("Diff: 10,000 lines, one hunk", "ms", _rows(before, after))


def _rows(before: Sequence[str], after: Sequence[str]) -> list[Row]:
    old, new = "".join(before), "".join(after)
    with TemporaryDirectory() as folder:
        Path(folder, "old").write_text(old)
        Path(folder, "new").write_text(new)
        command = ["git", "diff", "--no-index", "--histogram", "--", "old", "new"]
        return compare(
            {
                "changed lines (text in, blocks out)": lambda: _changed(old, new),
                "edits by words": lambda: edits(old, new),
                "a unified diff": lambda: unified(old, new, "a"),
                "changed lines, split before": lambda: blocks(before, after),
                "git diff --histogram": lambda: subprocess.run(
                    command, cwd=folder, capture_output=True
                ),
            },
            rounds=21,
        )


def _changed(old: str, new: str) -> object:
    return blocks(split_lines(old), split_lines(new))
