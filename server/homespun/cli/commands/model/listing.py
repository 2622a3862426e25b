"""`homespun model list`: which models there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from homespun.cli.files import root_of
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.engine.health import Listed

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_STYLES = {"ready": "green", "loading": "yellow"}


@click.command("list")
@json_option
@click.pass_obj
def list_(session: Session) -> int:
    """List your model servers with their models, and what else runs on this machine."""

    async def work(engine: Engine) -> Sequence[Listed]:
        return await engine.shelf.listed()

    listed = session.run(root_of(None), work)
    if session.as_json:
        session.write_json({"providers": [asdict(one) for one in listed]})
    elif not listed:
        session.say("There are none yet, and none was found on this machine.")
        session.say("Add one: homespun model add NAME --type TYPE --endpoint ADDRESS --model MODEL")
    elif session.out.is_terminal:
        session.out.print(_table(listed))
    else:
        session.write("".join("\t".join(map(printable, _cells(one))) + "\n" for one in listed))
    for one in listed:
        if one.reason and not session.as_json:
            session.say(printable(f"{one.provider}: {one.reason} {one.hint}"), style="dim")
    return 0


def _table(listed: Sequence[Listed]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("", "name", "type", "address", "status", "models"):
        table.add_column(name, overflow="fold")
    for one in listed:
        cells = [Text(printable(cell)) for cell in _cells(one)]
        cells[4].stylize(_STYLES.get(one.status, "red"))
        if not one.named:
            cells[1].stylize("dim")
        table.add_row(*cells)
    return table


def _cells(one: Listed) -> tuple[str, ...]:
    """What serves has a star; what was only found has its name in brackets."""
    name = one.provider if one.named else f"({one.provider})"
    models = ", ".join(f"*{model}" if model == one.serves else model for model in one.models)
    where = one.address if one.local else f"{one.address} (cloud)"
    return "*" if one.serves else "", name, one.type, where, one.status, models
