"""`python -m tests.benchmarks [NAME ...]`: print the tables of all benchmarks, or of some."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "start",
    "keystroke",
    "code_action",
    "stream",
    "servers",
    "reply",
    "cancel",
    "diff",
    "merge",
    "placing",
    "landing",
    "plans",
    "refactor",
    "index",
    "retrieval",
    "prefix",
    "vscode",
)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}.")
        return 2
    for name in names or NAMES:
        for table in import_module(f"tests.benchmarks.{name}").run():
            print(table.render(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
