"""The user's yes to a cloud model: asked for once per workspace and destination, then kept."""

from __future__ import annotations

import asyncio
from typing import Literal

from homespun.engine.ports import Review
from homespun.errors import ConsentNeeded
from homespun.providers.base import Endpoint
from homespun.security.consent import Consents

Consent = Literal["ask", "allow", "never"]


async def agree(
    endpoint: Endpoint, folder: str, wanted: Consent, consents: Consents, review: Review
) -> None:
    """Return where `endpoint` may be used for the workspace `folder`. Raises `ConsentNeeded`."""
    if not endpoint.needs_consent or wanted == "allow":
        return
    destination = f"{endpoint.name}/{endpoint.model} at {endpoint.base_url}"
    if wanted == "never":
        raise ConsentNeeded(
            f"No local model is set, and the cloud model {endpoint.name}/{endpoint.model} is"
            " switched off (cloud.consent is `never`).",
            "Set `model` to a local one, or cloud.consent to `ask`.",
        )
    if await asyncio.to_thread(consents.given, folder, destination):
        return
    question = (
        f"No local model is set. Send parts of this workspace to the cloud, to {destination}?"
        " The answer is kept for this workspace."
    )
    if not await review.confirm(question, "Send it"):
        raise ConsentNeeded(
            f"Nothing was sent: you did not agree to {destination}.",
            "Set `model` to a local one to stay on this machine.",
        )
    await asyncio.to_thread(consents.give, folder, destination)
