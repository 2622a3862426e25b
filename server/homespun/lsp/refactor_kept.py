"""What becomes of a refactor that was left, or said no to: asked where nothing else shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lsp.dispatch import Endpoint, Tokens
from homespun.lsp.review import EditorReview

if TYPE_CHECKING:
    from homespun.lsp.refactor_methods import RefactorParams, RefactorResult
    from homespun.lsp.server import Server

_ON, _SEE, _FORGET = "Go on", "Show what is done", "Forget it"


def offer(ls: Server, endpoint: Endpoint, on: RefactorParams, said: str) -> None:
    """Tell that the answers of a refactor are kept, and do with it what the user wants.

    `endpoint` serves refactors, `on` goes on with this one. Clients that list those that were left
    are only told.
    """
    told = f"Homespun: {said}"
    if ls.client.refactors:
        ls.say(f"{told} It can be resumed, or dropped.")
    else:
        ls.jobs.later(_ask(ls, endpoint, on, told))


def going_on(params: RefactorParams, change_id: str) -> RefactorParams:
    """What goes on with the refactor that `params` asked for, with what they said of it.

    What a first run leaves out is kept with it, what a resume does is not.
    """
    from homespun.lsp.refactor_methods import RefactorParams

    exclude = params.exclude if params.resume else ()
    said = {"exclude": exclude, "review": params.review, "model": params.model}
    return RefactorParams.model_validate({"resume": change_id, **said})


async def _ask(ls: Server, endpoint: Endpoint, on: RefactorParams, told: str) -> None:
    review = EditorReview(ls)
    seeing = on.model_copy(update={"finished": True, "dry_run": True})
    while (answer := await review.pick(told, (_ON, _SEE, _FORGET))) == _SEE:
        await endpoint.tell(ls, await _run(ls, endpoint, seeing))
    if answer == _ON:
        await endpoint.tell(ls, await _run(ls, endpoint, on))
    elif answer == _FORGET and await (await ls.engine()).refactors.drop(on.resume or ""):
        ls.say("Homespun: the refactor is forgotten. No file was changed.")


async def _run(ls: Server, endpoint: Endpoint, params: RefactorParams) -> RefactorResult:
    """A refactor as a job of its own."""
    return await ls.jobs.run(
        ls.jobs.admit(), endpoint.title, Tokens(), lambda job: endpoint.serve(ls, job, params)
    )
