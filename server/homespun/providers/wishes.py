"""What a request may wish for that not every model takes. Pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from homespun.errors import NotSupported
from homespun.providers.base import Endpoint, Feature, Request
from homespun.providers.kinds import kind


def fitted(request: Request, endpoint: Endpoint, features: Set[Feature]) -> Request:
    """The request without a wish that may be dropped. Raises `NotSupported` for any other.

    Tools and pictures change what is asked, so they go only to a model that is known to take
    them (`features`). A reasoning effort goes to clouds alone, and is dropped elsewhere.
    """
    for lacking in sorted(request.features - features):
        raise _lacks(endpoint, lacking)
    row = kind(endpoint.kind)
    takes_effort = not endpoint.local and "reasoning_effort" in row.optional
    if not request.effort or takes_effort:
        return request
    if request.strict:
        whose = "a local server" if endpoint.local else row.title
        raise NotSupported(
            f"A reasoning effort was asked for, which {whose} does not take.",
            "Leave out generation.reasoning_effort, or set generation.strict to false.",
        )
    return replace(request, effort="")


def _lacks(endpoint: Endpoint, feature: Feature) -> NotSupported:
    what = {"tools": "call tools", "vision": "see images"}[feature]
    return NotSupported(
        f"{endpoint.name}/{endpoint.model} is not known to {what}; nothing was sent.",
        f"`homespun model test` finds it out, or set supports_{feature} = true for"
        f" the provider {endpoint.name!r}.",
    )
