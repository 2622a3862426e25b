"""What runs on this machine: known servers, told by what they answer and never by a port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homespun.errors import ModelError
from homespun.providers import probing
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.kinds import KINDS

_LIMIT = 0.4
"""Seconds for one question; each address is asked at most twice in a row."""

_MODELS = "/v1/models"


@dataclass(frozen=True, slots=True)
class Found:
    """A model server on this machine: its row in `kinds`, its address, the models it offers."""

    kind: str
    base_url: str
    models: tuple[str, ...]


def known_addresses() -> tuple[str, ...]:
    """Where the known servers listen when nothing else is set, this machine only."""
    rows = (row for row in KINDS.values() if not row.cloud)
    return tuple(dict.fromkeys(address for row in rows for address in row.addresses))


async def discover(http: Http | None = None, addresses: Sequence[str] = ()) -> list[Found]:
    """The servers that answer at `addresses` (default: the known ones), in under a second.

    Sends nothing but GET requests, without any key. Whatever fails is not there.
    """
    own = http or Http()
    try:
        looks = (_look(own, address) for address in addresses or known_addresses())
        found = await asyncio.gather(*looks)
    finally:
        if http is None:
            await own.close()
    return [server for server in found if server]


async def _look(http: Http, base_url: str) -> Found | None:
    """The server at one address. An address where nobody listens costs one connection."""
    there, listed = await _answer(http, base_url, _MODELS)
    if not there:
        return None
    paths = {sign.probe.path for row in KINDS.values() for sign in row.signs} - {_MODELS}
    answers = await asyncio.gather(*(_answer(http, base_url, path) for path in sorted(paths)))
    told = {path: data for path, (_, data) in zip(sorted(paths), answers, strict=True)}
    kind = _kind_of({**told, _MODELS: listed})
    return Found(kind, base_url, probing.model_names(listed)) if kind else None


def _kind_of(told: Mapping[str, object]) -> str:
    """The first row with a sign in what was told; any list of models is something compatible."""
    for row in KINDS.values():
        if any(probing.shows(sign, told.get(sign.probe.path)) for sign in row.signs):
            return row.id
    return "openai_compatible" if probing.model_names(told.get(_MODELS)) else ""


async def _answer(http: Http, base_url: str, path: str) -> tuple[bool, object]:
    """Whether somebody answers at all, and the JSON of a good answer."""
    stranger = Endpoint("openai_compatible", "a local server", base_url, "", connect_timeout=_LIMIT)
    try:
        status, data = await http.get(stranger, path, limit=_LIMIT)
    except ModelError:
        return False, None
    return True, data if status == 200 else None
