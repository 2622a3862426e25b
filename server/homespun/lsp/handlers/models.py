"""`homespun/models`, `/selectModel`, `/testModel`, `/addModel` and its kin."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from lsprotocol import types

from homespun.errors import InputError, NothingToDo
from homespun.lsp.dispatch import Endpoint
from homespun.lsp.handlers.health import line

if TYPE_CHECKING:
    from homespun.engine.ports import Check
    from homespun.engine.shelf import Shelf
    from homespun.lsp.jobs import Job
    from homespun.lsp.model_methods import (
        AddModelParams,
        AddModelResult,
        KeptModelResult,
        ListedProvider,
        ModelParams,
        ModelsParams,
        ModelsResult,
        RemoveModelParams,
        RemoveModelResult,
        SelectModelParams,
        SelectModelResult,
        TestModelResult,
    )
    from homespun.lsp.server import Server

_OFFERED = 8
"""Models that are offered in a message; more would not be read."""


async def models(ls: Server, job: Job, params: ModelsParams) -> ModelsResult:
    """The models that there are."""
    from homespun.lsp.results import models_result

    return models_result(await (await ls.engine()).shelf.listed())


async def select(ls: Server, job: Job, params: SelectModelParams) -> SelectModelResult:
    """Switch to a model that answers; asked for where none is named."""
    from homespun.lsp.results import select_result

    shelf = (await ls.engine()).shelf
    model = params.model or await _picked(job, shelf)
    job.events.stage("waiting", model)
    result = select_result(await shelf.select(model, keep=params.keep))
    job.events.result(_sentence(result))
    return result


async def test(ls: Server, job: Job, params: ModelParams) -> TestModelResult:
    """Put a model to the test, telling each step as it is done."""
    from homespun.lsp.results import trial_result

    checks: list[Check] = []
    shelf = (await ls.engine()).shelf
    async with aclosing(shelf.trial(params.model)) as steps:
        async for check in steps:
            checks.append(check)
            job.events.stage("checking", check.name)
    return trial_result(checks)


async def add(ls: Server, job: Job, params: AddModelParams) -> AddModelResult:
    """Keep a model server by name."""
    from homespun.config.profiles import Profile
    from homespun.lsp.model_methods import AddModelResult

    profile = Profile(params.name, params.type, params.endpoint, params.key, params.models)
    file = await (await ls.engine()).shelf.roster.add(profile)
    return AddModelResult(name=params.name, file=file)


async def remove(ls: Server, job: Job, params: RemoveModelParams) -> RemoveModelResult:
    """Take a model server away."""
    from homespun.lsp.model_methods import RemoveModelResult

    served = await (await ls.engine()).shelf.roster.remove(params.name)
    return RemoveModelResult(name=params.name, served=served)


async def pull(ls: Server, job: Job, params: ModelParams) -> KeptModelResult:
    """Download a model, telling how far it is."""
    from homespun.engine.shelf import told
    from homespun.lsp.model_methods import KeptModelResult

    model, shown = _named(params), ""
    shelf = (await ls.engine()).shelf
    async with aclosing(shelf.pull(model)) as progresses:
        async for progress in progresses:
            if (words := told(progress)) != shown:
                job.events.stage("loading", words)
                shown = words
    return KeptModelResult(model=model)


async def delete(ls: Server, job: Job, params: ModelParams) -> KeptModelResult:
    """Delete a model."""
    from homespun.lsp.model_methods import KeptModelResult

    return KeptModelResult(model=await (await ls.engine()).shelf.delete(_named(params)))


async def tell_models(ls: Server, result: ModelsResult) -> None:
    """List them: as a document, or in a message."""
    lines = [_listed(provider) for provider in result.providers] or ["No models are known yet."]
    page = "# Homespun's models\n\n" + "".join(f"- {one}\n" for one in lines)
    if not await ls.show_page("models.md", page):
        ls.say("\n".join(lines))


async def tell_select(ls: Server, result: SelectModelResult) -> None:
    """Say which model serves now, and why where it is not the one that was asked for."""
    kind = types.MessageType.Info if result.status == "switched" else types.MessageType.Warning
    ls.say(f"Homespun: {_sentence(result)}", kind)


async def tell_test(ls: Server, result: TestModelResult) -> None:
    """Show what was seen: as a document, or in a message."""
    page = "# The model's test\n\n" + "".join(f"- {line(check)}\n" for check in result.checks)
    if not await ls.show_page("model-test.md", page):
        ls.say("\n".join(line(check) for check in result.checks))


async def tell_add(ls: Server, result: AddModelResult) -> None:
    """Say where it is kept."""
    ls.say(f"Homespun: {result.name} is kept in {result.file}.")


async def tell_remove(ls: Server, result: RemoveModelResult) -> None:
    """Say that it is gone, and what that leaves."""
    more = " It served, so choose another model." if result.served else ""
    kind = types.MessageType.Warning if result.served else types.MessageType.Info
    ls.say(f"Homespun: {result.name} is gone from your settings.{more}", kind)


async def tell_pull(ls: Server, result: KeptModelResult) -> None:
    """Say that it is there."""
    ls.say(f"Homespun: {result.model} is downloaded.")


async def tell_delete(ls: Server, result: KeptModelResult) -> None:
    """Say that it is gone."""
    ls.say(f"Homespun: {result.model} is deleted.")


async def _picked(job: Job, shelf: Shelf) -> str:
    """The model that the user picks. Raises `NothingToDo` for none."""
    listed = await shelf.listed()
    ids = [f"{one.provider}/{model}" for one in listed if one.named for model in one.models]
    if not ids:
        raise NothingToDo("There is no model to choose from.", "Add one: `homespun model add`.")
    answer = await job.review.pick("Which model is to serve?", tuple(ids[:_OFFERED]))
    if answer is None:
        raise NothingToDo("No model was chosen, so nothing is changed.")
    return answer


def _named(params: ModelParams) -> str:
    if not params.model:
        raise InputError("No model is named.", 'Name it, such as "ollama/qwen2.5-coder:7b".')
    return params.model


def _sentence(result: SelectModelResult) -> str:
    where = "local" if result.local else "cloud"
    match result.status:
        case "switched":
            return f"{result.model} ({where}) serves now. {result.reason}".rstrip()
        case "warned":
            return f"{result.model} ({where}) serves now, though: {result.reason} {result.hint}"
        case "kept":
            return f"The model stays as it was: {result.reason} {result.hint}".rstrip()


def _listed(provider: ListedProvider) -> str:
    names = ", ".join(provider.models) or "no models"
    mark = f" (serves: {provider.serves})" if provider.serves else ""
    words = f"{provider.provider}{mark}: {provider.status}, {names}. {provider.reason}"
    return f"{words} {provider.hint}".rstrip()


MODELS = Endpoint("homespun/models", "Homespun: models", False, models, tell_models)
SELECT = Endpoint("homespun/selectModel", "Homespun: switch model", False, select, tell_select)
TEST = Endpoint("homespun/testModel", "Homespun: test model", False, test, tell_test)
ADD = Endpoint("homespun/addModel", "Homespun: add model", False, add, tell_add)
REMOVE = Endpoint("homespun/removeModel", "Homespun: remove model", False, remove, tell_remove)
PULL = Endpoint("homespun/pullModel", "Homespun: download model", False, pull, tell_pull)
DELETE = Endpoint("homespun/deleteModel", "Homespun: delete model", False, delete, tell_delete)
