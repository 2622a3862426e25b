"""What runs on this machine: known servers, told by what they answer and never by a port.

Only IPv4's and IPv6's own addresses are looked at; inside of a container also its host's name,
since that is where the user's model server runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from homespun.errors import ModelError
from homespun.providers import probing
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.kinds import KINDS

_LIMIT = 0.4
"""Seconds for one question: two of them, and all is known in less than a second."""

_MODELS = "/v1/models"
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""Files that Docker and Podman put into their containers."""


@dataclass(frozen=True, slots=True)
class Found:
    """A model server on this machine: its row in `kinds`, its address, the models it offers."""

    kind: str
    base_url: str
    models: tuple[str, ...]


def known_addresses(hosts: Sequence[str] = ()) -> tuple[str, ...]:
    """Where the known servers listen when nothing else is set; `hosts` default to `own_hosts`."""
    ports = dict.fromkeys(urlsplit(address).port for address in _defaults())
    return tuple(f"http://{host}:{port}" for host in hosts or own_hosts() for port in ports)


def own_hosts(marks: Sequence[Path] = _CONTAINER_MARKS) -> tuple[str, ...]:
    """The names of this machine, and of the host around it where a container's mark is there."""
    inside = any(mark.exists() for mark in marks)
    return ("127.0.0.1", "[::1]", "host.docker.internal") if inside else ("127.0.0.1", "[::1]")


def looked_for() -> str:
    """The servers that are known by their usual ports, for people."""
    rows = (row for row in KINDS.values() if row.addresses and not row.cloud)
    return ", ".join(f"{row.title} ({_ports(row.addresses)})" for row in rows)


def _ports(addresses: Sequence[str]) -> str:
    return ", ".join(str(urlsplit(address).port) for address in addresses)


def _defaults() -> tuple[str, ...]:
    rows = (row for row in KINDS.values() if not row.cloud)
    return tuple(address for row in rows for address in row.addresses)


async def discover(
    http: Http | None = None, addresses: Sequence[str] = (), *, limit: float = _LIMIT
) -> list[Found]:
    """The servers that answer at `addresses` (default: the known ones), in under a second.

    `limit` in seconds for one question; each address is asked at most twice in a row.
    Sends nothing but GET requests, without any key. Whatever fails is not there.
    """
    own = http or Http()
    try:
        looks = (_look(own, address, limit) for address in addresses or known_addresses())
        found = await asyncio.gather(*looks)
    finally:
        if http is None:
            await own.close()
    return _once([server for server in found if server])


def _once(found: Sequence[Found]) -> list[Found]:
    """Without a server that answers at several names of this machine: the first one stays."""
    named: dict[tuple[object, ...], Found] = {}
    for server in found:
        named.setdefault((server.kind, urlsplit(server.base_url).port, server.models), server)
    return list(named.values())


async def _look(http: Http, base_url: str, limit: float) -> Found | None:
    """The server at one address. An address where nobody listens costs one connection."""
    there, listed = await _answer(http, base_url, _MODELS, limit)
    if not there:
        return None
    paths = {sign.probe.path for row in KINDS.values() for sign in row.signs} - {_MODELS}
    answers = await asyncio.gather(
        *(_answer(http, base_url, path, limit) for path in sorted(paths))
    )
    told = {path: data for path, (_, data) in zip(sorted(paths), answers, strict=True)}
    told[_MODELS] = listed
    kind = _kind_of(told)
    return Found(kind, base_url, _models_of(kind, told)) if kind else None


def _models_of(kind: str, told: Mapping[str, object]) -> tuple[str, ...]:
    """The models, in OpenAI's list or where this kind of server tells them."""
    names = probing.model_names(told[_MODELS])
    return names or probing.model_names(told.get(KINDS[kind].models_path))


def _kind_of(told: Mapping[str, object]) -> str:
    """The first row with a sign in what was told; any list of models is something compatible."""
    listed = probing.model_names(told.get(_MODELS))
    # Whoever has OpenAI's interface beside KoboldAI's is better asked over that.
    rows = (row for row in KINDS.values() if not (listed and row.wire == "kobold"))
    for row in rows:
        if any(probing.shows(sign, told.get(sign.probe.path)) for sign in row.signs):
            return row.id
    return "openai_compatible" if listed else ""


async def _answer(http: Http, base_url: str, path: str, limit: float) -> tuple[bool, object]:
    """Whether somebody answers at all, and the JSON of a good answer."""
    stranger = Endpoint("openai_compatible", "a local server", base_url, "", connect_timeout=limit)
    try:
        status, data = await http.get(stranger, path, limit=limit)
    except ModelError:
        return False, None
    return True, data if status == 200 else None
