"""A three-way merge, beside `git merge-file`, which is started, reads and prints as well."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Row, Table, compare
from tests.benchmarks.sources import edited, source

from homespun.core.merge import merge


def run() -> Iterator[Table]:
    for count in (10_000, 50_000):
        base = source(count)
        current = edited(base, first=0, every=100, word="typed")
        proposed = edited(base, first=50, every=100, word="proposed")
        title = f"Merge: {count:,} lines, 1 % changed on either side"
        yield Table(title, "ms", _rows(base, current, proposed))
    base = source(10_000)
    title = "Merge: 10,000 lines, one line changed on either side"
    current = edited(base, first=100, every=10_000, word="typed")
    yield Table(
        title, "ms", _rows(base, current, edited(base, first=9_000, every=10_000, word="new"))
    )


def _rows(*texts: Sequence[str]) -> list[Row]:
    base, current, proposed = map("".join, texts)
    with TemporaryDirectory() as folder:
        for name, text in {"base": base, "current": current, "proposed": proposed}.items():
            Path(folder, name).write_text(text)
        command = ["git", "merge-file", "-p", "current", "base", "proposed"]
        given = subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout
        if merge(base, current, proposed).text != given:
            raise AssertionError("the merges differ, so their times don't compare")
        return compare(
            {
                "homespun": lambda: merge(base, current, proposed),
                "git merge-file": lambda: subprocess.run(command, cwd=folder, capture_output=True),
            },
            rounds=21,
        )
