"""`homespun edit`: change a file by an instruction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from homespun.cli import results
from homespun.cli.files import open_file, root_with
from homespun.cli.options import (
    Lines,
    folder_option,
    json_option,
    lines_option,
    model_option,
    review_for,
    yes_option,
)
from homespun.cli.session import Session
from homespun.cli.task import Scope, scope_option, task_of
from homespun.cli.terminal import Progress, Unasked
from homespun.engine.ports import Outcome

if TYPE_CHECKING:
    from homespun.engine.engine import Engine


@click.command("edit")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("instruction", default="")
@lines_option
@scope_option
@model_option
@yes_option
@click.option("--dry-run", "-n", is_flag=True, help="Show the diff, and change nothing.")
@folder_option
@json_option
@click.pass_obj
def command(
    session: Session,
    file: Path,
    instruction: str,
    lines: Lines | None,
    scope: Scope | None,
    model: str | None,
    yes: bool,
    dry_run: bool,
    folder: Path | None,
) -> int:
    """Change FILE as INSTRUCTION says.

    `-` reads the instruction from stdin. Without one, the first `homespun:` comment in the file
    (or in the lines) is the instruction, and goes away with the edit.

    FILE lies in the workspace; for one that lies elsewhere, name its folder with --folder.

    \b
    homespun edit app.py "log each request" --lines 10-40
    homespun edit app.py "use pathlib" --dry-run | git apply
    """
    if instruction == "-":
        instruction = session.stdin.read()
    file = file.resolve()
    root = root_with(file, folder)
    with Progress(session.err) as progress:
        review = Unasked() if dry_run else review_for(session, progress, yes=yes)

        async def work(engine: Engine) -> Outcome:
            snapshot = await open_file(engine, file)
            task = task_of(snapshot, instruction.strip(), lines, scope)
            task = replace(task, model=model, review="always" if dry_run else None)
            return await engine.edit(task, progress, review)

        outcome = session.run(root, work)
    if dry_run and review.shown is not None:
        return results.end_dry(session, outcome, review.shown)
    return results.end(session, root, outcome, progress.planned, review)
