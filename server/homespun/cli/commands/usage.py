"""`homespun usage`: what the requests to models took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from homespun.cli import spending
from homespun.cli.files import root_of
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.core.counting import counted
from homespun.engine.ports import Spent, UsageSum

if TYPE_CHECKING:
    from homespun.engine.engine import Engine
    from homespun.engine.ledger import UsageBy


@click.command("usage")
@click.option("--days", type=click.IntRange(1, 36_500), default=30, show_default=True)
@click.option(
    "--by",
    type=click.Choice(["model", "provider", "day"]),
    default="model",
    show_default=True,
    help="What to sum up.",
)
@json_option
@click.pass_obj
def command(session: Session, days: int, by: UsageBy) -> int:
    """Sum up what requests took: edits, their repairs, explanations and chats.

    Of all workspaces, as long as the journal keeps it. Costs are known where `[prices]` has the
    model.
    """

    async def work(engine: Engine) -> Sequence[UsageSum]:
        return await engine.usage(days, by)

    sums = session.run(root_of(None), work)
    if session.as_json:
        session.write_json({"days": days, "by": by, "usage": [_as_data(one) for one in sums]})
    elif not sums:
        session.say(f"No model was asked in the last {counted(days, 'day')}.")
    elif session.out.is_terminal:
        session.out.print(_table(by, sums))
    else:
        session.write("".join("\t".join(_cells(one)) + "\n" for one in sums))
    return 0


def _as_data(one: UsageSum) -> dict[str, object]:
    took = spending.as_data(one.spent) | {"firstTokenSeconds": round(one.first_token, 3)}
    return {"name": one.name, "requests": one.requests, **took}


def _table(by: UsageBy, sums: Sequence[UsageSum]) -> Table:
    table = Table(box=None, header_style="bold", show_footer=len(sums) > 1)
    whole = UsageSum(
        "all",
        sum(one.requests for one in sums),
        sum((one.spent for one in sums), Spent()),
        0.0,
    )
    table.add_column(by, overflow="fold", footer=Text("all", style="bold"))
    for name, total in zip(_COLUMNS, _cells(whole)[1:], strict=True):
        table.add_column(name, justify="right", footer=Text(total, style="bold"))
    for one in sums:
        table.add_row(*(Text(cell) for cell in _cells(one)))
    return table


_COLUMNS = ("requests", "read", "written", "first words", "a second", "cost")


def _cells(one: UsageSum) -> tuple[str, ...]:
    spent = one.spent
    return (
        printable(one.name).replace("\n", " ").replace("\t", " "),
        str(one.requests),
        str(spent.prompt_tokens),
        str(spent.completion_tokens),
        f"{one.first_token:.1f} s" if one.first_token else "",
        f"{spent.tokens_per_second:.0f}",
        spending.dollars(spent.cost),
    )
