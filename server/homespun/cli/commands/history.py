"""`homespun history`: the changes of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from homespun.cli import results
from homespun.cli.files import root_of
from homespun.cli.options import folder_option, json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.engine.ports import HistoryDetails, HistoryEntry

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_STYLES = {"applied": "green", "partly": "yellow", "refused": "red", "failed": "red"}


@click.command("history")
@click.argument("change_id", metavar="[ID]", required=False)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@folder_option
@json_option
@click.pass_obj
def command(session: Session, change_id: str | None, limit: int, folder: Path | None) -> int:
    """List the changes of this workspace, newest first; with ID, show what that one did."""
    root = root_of(folder)
    if change_id is not None:
        return _details(session, root, change_id)

    async def work(engine: Engine) -> Sequence[HistoryEntry]:
        return await engine.history(limit)

    entries = session.run(root, work)
    if session.as_json:
        session.write_json({"changes": [_as_data(entry) for entry in entries]})
    elif not entries:
        session.say("There are no changes yet.")
    elif session.out.is_terminal:
        session.out.print(_table(entries))
    else:
        session.write("".join(_line(entry) for entry in entries))
    return 0


def _details(session: Session, root: Path, change_id: str) -> int:
    async def work(engine: Engine) -> HistoryDetails:
        return await engine.details(change_id)

    found = session.run(root, work)
    if session.as_json:
        session.write_json({**_as_data(found.entry), "diff": found.patch})
    else:
        session.say(_line(found.entry).rstrip("\n"), style="bold")
        results.show_text(session, found.patch)
    return 0


def _as_data(entry: HistoryEntry) -> dict[str, object]:
    return {
        "changeId": entry.change_id,
        "at": entry.at,
        "title": entry.title,
        "status": entry.status,
        "summary": entry.summary,
        "files": list(entry.files),
        "model": entry.model,
        "local": entry.local,
    }


def _table(entries: Sequence[HistoryEntry]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("when", "id", "what", "how it ended", "files", "model"):
        # An id is there to be copied, so it stays in one piece.
        table.add_column(name, overflow="fold", no_wrap=name == "id")
    for entry in entries:
        style = _STYLES.get(entry.status, "")
        cells = [Text(printable(cell)) for cell in _cells(entry)]
        cells[3].stylize(style)
        table.add_row(*cells)
    return table


def _line(entry: HistoryEntry) -> str:
    return (
        "\t".join(printable(cell).replace("\n", " ").replace("\t", " ") for cell in _cells(entry))
        + "\n"
    )


def _cells(entry: HistoryEntry) -> tuple[str, ...]:
    when = datetime.fromtimestamp(entry.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    where = "local" if entry.local else "cloud"
    model = f"{entry.model} ({where})"
    return when, entry.change_id, entry.title, entry.status, " ".join(entry.files), model
