"""`homespun`, and `python -m homespun`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the exit code.

    The language server takes a short way: editors wait for it to start, so nothing that only the
    other commands need is imported. Some clients add `--stdio` by themselves. `index-worker`
    and `index-parser` are processes that a server starts beside itself, no commands for people.
    """
    if sys.argv[1:] in (["lsp"], ["lsp", "--stdio"]):
        from homespun.app import serve

        return serve()
    if sys.argv[1:] == ["index-worker"]:
        from homespun.app import build_indexes

        return build_indexes()
    if sys.argv[1:] == ["index-parser"]:
        from homespun.index.helper import serve as parse

        return parse(sys.stdin.buffer, sys.stdout.buffer)
    from homespun.cli.run import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
