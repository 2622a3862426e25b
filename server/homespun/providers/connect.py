"""From an endpoint to the provider that talks to it."""

from __future__ import annotations

from dataclasses import replace

from homespun.providers.anthropic import AnthropicWire
from homespun.providers.base import Endpoint, Provider
from homespun.providers.capabilities import Capabilities
from homespun.providers.http import Http
from homespun.providers.kinds import WireName, kind
from homespun.providers.koboldai import STREAM, WHOLE, KoboldTextWire
from homespun.providers.koboldcpp import KoboldWire
from homespun.providers.ollama import OllamaWire
from homespun.providers.openai_compatible import OpenAIWire
from homespun.providers.pace import Pace
from homespun.providers.remote import RemoteModel
from homespun.providers.routing import Member, Routed, Traffic
from homespun.providers.windows import Windows
from homespun.providers.wire import Wire

_WIRES: dict[WireName, type[Wire]] = {
    "openai": OpenAIWire,
    "ollama": OllamaWire,
    "koboldcpp": KoboldWire,
    "kobold": KoboldTextWire,
    "anthropic": AnthropicWire,
}


class Connector:
    """Connects endpoints of one process: what they share is kept here."""

    def __init__(self, http: Http, capabilities: Capabilities) -> None:
        """`http` and `capabilities` are those of all."""
        self._http = http
        self._capabilities = capabilities
        self._traffic = Traffic()
        self._paces: dict[str, Pace] = {}
        self._windows = Windows()

    def connect(self, endpoint: Endpoint) -> Provider:
        """The provider for an endpoint, or for a route; nothing is sent yet."""
        if endpoint.route is None:
            pace = self._pace(endpoint)
            return connect(endpoint, self._http, self._capabilities, pace, self._windows)
        members = [Member.of(one, self.connect(_hasty(one))) for one in endpoint.route.members]
        return Routed(endpoint, endpoint.route, members, self._traffic)

    def _pace(self, endpoint: Endpoint) -> Pace:
        """The pace of the endpoint's provider; a changed limit begins anew."""
        pace = self._paces.get(endpoint.name)
        if pace is None or pace.per_minute != endpoint.rate_limit:
            pace = self._paces[endpoint.name] = Pace(endpoint.rate_limit)
        return pace


def connect(
    endpoint: Endpoint,
    http: Http,
    capabilities: Capabilities,
    pace: Pace | None = None,
    windows: Windows | None = None,
) -> Provider:
    """The provider for an endpoint; nothing is sent yet.

    `pace` is shared by its provider, `windows` by all; without them it has its own.
    """
    wire = _wire(endpoint)(endpoint, http)
    pace = pace or Pace(endpoint.rate_limit)
    return RemoteModel(wire, http, capabilities, pace, windows or Windows())


def _hasty(member: Endpoint) -> Endpoint:
    """A member of a route: the next one is tried before the same one again."""
    return replace(member, max_retries=min(member.max_retries, 1))


def _wire(endpoint: Endpoint) -> type[Wire]:
    """The kind's own wire, or the one that the path belongs to which its user names."""
    path, own = endpoint.chat_path.partition("?")[0], kind(endpoint.kind).wire
    if path in (STREAM, WHOLE):
        return KoboldTextWire
    if path.endswith("/chat/completions"):
        return _WIRES[own] if own == "koboldcpp" else OpenAIWire
    return _WIRES[own]
