"""How many answers an endpoint gives side by side without each waiting for the others."""

from __future__ import annotations

from collections.abc import Mapping

from homespun.errors import HomespunError
from homespun.providers import probing
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.kinds import kind
from homespun.providers.probes import Probe

_MOST = 16
_SLOTS: Mapping[str, Probe] = {
    # llama-server reserves each slot its part of the cache; more requests than slots only wait.
    "llamacpp": Probe("/props", ("total_slots",)),
}
_BATCHING: Mapping[str, int] = {
    # vLLM and its kind put what comes side by side into one batch.
    "vllm": 8,
    "litellm": 4,
    "openai": 4,
    "anthropic": 4,
    "openrouter": 4,
}
_LIMIT = 2.0
"""Seconds for the answer to how many slots there are."""


async def at_once(http: Http, endpoint: Endpoint) -> int:
    """How many answers to ask for side by side, at least 1. Raises nothing of ours.

    For a route it is what its first endpoint does, or what all do where each gets its turn.
    """
    if endpoint.route is not None:
        counts = [await at_once(http, member) for member in endpoint.route.members]
        return min(_MOST, counts[0] if endpoint.route.strategy == "failover" else sum(counts))
    probe = _SLOTS.get(endpoint.kind)
    if probe is None:
        return _BATCHING.get(endpoint.kind, 4 if kind(endpoint.kind).cloud else 1)
    try:
        status, data = await http.get(endpoint, probe.path, limit=_LIMIT)
    except HomespunError:
        return 1
    slots = probing.follow(data, probe.steps, endpoint.model) if status == 200 else None
    return max(1, min(_MOST, slots)) if isinstance(slots, int) else 1
