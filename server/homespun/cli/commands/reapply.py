"""`homespun reapply`: place a kept reply again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from homespun.cli import results
from homespun.cli.files import root_of
from homespun.cli.options import folder_option, json_option, review_for, yes_option
from homespun.cli.session import Session
from homespun.cli.terminal import Progress
from homespun.engine.ports import Outcome

if TYPE_CHECKING:
    from homespun.engine.engine import Engine


@click.command("reapply")
@click.argument("change_id", metavar="[ID]", required=False)
@yes_option
@folder_option
@json_option
@click.pass_obj
def command(session: Session, change_id: str | None, yes: bool, folder: Path | None) -> int:
    """Place the reply of change ID again, on the text as it is now, without asking the model.

    Default: the latest change that was refused, dropped or taken back.
    """
    root = root_of(folder)
    with Progress(session.err) as progress:
        review = review_for(session, progress, yes=yes)

        async def work(engine: Engine) -> Outcome:
            if change_id is not None:
                # An id that is wrong is told as such, not as a change without a reply.
                await engine.details(change_id)
            return await engine.reapply(change_id, progress, review)

        outcome = session.run(root, work)
    return results.end(session, root, outcome, progress.planned, review)
