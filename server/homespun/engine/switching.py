"""Switching to another model, which is asked for one token first.

A local model that fails in any way is not switched to. A cloud model is, with a warning, where
the fault will pass (a 5xx, a time-out, too many requests), and is not where it will not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from homespun.core.prompt import Message
from homespun.errors import HomespunError, Loading, RequestRefused, ServerFault, TimedOut
from homespun.providers.base import Endpoint, Provider, Request
from homespun.providers.standing import other_name

_LONGEST = 120.0
"""Seconds that a probed model gets to begin: a large one is loaded for it."""
_CLOUD_TOKENS = 16
"""Reasoning models of the clouds refuse a limit that leaves no room for an answer."""


@dataclass(frozen=True, slots=True)
class Switched:
    """How a switch ended: `switched`, `warned` (switched, in spite of a fault), or `kept`.

    `model` is what was asked for, as `provider/model` or a route's name. `reason` and `hint` say
    why not, or which model answers in truth; empty where there is nothing to say.
    """

    model: str
    address: str
    local: bool
    status: Literal["switched", "warned", "kept"]
    reason: str = ""
    hint: str = ""


async def probe(endpoint: Endpoint, connect: Callable[[Endpoint], Provider]) -> Switched:
    """Ask `endpoint` for a token, and judge whether it may be switched to.

    Exactly one question is sent; a server that takes less than was sent is asked with less.
    """
    name = endpoint.name if endpoint.route else f"{endpoint.name}/{endpoint.model}"
    patience = min(endpoint.first_byte_timeout, _LONGEST)
    probed = replace(endpoint, max_retries=0, first_byte_timeout=patience)
    try:
        answering = await _asked(connect(probed), 1 if endpoint.local else _CLOUD_TOKENS)
    except HomespunError as error:
        return _failed(name, endpoint, error)
    truth = other_name(endpoint, (answering,))
    return Switched(name, endpoint.base_url, endpoint.local, "switched", truth)


def _failed(name: str, endpoint: Endpoint, error: HomespunError) -> Switched:
    status = "warned" if not endpoint.local and _will_pass(error) else "kept"
    return Switched(name, endpoint.base_url, endpoint.local, status, error.message, error.hint)


async def _asked(provider: Provider, tokens: int) -> str:
    """Ask something short; what the server calls the model that answered, where it tells."""
    request = Request((Message("user", "Hello"),), max_tokens=tokens)
    answering = ""
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            answering = chunk.model or answering
    return answering


def _will_pass(error: HomespunError) -> bool:
    is_busy = isinstance(error, RequestRefused) and error.status == 429
    return is_busy or isinstance(error, ServerFault | TimedOut | Loading)
