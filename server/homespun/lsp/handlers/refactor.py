"""`homespun/refactor` and what goes with it: one instruction over many files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from homespun.core.counting import part
from homespun.lsp.dispatch import Endpoint, Question
from homespun.lsp.handlers.edit import tell_edit
from homespun.lsp.refactor_kept import going_on, offer
from homespun.lsp.tasks import place

if TYPE_CHECKING:
    from homespun.engine.engine import Engine
    from homespun.engine.ports import Place
    from homespun.lsp.jobs import Job
    from homespun.lsp.refactor_methods import (
        CancelFileParams,
        CancelFileResult,
        DropRefactorParams,
        DropRefactorResult,
        RefactorParams,
        RefactorResult,
        RefactorsParams,
        RefactorsResult,
    )
    from homespun.lsp.server import Server


async def refactor(ls: Server, job: Job, params: RefactorParams) -> RefactorResult:
    """Change many files as one."""
    from homespun.engine.refactor.task import RefactorTask
    from homespun.lsp.refactor_wire import refactor_result
    from homespun.lsp.results import sentence

    engine = await ls.engine()
    instruction = (params.instruction or "").strip()
    if not instruction and params.resume is None:
        instruction = await ls.ask_instruction("What should be changed in all these files?")
    task = RefactorTask(
        instruction,
        await _place(ls, params),
        include=params.include,
        exclude=params.exclude,
        review=params.review,
        model=params.model,
        dry_run=params.dry_run,
        resume=params.resume or "",
        finished=params.finished,
    )
    try:
        result = refactor_result(await engine.refactors.run(task, job.events, job.review))
    except asyncio.CancelledError:
        _tell_left(ls, engine, job, params)
        raise
    job.events.result(sentence(result))
    if result.kept and not params.dry_run:
        offer(ls, REFACTOR, going_on(params, result.change_id), "what was not made is kept.")
    return result


def _tell_left(ls: Server, engine: Engine, job: Job, params: RefactorParams) -> None:
    """Tell of a refactor that is cancelled what of it is kept, where it had come so far.

    One whose change waits to be reviewed is whole: there is nothing to go on with.
    """
    state = job.events.standing
    if state is None:
        return
    if engine.reviews.waits(state.change_id):
        done = "the refactor is done, and its change still waits for your decision"
        ls.say(f"Homespun: {done}. Nothing is changed before that.")
        return
    done = f"{part(state.over, state.total, 'file')} done, and kept"
    said = f"the refactor is stopped, and nothing was changed: {done}."
    offer(ls, REFACTOR, going_on(params, state.change_id), said)


async def tell_refactor(ls: Server, result: RefactorResult) -> None:
    """Say how it ended; a dry run's diff is shown."""
    if result.diff:
        if not await ls.show_page("refactor.diff", result.diff):
            ls.say(f"Homespun: {result.summary} Nothing was changed: this was a dry run.")
        return
    reasons = (*result.reasons, *result.left)
    await tell_edit(ls, result.model_copy(update={"reasons": reasons}))


async def cancel_file(ls: Server, params: CancelFileParams) -> CancelFileResult:
    """Leave one file out."""
    from homespun.lsp.refactor_methods import CancelFileResult

    refactors = (await ls.engine()).refactors
    return CancelFileResult(cancelled=refactors.cancel_file(params.id, params.file))


async def refactors(ls: Server, params: RefactorsParams) -> RefactorsResult:
    """What was left before its end."""
    from homespun.lsp.refactor_wire import refactors_result

    return refactors_result(await (await ls.engine()).refactors.unfinished())


async def drop_refactor(ls: Server, params: DropRefactorParams) -> DropRefactorResult:
    """Forget one that was left."""
    from homespun.lsp.refactor_methods import DropRefactorResult

    return DropRefactorResult(dropped=await (await ls.engine()).refactors.drop(params.id))


async def _place(ls: Server, params: RefactorParams) -> Place | None:
    from homespun.lsp.wire import Range

    if params.text_document is None:
        return None
    at = params.position
    cursor = None if at is None else Range(start=at, end=at)
    return (await place(ls, params.text_document, cursor))[1]


REFACTOR = Endpoint("homespun/refactor", "Homespun: refactor", False, refactor, tell_refactor)
CANCEL_FILE = Question("homespun/cancelFile", cancel_file)
REFACTORS = Question("homespun/refactors", refactors)
DROP_REFACTOR = Question("homespun/dropRefactor", drop_refactor)
