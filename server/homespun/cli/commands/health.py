"""`homespun health`: how each model server stands, once or as a living table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, NoReturn

import click
from rich.live import Live
from rich.table import Table
from rich.text import Text

from homespun.cli.files import root_of
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.engine.health import Listed
from homespun.errors import NoModel

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

Look = Callable[[], Awaitable[Sequence[Listed]]]

_STYLES = {"ready": "green", "loading": "yellow"}
_SHOWN = 3
"""Models that are shown beside the one that serves."""


@click.command("health")
@click.option("--all", "everywhere", is_flag=True, help="Also every known server's usual address.")
@click.option("--provider", metavar="NAME", help="Only this one: one of yours, or a preset.")
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(0.2, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between two looks.",
)
@json_option
@click.pass_obj
def command(
    session: Session, everywhere: bool, provider: str | None, watch: bool, every: float
) -> int:
    """Show how each model server of your settings stands, and the next step where it is not ready.

    Nothing is asked of a model: servers only say who they are. The exit code is 0 where what
    serves is ready (or, where nothing serves, any), else 1.
    """

    async def look(engine: Engine) -> Sequence[Listed]:
        health = engine.shelf.health
        if provider is not None:
            return [await health.of(provider)]
        rows = await (health.everywhere() if everywhere else health.named())
        if not rows:
            raise NoModel("No model server is set.", "`homespun health --all` looks for some.")
        return rows

    root = root_of(None)
    if watch:
        with suppress(KeyboardInterrupt):
            session.run(root, lambda engine: _watch(session, lambda: look(engine), every))
        return 0
    rows = session.run(root, look)
    _show(session, rows)
    return 0 if _is_well(rows) else 1


async def _watch(session: Session, look: Look, every: float) -> NoReturn:
    """Show each look: in place on a terminal, elsewhere where it differs from the one before."""
    if session.out.is_terminal and not session.as_json:
        with Live(console=session.out, auto_refresh=False) as live:
            while True:
                live.update(_table(await look()), refresh=True)
                await asyncio.sleep(every)
    shown: Sequence[tuple[str, ...]] = ()
    while True:
        rows = await look()
        if (cells := [_cells(row) for row in rows]) != shown:
            shown = cells
            _show(session, rows)
        await asyncio.sleep(every)


def _is_well(rows: Sequence[Listed]) -> bool:
    serving = [row.status == "ready" for row in rows if row.serves]
    return all(serving) if serving else any(row.status == "ready" for row in rows)


def _show(session: Session, rows: Sequence[Listed]) -> None:
    if session.as_json:
        session.write_json({"healthy": _is_well(rows), "providers": [_as_data(r) for r in rows]})
    elif session.out.is_terminal:
        session.out.print(_table(rows))
    else:
        session.write("".join("\t".join(_cells(row)) + "\n" for row in rows))


def _as_data(row: Listed) -> dict[str, object]:
    return {**asdict(row), "seconds": round(row.seconds, 3)}


def _table(rows: Sequence[Listed]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("provider", "status", "address", "models", "next step"):
        table.add_column(name, overflow="fold")
    for row in rows:
        cells = [Text(cell) for cell in _cells(row)]
        cells[1].stylize(_STYLES.get(row.status, "red" if row.named else "dim"))
        table.add_row(*cells, style="" if row.named else "dim")
    return table


def _cells(row: Listed) -> tuple[str, ...]:
    step = " ".join(filter(None, (row.reason, row.hint)))
    cells = (row.provider, row.status, row.address, _models(row), step)
    return tuple(printable(cell).replace("\n", " ").replace("\t", " ") for cell in cells)


def _models(row: Listed) -> str:
    """The model that serves, marked, and as many others as can be read at a glance."""
    others = [model for model in row.models if model != row.serves]
    shown = [f"{row.serves} (serves)"] if row.serves else []
    shown += others[:_SHOWN]
    more = len(others) - _SHOWN
    return ", ".join([*shown, f"{more} more"] if more > 0 else shown)
