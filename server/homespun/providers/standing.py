"""How a model server stands right now: asked with one GET, without any text of the user's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from homespun.errors import HomespunError, ModelError
from homespun.providers import failures, probing
from homespun.providers.base import Endpoint
from homespun.providers.http import Http

Status = Literal["ready", "loading", "no models", "unknown model", "wrong key", "unreachable"]

_REFUSED_KEY = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Standing:
    """A server's status, the models that it lists, and what to do where it is not ready."""

    status: Status
    models: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""


async def standing(http: Http, endpoint: Endpoint, *, limit: float = 2.0) -> Standing:
    """How the server of `endpoint` stands; `limit` in seconds. Raises nothing of ours.

    A server without a list of models counts as ready: it answers, and more shows when it is used.
    """
    try:
        status, data = await http.get(endpoint, endpoint.models_path, limit=limit)
    except HomespunError as error:
        return Standing("unreachable", reason=error.message, hint=error.hint)
    if status != 200:
        return _refused(status, data, endpoint)
    models = probing.model_names(data)
    is_list = isinstance(probing.follow(data, ("data",), ""), list)
    if is_list and not models:
        hint = "Load or download a model in that server."
        return Standing("no models", reason="it lists no models", hint=hint)
    if models and not _lists(models, endpoint.model):
        hint = f"It has: {', '.join(models[:8])}."
        return Standing("unknown model", models, f"it does not list {endpoint.model!r}", hint)
    return Standing("ready", models)


def _refused(status: int, data: object, endpoint: Endpoint) -> Standing:
    answer = failures.read(status, json.dumps(data).encode())
    error: ModelError = failures.error_for(answer, endpoint)
    if status in _REFUSED_KEY or error.code == "wrong_key":
        return Standing("wrong key", reason=error.message, hint=error.hint)
    if answer.is_loading:
        return Standing("loading", reason=error.message, hint=error.hint)
    if status in (404, 405):
        return Standing("ready")
    return Standing("unreachable", reason=error.message, hint=error.hint)


def _lists(models: tuple[str, ...], model: str) -> bool:
    """Whether a model is among those listed; Ollama adds `:latest` to a name without a tag."""
    return not model or model in models or f"{model}:latest" in models
