"""How the providers stand: asked with GET requests alone, which cost no token and hold no text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal, TypeVar

from homespun.config.schema import Settings
from homespun.engine.finding import Discover
from homespun.engine.outside import Configuration, Models
from homespun.engine.ports import Check
from homespun.errors import HomespunError
from homespun.providers.base import Endpoint
from homespun.providers.discovery import Found
from homespun.providers.http import Http
from homespun.providers.kinds import KINDS, Kind
from homespun.providers.standing import Status, standing

T = TypeVar("T")

_AT_ONCE = 8
"""Providers that are asked at the same time."""
_ANY = "any"


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider with its models: those it lists now, else those that the settings name.

    `serves` is the model of it that serves, "" where it does not. `status` is that of
    `providers.standing`, or `unusable` where its settings are wrong; `reason` and `hint` say why
    it is not ready, and the next step. `named` is false for a server that the settings do not
    name. `manageable`: whether models may be downloaded to it and deleted from it. `seconds` is how
    long it took to answer.
    """

    provider: str
    type: str
    address: str
    local: bool
    models: tuple[str, ...]
    serves: str
    status: Status | Literal["unusable"]
    reason: str = ""
    hint: str = ""
    named: bool = True
    manageable: bool = False
    seconds: float = 0.0


class Health:
    """Looks at providers, several at once, each for two seconds at most."""

    def __init__(
        self, configuration: Configuration, models: Models, http: Http, discover: Discover
    ) -> None:
        """`discover` looks around on this machine, in under a second."""
        self._configuration = configuration
        self._models = models
        self._http = http
        self._discover = discover

    async def of(self, name: str) -> Listed:
        """One provider: one of the settings', or a preset."""
        settings = self._configuration.settings()
        return await self._look(settings, name, await self._serving(settings))

    async def named(self) -> tuple[Listed, ...]:
        """Every provider of the settings, and those that serve."""
        settings = self._configuration.settings()
        serving = await self._serving(settings)
        names = dict.fromkeys((*settings.providers, *serving))
        return await _bounded(self._look(settings, name, serving) for name in names)

    async def checks(self) -> Sequence[Check]:
        """A check for each provider of the settings that is not switched off."""
        own = self._configuration.settings().providers
        off = {name for name, provider in own.items() if not provider.enabled}
        return [check(one) for one in await self.named() if one.provider not in off]

    async def running(self) -> tuple[Listed, ...]:
        """Those that are named, and the servers that were found to run on this machine."""
        named, found = await asyncio.gather(self.named(), self._discover())
        known = {one.address for one in named}
        return (*named, *(_unnamed(server) for server in found if server.base_url not in known))

    async def everywhere(self) -> tuple[Listed, ...]:
        """Those that run, and every other known server at its usual address."""
        seen = await self.running()
        names = {one.provider for one in seen}
        presets = (row for row in KINDS.values() if row.addresses and not row.cloud)
        return (*seen, *(_absent(row, seen) for row in presets if row.id not in names))

    async def _look(self, settings: Settings, name: str, serving: Mapping[str, Endpoint]) -> Listed:
        own = settings.providers.get(name)
        models = own.models if own else ()
        try:
            endpoint = await self._chosen(settings, f"{name}/{next(iter(models), _ANY)}")
        except HomespunError as error:
            kind_ = own.type if own else ""
            return Listed(name, kind_, "", False, models, "", "unusable", error.message, error.hint)
        serves = serving[name].model if name in serving else ""
        listed = Listed(
            name, endpoint.kind, endpoint.base_url, endpoint.local, models, serves, "ready"
        )
        allowed = own is not None and own.allow_pull and endpoint.kind == "ollama"
        listed = replace(listed, manageable=allowed)
        wanted = serves or next(iter(models), "")
        return await self._asked(listed, replace(endpoint, model=wanted))

    async def _asked(self, listed: Listed, endpoint: Endpoint) -> Listed:
        began = time.monotonic()
        now = await standing(self._http, endpoint)
        return replace(
            listed,
            models=now.models or listed.models,
            status=now.status,
            reason=now.reason,
            hint=now.hint,
            seconds=time.monotonic() - began,
        )

    async def _serving(self, settings: Settings) -> Mapping[str, Endpoint]:
        """Who serves, by name: one endpoint, or those of a route; nobody where none can."""
        try:
            serving = await self._chosen(settings, None)
        except HomespunError:
            return {}
        members = serving.route.members if serving.route else (serving,)
        return {member.name: member for member in members}

    async def _chosen(self, settings: Settings, choice: str | None) -> Endpoint:
        """In a thread: a key may come from a program, or from a keyring that asks the user."""
        return await asyncio.to_thread(self._models.choose, settings, choice)


def check(listed: Listed) -> Check:
    """A provider as one of the doctor's checks; only what serves must be ready."""
    ready = listed.status == "ready"
    bad = "error" if listed.serves else "warning"
    models = f"; models: {', '.join(listed.models[:5])}" if listed.models else ""
    where = f" at {listed.address}" if listed.address else ""
    why = f": {listed.reason}" if listed.reason else models
    found = f"{listed.status}{where}{why}"
    details = asdict(listed)
    return Check(f"provider {listed.provider}", "ok" if ready else bad, found, listed.hint, details)


def _unnamed(server: Found) -> Listed:
    return Listed(
        server.kind,
        server.kind,
        server.base_url,
        local=True,
        models=server.models,
        serves="",
        status="ready" if server.models else "no models",
        hint=f"homespun model add NAME --type {server.kind} --endpoint {server.base_url}",
        named=False,
    )


def _absent(row: Kind, seen: Sequence[Listed]) -> Listed:
    """A known server that was not found, and what answers at its usual address instead."""
    address = row.addresses[0]
    other = next((one.type for one in seen if one.address in row.addresses), "")
    reason = f"{KINDS[other].title} answers there" if other in KINDS else "nothing answers there"
    hint = f"Start {row.title}; where it listens elsewhere, `homespun model add` takes its address."
    return Listed(row.id, row.id, address, True, (), "", "unreachable", reason, hint, named=False)


async def _bounded(works: Iterable[Awaitable[T]]) -> tuple[T, ...]:
    """The results in their order; only so many are worked on at once."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(work: Awaitable[T]) -> T:
        async with room:
            return await work

    return tuple(await asyncio.gather(*(one(work) for work in works)))
