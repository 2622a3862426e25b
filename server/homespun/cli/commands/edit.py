"""`homespun edit`: change a file by an instruction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

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
    span_of,
    yes_option,
)
from homespun.cli.session import Session
from homespun.cli.terminal import Progress, Unasked
from homespun.core.comments import comment_at
from homespun.core.text import Snapshot
from homespun.engine.ports import EditTask, Outcome, Place
from homespun.errors import NothingToDo

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

Scope = Literal["selection", "file", "workspace"]


@click.command("edit")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("instruction", default="")
@lines_option
@click.option(
    "--scope",
    type=click.Choice(["selection", "file", "workspace"]),
    help="What may change. Default: the lines if they are given, else the file.",
)
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
            task = _task(snapshot, instruction.strip(), lines, scope)
            task = replace(task, model=model, review="always" if dry_run else None)
            return await engine.edit(task, progress, review)

        outcome = session.run(root, work)
    if dry_run and review.shown is not None:
        return results.end_dry(session, outcome, review.shown)
    return results.end(session, root, outcome, progress.planned, review)


def _task(
    snapshot: Snapshot, instruction: str, lines: Lines | None, scope: Scope | None
) -> EditTask:
    """What the command line asks for, without its model and review."""
    if not instruction:
        return _task_of_comment(snapshot, lines, scope)
    span = None if lines is None else span_of(snapshot, lines)
    scope = scope or ("file" if span is None else "selection")
    return EditTask(instruction, Place(snapshot.uri, span), scope)


def _task_of_comment(snapshot: Snapshot, lines: Lines | None, scope: Scope | None) -> EditTask:
    first, last = lines or (1, len(snapshot.lines))
    comment = comment_at(snapshot, first - 1, last - 1)
    if comment is None:
        raise NothingToDo(
            "There is no instruction, and no `homespun:` comment that would be one.",
            'Say what is to be changed: homespun edit FILE "use pathlib".',
        )
    place = Place(snapshot.uri, comment.span)
    return EditTask(comment.instruction, place, scope or "selection", remove_comment=comment.span)
