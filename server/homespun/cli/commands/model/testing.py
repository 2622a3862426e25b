"""`homespun model test`: what a model can do, seen."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from homespun.cli.files import root_of
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.engine.ports import Check
from homespun.errors import ModelError

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}
_NEEDED = ("connection", "streaming")
"""What has to work for a model to be of any use; without the rest Homespun finds another way."""
_WORDS = {"ok": "yes", "warning": "no", "error": "failed"}


@click.command("test")
@click.argument("model", metavar="[NAME[/MODEL]]", required=False)
@json_option
@click.pass_obj
def test(session: Session, model: str | None) -> int:
    """Ask a model a few short questions, and keep what it can do.

    Streaming, each form of JSON, cancelling, speed, the real context window, tools, images. Nothing
    of yours is sent. Default: the model that serves. The exit code is 0 where it answers.
    """
    with session.err.status("Asking ...") as status:

        async def work(engine: Engine) -> list[Check]:
            checks: list[Check] = []
            async with aclosing(engine.shelf.trial(model)) as steps:
                async for check in steps:
                    checks.append(check)
                    status.update(f"{check.name} is done ...")
            return checks

        checks = session.run(root_of(None), work)
    usable = not any(check.status == "error" and check.name in _NEEDED for check in checks)
    if session.as_json:
        session.write_json({"usable": usable, "checks": [asdict(check) for check in checks]})
    else:
        session.out.print(_table(checks))
    return 0 if usable else ModelError.exit_code


def _table(checks: list[Check]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("what", "seen", "found", "next"):
        table.add_column(name, overflow="fold")
    for check in checks:
        seen = Text(_WORDS[check.status], style=_STYLES[check.status])
        found, hint = Text(printable(check.found)), Text(printable(check.hint), style="dim")
        table.add_row(check.name, seen, found, hint)
    return table
