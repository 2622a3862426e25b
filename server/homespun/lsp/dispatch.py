"""From a request or a command of the wire contract to the handler that serves it, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from homespun.errors import HomespunError, InputError
from homespun.lsp.jobs import Job, Tokens

if TYPE_CHECKING:
    from homespun.lsp.server import Server
    from homespun.lsp.wire import Params, Wire

Serve = Callable[["Server", Job, Any], Awaitable[Any]]
Tell = Callable[["Server", Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of the contract: `serve` does it, `tell` shows a command's result to the user.

    `title` heads its progress. `needs_place`: it can do nothing without a document.
    """

    name: str
    title: str
    needs_place: bool
    serve: Serve
    tell: Tell


@dataclass(frozen=True, slots=True)
class Question:
    """One method that is answered at once: no job, no progress, and no waiting for others."""

    name: str
    serve: Callable[[Server, Any], Awaitable[Wire]]


def install_question(server: Server, question: Question) -> None:
    """Serve `question` as a request, and as a command that gives the same answer."""

    async def request(ls: Server, params: object) -> Any:
        return _dump(await question.serve(ls, _validate(question.name, params)))

    async def command(ls: Server, params: types.ExecuteCommandParams) -> Any:
        return await request(ls, params.arguments[0] if params.arguments else {})

    server.feature(question.name)(request)
    server.command(question.name.replace("/", "."))(command)


def install(server: Server, endpoint: Endpoint) -> None:
    """Serve `endpoint` as a request, and as a command."""

    # pygls goes by the name: a first parameter that is called `ls` is given the server.
    async def request(ls: Server, params: object) -> Any:
        return await _answer(ls, endpoint, params, None)

    async def command(ls: Server, params: types.ExecuteCommandParams) -> Any:
        return await _command(ls, endpoint, params)

    server.feature(endpoint.name)(request)
    server.command(endpoint.name.replace("/", "."))(command)


async def _answer(
    server: Server, endpoint: Endpoint, plain: object, work_token: int | str | None
) -> Any:
    """Serve a call to its end, as part of the task that cancelling it cancels."""
    params = _prepare(server, endpoint, plain)
    job_id, tokens = server.jobs.admit(), _tokens(params, work_token)
    result = await server.jobs.run(
        job_id, endpoint.title, tokens, lambda job: endpoint.serve(server, job, params)
    )
    return _dump(result)


async def _command(server: Server, endpoint: Endpoint, params: types.ExecuteCommandParams) -> Any:
    """Start a job and answer at once: some editors stand still until a command is answered."""
    plain: object = params.arguments[0] if params.arguments else {}
    if _waits(plain):
        return await _answer(server, endpoint, plain, params.work_done_token)
    try:
        if endpoint.needs_place and not params.arguments:
            raise _placeless(params.command)
        checked = _prepare(server, endpoint, plain)
        job_id = server.jobs.admit()
    except HomespunError as error:
        server.complain(error)
        return None

    async def work(job: Job) -> None:
        await endpoint.tell(server, await endpoint.serve(server, job, checked))

    server.jobs.start(job_id, endpoint.title, _tokens(checked, params.work_done_token), work)
    return {"job": job_id}


def _placeless(command: str) -> InputError:
    return InputError(
        f"`{command}` needs to know the place in the code.",
        "Select the code and pick Homespun from the editor's code actions.",
    )


def _waits(plain: object) -> bool:
    return isinstance(plain, dict) and bool(cast("dict[str, object]", plain).get("wait"))


def _prepare(server: Server, endpoint: Endpoint, plain: object) -> Params:
    """The parameters, checked, and pinned to the text as it is at this moment.

    A version that was given stays: from that one their place is followed when it is needed
    (`tasks.place`). Raises `JsonRpcInvalidParams` that names the field.
    """
    params = _validate(endpoint.name, plain)
    document = getattr(params, "text_document", None)
    if document is None or document.version is not None:
        return params
    snapshot = server.documents.snapshot(document.uri)
    version = None if snapshot is None else snapshot.version
    pinned = document.model_copy(update={"version": version})
    return params.model_copy(update={"text_document": pinned})


def _validate(name: str, plain: object) -> Params:
    from pydantic import ValidationError

    from homespun.lsp.methods import METHODS

    try:
        return METHODS[name].params.model_validate({} if plain is None else plain)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'params'}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)[:5]
        )
        raise JsonRpcInvalidParams(f"{name}: {wrong}") from None


def _tokens(params: Params, work_token: int | str | None) -> Tokens:
    own = params.work_done_token
    return Tokens(
        own if own is not None else work_token, getattr(params, "partial_result_token", None)
    )


def _dump(result: Wire) -> Any:
    return result.model_dump(mode="json", by_alias=True)
