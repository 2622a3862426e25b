"""`homespun lsp`: the language server."""

from __future__ import annotations

import click

from homespun import app


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Accepted for clients that add it; stdio it is anyway.")
def command(stdio: bool) -> int:
    """Run the language server on stdin and stdout.

    Editors start it by themselves; see docs/getting-started.md.
    """
    return app.serve()
