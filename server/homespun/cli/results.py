"""How a change ended: for people, for programs, and as an exit code."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from homespun.cli import spending
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.cli.terminal import Agreeing, Asking, Unasked, show_patch, show_plan
from homespun.core.patch import patch
from homespun.core.plan import ChangePlan
from homespun.disk import to_path
from homespun.engine.ports import Outcome
from homespun.errors import Refused

Reviewer = Asking | Agreeing | Unasked
_NOTHING: Mapping[str, object] = {}


def end(
    session: Session,
    root: Path,
    outcome: Outcome,
    planned: ChangePlan | None,
    review: Reviewer,
    more: Mapping[str, object] = _NOTHING,
) -> int:
    """Tell how a change ended; the exit code. `planned`: the change as it was last proposed.

    `more` is what programs are told besides.
    """
    if outcome.status == "rejected" and isinstance(review, Unasked) and review.shown is not None:
        outcome = replace(outcome, reasons=(*review.shown.risks, _NOBODY))
    landed = _landed(review.shown or planned, outcome)
    if session.as_json:
        session.write_json({**as_data(outcome), **more, "diff": patch(landed) if landed else ""})
    else:
        if landed is not None and not _seen(review):
            _show(session, landed)
        tell(session, root, outcome)
    return Refused.exit_code if _refused(outcome, review) else 0


def _refused(outcome: Outcome, review: Reviewer) -> bool:
    """Half a change counts as refused, lest scripts take it for a whole one, unless chosen."""
    if outcome.status == "partly":
        return not _seen(review)
    return outcome.status == "rejected"


def _seen(review: Reviewer) -> bool:
    """Whether a person has looked at the change."""
    return isinstance(review, Asking) and review.shown is not None


def end_dry(session: Session, outcome: Outcome, plan: ChangePlan) -> int:
    """Show what would be changed; the exit code."""
    if session.as_json:
        proposed = replace(outcome, status="rejected", reasons=plan.reasons)
        session.write_json({**as_data(proposed), "status": "proposed", "diff": patch(plan)})
    else:
        _show(session, plan)
        _say_all(session, (*plan.reasons, *(plan.risks if not session.out.is_terminal else ())))
        session.say("Nothing was changed. To make this very change: homespun reapply", style="bold")
        session.say(_by(outcome), style="dim")
    return Refused.exit_code if plan.reasons else 0


_NOBODY = (
    "It should be looked at first, and there is nobody to ask: see it with --dry-run,"
    " then use --yes."
)


def _landed(plan: ChangePlan | None, outcome: Outcome) -> ChangePlan | None:
    """The part of `plan` that was really made; None where nothing was."""
    made = {file.uri for file in outcome.files}
    if plan is None or not made:
        return None
    files = tuple(file for file in plan.offered if (file.new_uri or file.uri) in made)
    return replace(plan, files=files)


def _show(session: Session, plan: ChangePlan) -> None:
    """The diff as the result: in colours on a terminal, as a patch for programs elsewhere."""
    if session.out.is_terminal:
        show_plan(session.out, plan)
    else:
        session.write(patch(plan))


def show_text(session: Session, patch_text: str) -> None:
    """A patch as the result, in colours on a terminal."""
    if session.out.is_terminal:
        show_patch(session.out, patch_text)
    else:
        session.write(patch_text)


def _say_all(session: Session, notes: Sequence[str]) -> None:
    for note in notes:
        session.say(f"look at this: {printable(note)}", style="yellow")


def as_data(outcome: Outcome) -> dict[str, object]:
    """The outcome as `homespun/edit` answers it, and the paths of its files."""
    return {
        "changeId": outcome.change_id,
        "status": outcome.status,
        "summary": outcome.summary,
        "reasons": list(outcome.reasons),
        "files": [
            {
                "path": to_path(file.uri),
                "uri": file.uri,
                "action": file.action,
                "added": file.added,
                "removed": file.removed,
            }
            for file in outcome.files
        ],
        "answeredBy": {
            "provider": outcome.provider,
            "model": outcome.model,
            "local": outcome.local,
        },
        "usage": spending.as_data(outcome.spent),
    }


def answered_by(provider: str, model: str, *, local: bool) -> str:
    """Who answered, as every result says it."""
    return f"{printable(provider)}/{printable(model)} ({'local' if local else 'cloud'})"


def tell(session: Session, root: Path, outcome: Outcome) -> None:
    """Say on `err` what became of each file, and who answered."""
    for reason in outcome.reasons:
        session.say(f"refused: {printable(reason)}", style="yellow")
    for file in outcome.files:
        path = os.path.relpath(to_path(file.uri), root)
        session.say(f"{_DONE[file.action]} {printable(path)} (+{file.added} -{file.removed})")
    session.say(_headline(outcome), style="bold" if outcome.files else "bold red")
    if outcome.model:
        session.say(_by(outcome), style="dim")
    if outcome.status in ("applied", "partly") and outcome.model:
        session.say(f"Take it back: homespun undo {outcome.change_id}", style="dim")


_DONE = {"edit": "edited", "create": "created", "delete": "deleted", "rename": "renamed"}


def _headline(outcome: Outcome) -> str:
    said = printable(outcome.summary)
    match outcome.status:
        case "applied":
            return said or "Done."
        case "partly":
            return f"{said} Not all of it could be done.".lstrip()
        case "rejected":
            return f"Nothing was changed. {said if outcome.obstacle else ''}".rstrip()
        case "nothing":
            return f"There is nothing to change. {said}".rstrip()


def _by(outcome: Outcome) -> str:
    by = answered_by(outcome.provider, outcome.model, local=outcome.local)
    return f"{by} · {spending.in_words(outcome.spent)}"
