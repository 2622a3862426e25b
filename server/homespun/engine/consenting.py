"""The user's yes to a cloud model: asked for once per workspace and destination, then kept."""

from __future__ import annotations

import asyncio

from homespun.engine.ports import Review
from homespun.errors import ConsentNeeded
from homespun.providers.base import Endpoint
from homespun.security.consent import Consents


async def agree(endpoint: Endpoint, folder: str, consents: Consents, review: Review) -> None:
    """Return where `endpoint` may be used for the workspace `folder`. Raises `ConsentNeeded`."""
    if not endpoint.needs_consent:
        return
    destination = f"{endpoint.name}/{endpoint.model} at {endpoint.base_url}"
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
