"""`homespun model pull` and `delete`: Ollama's own models."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

import click
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from homespun.cli.files import root_of
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session

if TYPE_CHECKING:
    from homespun.engine.engine import Engine
    from homespun.providers.ollama_models import Pulling


@click.command("pull")
@click.argument("model")
@json_option
@click.pass_obj
def pull(session: Session, model: str) -> int:
    """Download MODEL to Ollama, such as `qwen2.5-coder:7b`. Ctrl-C stops it; what has come stays.

    Only where your settings have `allow_pull = true` for that provider.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=session.err) as bars:
        show = _shower(bars)

        async def work(engine: Engine) -> None:
            async with aclosing(engine.shelf.pull(model)) as progresses:
                async for progress in progresses:
                    show(progress)

        session.run(root_of(None), work)
    if session.as_json:
        session.write_json({"pulled": model})
    else:
        session.say(f"{printable(model)} is there.", style="bold")
    return 0


@click.command("delete")
@click.argument("model")
@json_option
@click.pass_obj
def delete(session: Session, model: str) -> int:
    """Delete MODEL from Ollama. Only where your settings have `allow_pull = true` for it."""

    async def work(engine: Engine) -> str:
        return await engine.shelf.delete(model)

    deleted = session.run(root_of(None), work)
    if session.as_json:
        session.write_json({"deleted": deleted})
    else:
        session.say(f"{printable(deleted)} is deleted.", style="bold")
    return 0


def _shower(bars: Progress) -> Callable[[Pulling], None]:
    """Shows a step of the download: a bar for each layer, its name for the rest."""
    layers: dict[str, TaskID] = {}

    def show(progress: Pulling) -> None:
        name = printable(progress.status)
        if name not in layers:
            layers[name] = bars.add_task(name, total=progress.total or None)
        bars.update(layers[name], completed=progress.completed, total=progress.total or None)
        if not progress.total:
            bars.update(layers[name], visible=False)

    return show
