"""`homespun`, and `python -m homespun`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the exit code.

    The language server takes a short way: editors wait for it to start, so nothing that only the
    other commands need is imported. Some clients add `--stdio` by themselves. `index-worker`
    and `index-helper` are processes that a server starts beside itself, no commands for people.
    """
    if sys.argv[1:] in (["lsp"], ["lsp", "--stdio"]):
        from homespun.app import serve

        return serve()
    if sys.argv[1:] == ["index-worker"]:
        from homespun.app import build_indexes

        return build_indexes()
    if sys.argv[1:2] == ["index-helper"]:
        from pathlib import Path

        from homespun.index.helper import serve as help_index

        return help_index(sys.stdin.buffer, sys.stdout.buffer, Path(sys.argv[2]))
    from homespun.cli.run import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
