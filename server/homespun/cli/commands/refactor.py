"""`homespun refactor`: change many files by one instruction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from homespun.cli import refactors
from homespun.cli.files import root_of
from homespun.cli.git import uncommitted
from homespun.cli.options import folder_option, json_option, model_option, review_for, yes_option
from homespun.cli.session import Session
from homespun.cli.survey import Surveyed
from homespun.cli.terminal import Progress, Unasked
from homespun.core.globs import exactly
from homespun.engine.refactor.task import Refactored, RefactorTask
from homespun.errors import InputError, NothingToDo

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_LATEST = "latest"
_SHOWN = 3


@click.command("refactor")
@click.argument("instruction", default="")
@click.argument("path", nargs=-1, type=click.Path(path_type=Path))
@click.option("--include", "-i", multiple=True, metavar="GLOB", help="Only files like this.")
@click.option("--exclude", "-x", multiple=True, metavar="GLOB", help="No files like this.")
@model_option
@yes_option
@click.option("--dry-run", "-n", is_flag=True, help="Show the diff, and change nothing.")
@click.option("--allow-dirty", is_flag=True, help="Also with changes that are not committed.")
@click.option(
    "--resume",
    metavar="[ID]",
    is_flag=False,
    flag_value=_LATEST,
    help="Go on with a refactor that was left, the latest without ID.",
)
@click.option(
    "--finished", is_flag=True, help="With --resume: only what is done, asking the model nothing."
)
@click.option("--list", "lists", is_flag=True, help="List the refactors that were left.")
@click.option("--drop", metavar="ID", help="Forget a refactor that was left.")
@folder_option
@json_option
@click.pass_obj
def command(
    session: Session,
    instruction: str,
    path: tuple[Path, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    model: str | None,
    yes: bool,
    dry_run: bool,
    allow_dirty: bool,
    resume: str | None,
    finished: bool,
    lists: bool,
    drop: str | None,
    folder: Path | None,
) -> int:
    """Change all files that matter as INSTRUCTION says, as one change.

    Without PATHs (files or folders) or globs, the files are found by what the instruction names.
    `-` reads the instruction from stdin.

    \b
    homespun refactor "rename `fetch` to `load`"
    homespun refactor "add type hints" src/package --dry-run | git apply
    homespun refactor --resume
    homespun refactor --resume --finished --dry-run
    """
    root = root_of(folder)
    if lists:
        return refactors.show_list(session, root)
    if drop is not None:
        return refactors.drop(session, root, drop)
    if finished and resume is None:
        raise InputError("--finished goes with --resume.", "Say which refactor: --resume ID.")
    if instruction == "-":
        instruction = session.stdin.read()
    task = RefactorTask(
        instruction.strip(),
        include=(*include, *(_inside(root, one) for one in path)),
        exclude=exclude,
        model=model,
        dry_run=dry_run or not (yes or session.asks),
        resume=resume or "",
        finished=finished,
    )
    if not (task.dry_run or allow_dirty):
        _refuse_dirty(root)
    return _run(session, root, task, wanted_dry=dry_run, yes=yes)


def _run(session: Session, root: Path, task: RefactorTask, *, wanted_dry: bool, yes: bool) -> int:
    with Progress(session.err) as progress:
        review = Unasked() if task.dry_run else review_for(session, progress, yes=yes)
        surveyed = Surveyed(session, progress, review)

        async def work(engine: Engine) -> Refactored:
            chosen = replace(task, resume=await _resumed(engine, task.resume))
            return await engine.refactors.run(chosen, progress, surveyed)

        try:
            done = session.run(root, work)
        except KeyboardInterrupt:
            refactors.say_kept(session, progress, task)
            raise
    return refactors.end(
        session, root, done, progress.planned, surveyed, task, wanted_dry=wanted_dry
    )


async def _resumed(engine: Engine, wanted: str) -> str:
    """The id of the refactor to go on with. Raises `NothingToDo` where there is none."""
    if wanted != _LATEST:
        return wanted
    left = [one for one in await engine.refactors.unfinished() if not one.running]
    if not left:
        raise NothingToDo("No refactor was left before its end.")
    return left[0].change_id


def _inside(root: Path, path: Path) -> str:
    """The glob for exactly this file or folder. Raises `InputError`."""
    path = path.resolve()
    if not path.exists():
        raise InputError(f"There is no {path}.", "Check the name and the current folder.")
    if not path.is_relative_to(root):
        raise InputError(f"{path} is not in {root}.", "Name its folder with --folder.")
    return exactly(path.relative_to(root).as_posix())


def _refuse_dirty(root: Path) -> None:
    changed = uncommitted(root)
    if changed:
        names = ", ".join(changed[:_SHOWN]) + (", ..." if len(changed) > _SHOWN else "")
        raise InputError(
            f"There are changes that are not committed: {names}.",
            "Commit or stash them, so that the refactor's own can be told apart; or use"
            " --allow-dirty.",
        )
