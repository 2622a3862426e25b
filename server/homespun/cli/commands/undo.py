"""`homespun undo`: take back a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from homespun.cli import results
from homespun.cli.files import root_of
from homespun.cli.options import folder_option, json_option
from homespun.cli.session import Session
from homespun.engine.ports import Outcome
from homespun.errors import Refused

if TYPE_CHECKING:
    from homespun.engine.engine import Engine


@click.command("undo")
@click.argument("change_id", metavar="[ID]", required=False)
@folder_option
@json_option
@click.pass_obj
def command(session: Session, change_id: str | None, folder: Path | None) -> int:
    """Take back change ID, in all its files at once.

    Default: the latest change that stands. What you changed since stays; where that cannot be,
    nothing is touched, and what stands in the way is shown as a patch.
    """
    root = root_of(folder)

    async def work(engine: Engine) -> Outcome:
        return await engine.undo(change_id)

    outcome = session.run(root, work)
    if session.as_json:
        session.write_json({**results.as_data(outcome), "obstacle": outcome.obstacle})
    else:
        results.show_text(session, outcome.obstacle)
        results.tell(session, root, outcome)
    return Refused.exit_code if outcome.status == "rejected" else 0
