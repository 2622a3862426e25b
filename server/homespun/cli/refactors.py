"""How a refactor ended, and those that were left, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from homespun.cli import results
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.cli.survey import Surveyed, as_data
from homespun.cli.terminal import Progress, Unasked
from homespun.core.counting import part
from homespun.core.plan import ChangePlan
from homespun.engine.refactor.task import Refactored, RefactorTask, Unfinished
from homespun.errors import NothingToDo, Refused

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_NAMED = 3
CHECK_FAILED = 1
"""The exit code for a change that is made, and does not pass a check of the user's own."""


def end(
    session: Session,
    root: Path,
    done: Refactored,
    planned: ChangePlan | None,
    surveyed: Surveyed,
    task: RefactorTask,
    *,
    wanted_dry: bool,
) -> int:
    """Tell how the refactor that was `task` ended; the exit code."""
    more: dict[str, object] = {"left": list(done.left), "unseen": list(done.unseen)}
    more["kept"] = done.kept
    if surveyed.seen is not None:
        more["survey"] = as_data(surveyed.seen)
    if not isinstance(surveyed.review, Unasked):
        for finding in done.left:
            session.say(f"left behind: {printable(finding)}", style="yellow")
        _say_unseen(session, done.unseen)
        code = results.end(session, root, done.outcome, planned, surveyed.review, more)
        if done.kept:
            _say_ways(session, task, done.outcome.change_id, "See it again")
        return code or (0 if done.passed else CHECK_FAILED)
    return _end_dry(session, done, task, more, wanted=wanted_dry)


def _end_dry(
    session: Session,
    done: Refactored,
    task: RefactorTask,
    more: Mapping[str, object],
    *,
    wanted: bool,
) -> int:
    """Show what would be made, which can be made from what is kept; the exit code."""
    outcome = done.outcome
    if session.as_json:
        status = "proposed" if done.diff else outcome.status
        told = {**results.as_data(outcome), "status": status, **more}
        session.write_json({**told, "diff": done.diff})
    else:
        results.show_text(session, done.diff)
        for reason in outcome.reasons:
            session.say(f"refused: {printable(reason)}", style="yellow")
        for finding in done.left:
            session.say(f"left behind: {printable(finding)}", style="yellow")
        _say_unseen(session, done.unseen)
        session.say(outcome.summary)
        if done.diff:
            how = "--finished --yes" if task.finished else "--yes"
            make = f"{task.resuming(outcome.change_id)} {how}"
            session.say(f"Nothing was changed. To make this very change: {make}", style="bold")
    if not wanted and done.diff:
        session.say("It should be looked at first, and there is nobody to ask.", style="yellow")
        return Refused.exit_code
    return Refused.exit_code if outcome.reasons or done.left else 0


def _say_unseen(session: Session, paths: Sequence[str]) -> None:
    """Tell which files would have been shown to the model beside others, had there been room."""
    if not paths:
        return
    names = ", ".join(printable(path) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    session.say(f"There was no room to show {names}{more} beside some of the files.", style="dim")


def say_kept(session: Session, progress: Progress, task: RefactorTask) -> None:
    """Tell what Ctrl-C left of the refactor that was `task`, and how to go on."""
    state = progress.standing
    progress.pause()
    if state is None:
        return
    done = part(state.over, state.total, "file")
    session.say(f"Nothing was changed. {done} done, and kept.", style="bold")
    if state.over:
        session.say(f"See what is done: {task.resuming(state.change_id)} --finished -n")
    _say_ways(session, task, state.change_id, "Go on with it")


def _say_ways(session: Session, task: RefactorTask, change_id: str, on: str) -> None:
    """Tell how a refactor that is kept is gone on with, or forgotten."""
    session.say(f"{on}: {task.resuming(change_id)}")
    session.say(f"Forget it: homespun refactor --drop {change_id}")


def show_list(session: Session, root: Path) -> int:
    """The refactors that were left."""

    async def work(engine: Engine) -> Sequence[Unfinished]:
        return await engine.refactors.unfinished()

    left = session.run(root, work)
    if session.as_json:
        session.write_json({"refactors": [_unfinished(one) for one in left]})
    elif not left:
        session.say("No refactor was left before its end.")
    else:
        session.write("".join(_line(one) for one in left))
        session.say("Go on with one: homespun refactor --resume ID. Forget it: --drop ID.", "dim")
    return 0


def drop(session: Session, root: Path, change_id: str) -> int:
    """Forget one that was left. Raises `NothingToDo`."""

    async def work(engine: Engine) -> bool:
        return await engine.refactors.drop(change_id)

    if not session.run(root, work):
        raise NothingToDo(
            f"There is no refactor {change_id} that was left.",
            "`homespun refactor --list` names those that were.",
        )
    if session.as_json:
        session.write_json({"dropped": change_id})
    else:
        session.say("It is forgotten. No file was changed.")
    return 0


def _unfinished(one: Unfinished) -> dict[str, object]:
    return {
        "id": one.change_id,
        "at": one.at,
        "instruction": one.instruction,
        "files": one.files,
        "done": one.done,
        "running": one.running,
    }


def _line(one: Unfinished) -> str:
    when = datetime.fromtimestamp(one.at).strftime("%Y-%m-%d %H:%M")
    state = "at work" if one.running else f"{part(one.done, one.files, 'file')} done"
    return f"{when}  {one.change_id}  {state}  {printable(' '.join(one.instruction.split()))}\n"
