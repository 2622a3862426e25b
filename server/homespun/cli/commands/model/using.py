"""`homespun model use`: let another model serve."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from homespun.cli.commands.model import shared
from homespun.cli.files import root_of
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.engine.switching import Switched
from homespun.errors import ModelError

if TYPE_CHECKING:
    from homespun.engine.engine import Engine


@click.command("use")
@click.argument("model", metavar="NAME[/MODEL]")
@json_option
@click.pass_obj
def use(session: Session, model: str) -> int:
    """Let a model serve from now on, if it answers.

    It is asked for one token first. One on your machine that does not answer is not switched to;
    a cloud's is, with a warning, where the fault will pass.
    """
    return switch(session, model)


def switch(session: Session, model: str) -> int:
    """Ask `model` for one token and, where it may serve, let it; the exit code."""

    async def work(engine: Engine) -> Switched:
        return await engine.shelf.select(model, keep=True)

    switched = session.run(root_of(None), work)
    if session.as_json:
        session.write_json(asdict(switched))
    else:
        _tell(session, switched)
    return ModelError.exit_code if switched.status == "kept" else 0


def _tell(session: Session, switched: Switched) -> None:
    if switched.status != "kept":
        shared.tell_choice(session, printable(switched.model))
    if switched.reason:
        session.say(printable(switched.reason), style="yellow")
        session.say(printable(switched.hint))
    if switched.status == "kept":
        session.say("The model stays as it was.", style="bold red")
