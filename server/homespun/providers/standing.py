"""How a model server stands right now: asked with a GET or two, without any text of the user's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from homespun.errors import HomespunError, ModelError
from homespun.providers import failures, probing
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.kinds import kind

Status = Literal["ready", "loading", "no models", "unknown model", "wrong key", "unreachable"]

_REFUSED_KEY = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Standing:
    """A server's status, the models that it lists, and what to do or to know."""

    status: Status
    models: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""


async def standing(http: Http, endpoint: Endpoint, *, limit: float = 2.0) -> Standing:
    """How the server of `endpoint` stands; `limit` in seconds. Raises nothing of ours.

    A server without a list of models counts as ready: it answers, and more shows when it is used.
    """
    listed = await _asked(http, endpoint, endpoint.models_path, limit)
    if listed.status != "ready":
        return listed
    # llama-server shows its list to everybody, and while it loads too; what it says of its window
    # only to who has the key, and once it is ready.
    told = (probe.path for probe in kind(endpoint.kind).windows)
    path = next((path for path in told if path != kind(endpoint.kind).models_path), "")
    window = await _asked(http, endpoint, path, limit) if path else listed
    return window if window.status in ("loading", "wrong key") else listed


def other_name(endpoint: Endpoint, models: Sequence[str]) -> str:
    """What people should know where one model answers to every name, also to a wrong one.

    `models` is what the server lists, or what it says of its answer. "" for nothing to know.
    """
    only = models[0] if len(models) == 1 else ""
    is_other = only not in ("", endpoint.model) and endpoint.model
    if is_other and kind(endpoint.kind).any_name:
        return f"Its only model answers to every name: it is {only}."
    return ""


async def _asked(http: Http, endpoint: Endpoint, path: str, limit: float) -> Standing:
    """What the answer at one path tells."""
    try:
        status, data = await http.get(endpoint, path, limit=limit)
    except HomespunError as error:
        return Standing("unreachable", reason=error.message, hint=error.hint)
    if status != 200:
        return _refused(status, data, endpoint)
    return _listing(data, endpoint)


def _listing(data: object, endpoint: Endpoint) -> Standing:
    """What a list of models tells; what is no list tells only that the server answers."""
    models = probing.model_names(data)
    never_lists = endpoint.model in kind(endpoint.kind).unlisted
    if probing.lists_models(data) and not models and not never_lists:
        hint = "Load or download a model in that server."
        return Standing("no models", reason="it lists no models", hint=hint)
    if models and not _serves(models, endpoint):
        hint = f"It has: {', '.join(models[:8])}."
        return Standing("unknown model", models, f"it does not list {endpoint.model!r}", hint)
    return Standing("ready", models, hint=other_name(endpoint, models))


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


def _serves(models: tuple[str, ...], endpoint: Endpoint) -> bool:
    """Whether it has the endpoint's model; Ollama adds `:latest` to a name without a tag."""
    row, model = kind(endpoint.kind), endpoint.model
    takes_any = not model or model in row.unlisted or (len(models) == 1 and row.any_name)
    # LiteLLM lists what its configuration passes on as it is written there, such as `openai/*`.
    listed = any(fnmatchcase(model, name) for name in models if "*" in name)
    return takes_any or listed or model in models or f"{model}:latest" in models
