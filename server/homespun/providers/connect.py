"""From an endpoint to the provider that talks to it."""

from __future__ import annotations

from homespun.providers.base import Endpoint, Provider
from homespun.providers.capabilities import Capabilities
from homespun.providers.http import Http
from homespun.providers.openai_compatible import OpenAICompatible


def connect(endpoint: Endpoint, http: Http, capabilities: Capabilities) -> Provider:
    """The provider for an endpoint; nothing is sent yet."""
    return OpenAICompatible(endpoint, http, capabilities)
