"""From an endpoint to the provider that talks to it."""

from __future__ import annotations

from homespun.providers.anthropic import AnthropicWire
from homespun.providers.base import Endpoint, Provider
from homespun.providers.capabilities import Capabilities
from homespun.providers.http import Http
from homespun.providers.kinds import WireName, kind
from homespun.providers.koboldcpp import KoboldWire
from homespun.providers.ollama import OllamaWire
from homespun.providers.openai_compatible import OpenAIWire
from homespun.providers.pace import Pace
from homespun.providers.remote import RemoteModel
from homespun.providers.wire import Wire

_WIRES: dict[WireName, type[Wire]] = {
    "openai": OpenAIWire,
    "ollama": OllamaWire,
    "koboldcpp": KoboldWire,
    "anthropic": AnthropicWire,
}


def connect(
    endpoint: Endpoint, http: Http, capabilities: Capabilities, pace: Pace | None = None
) -> Provider:
    """The provider for an endpoint; nothing is sent yet. `pace` is shared by its provider."""
    wire = _wire(endpoint)(endpoint, http)
    return RemoteModel(wire, http, capabilities, pace or Pace(endpoint.rate_limit))


def _wire(endpoint: Endpoint) -> type[Wire]:
    """The kind's own wire, or OpenAI's where its user names a path of that."""
    if endpoint.chat_path.partition("?")[0].endswith("/chat/completions"):
        own = kind(endpoint.kind).wire
        return _WIRES[own] if own == "koboldcpp" else OpenAIWire
    return _WIRES[kind(endpoint.kind).wire]
