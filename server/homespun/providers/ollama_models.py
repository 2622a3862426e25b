"""Ollama's own models: listed, downloaded, deleted.

Source: `docs/api.md` of ollama/ollama (`GET /api/tags`, `POST /api/pull`, `DELETE /api/delete`).
A download whose connection is closed stops, and goes on from there the next time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from homespun.errors import BadResponse, CutShort, ServerFault, UnknownModel
from homespun.providers import failures, probing
from homespun.providers.base import Endpoint
from homespun.providers.bodies import batches, body_of
from homespun.providers.http import Http, named_errors

if TYPE_CHECKING:
    import httpx

_LONGEST_LINE = 64 * 1024
_ERROR_LIMIT = 64 * 1024
_DELETING = 30.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A model that Ollama has: its name, and its size on disk in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Pulling:
    """How far a download is. `completed` and `total` in bytes; 0 where the step has none."""

    status: str
    completed: int = 0
    total: int = 0


async def kept(http: Http, endpoint: Endpoint) -> tuple[Kept, ...]:
    """The models that Ollama has on disk. Raises the `ModelError` family."""
    status, data = await http.get(endpoint, "/api/tags")
    if status != 200:
        raise failures.error_for(failures.read(status, json.dumps(data).encode()), endpoint)
    entries = probing.follow(data, ("models",), "")
    if not isinstance(entries, list):
        raise _no_ollama(endpoint)
    found = (_kept(entry) for entry in cast("list[object]", entries))
    return tuple(model for model in found if model.name)


async def pull(http: Http, endpoint: Endpoint) -> AsyncGenerator[Pulling, None]:
    """Download the endpoint's model; closing the generator stops it.

    Raises `UnknownModel` for one that the library does not have, `CutShort` where the download
    ends before its success, and the `ModelError` family.
    """
    body = {"model": endpoint.model, "stream": True}
    async with http.post(endpoint, "/api/pull", body) as response:
        await _check(response, endpoint)
        succeeded = False
        async with aclosing(_lines(response, endpoint)) as lines:
            async for line in lines:
                progress = _progress(line, endpoint)
                succeeded = progress.status == "success"
                yield progress
    if not succeeded:
        raise CutShort(
            f"The download of {endpoint.model} ended before it was whole.",
            "Ask for it again: what has come is kept.",
        )


async def delete(http: Http, endpoint: Endpoint) -> None:
    """Delete the endpoint's model from Ollama's disk. Raises `UnknownModel` where it has none."""
    body = {"model": endpoint.model}
    status, data = await http.delete(endpoint, "/api/delete", body, limit=_DELETING)
    if status != 200:
        raise _refusal(status, json.dumps(data).encode(), endpoint)


async def _check(response: httpx.Response, endpoint: Endpoint) -> None:
    if response.status_code != 200:
        async with asyncio.timeout(endpoint.idle_timeout):
            body = await body_of(response, _ERROR_LIMIT)
        raise _refusal(response.status_code, body, endpoint)


async def _lines(response: httpx.Response, endpoint: Endpoint) -> AsyncGenerator[bytes, None]:
    """The lines of a streamed answer, empty ones left out."""
    rest = b""
    async with (
        named_errors(endpoint),
        aclosing(batches(response, lambda: endpoint.idle_timeout)) as pieces,
    ):
        async for piece in pieces:
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                raise _no_ollama(endpoint)
            for line in whole:
                if line.strip():
                    yield line
    if rest.strip():
        yield rest


def _progress(line: bytes, endpoint: Endpoint) -> Pulling:
    """One line of a download. Raises where it tells of an error, which comes with status 200."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise _no_ollama(endpoint)
    told = cast("Mapping[str, Any]", data)
    if told.get("error"):
        raise _refusal(200, line, endpoint)
    return Pulling(
        str(told.get("status") or "")[:200],
        probing.tokens(told.get("completed")) or 0,
        probing.tokens(told.get("total")) or 0,
    )


def _refusal(status: int, body: bytes, endpoint: Endpoint) -> Exception:
    answer = failures.read(status, body)
    words = failures.shown(answer.message, endpoint)
    who = f"{endpoint.name} at {endpoint.base_url}"
    if status == 404 or "file does not exist" in words or "not found" in words:
        return UnknownModel(
            f"{who} does not find the model {endpoint.model!r}.",
            "Names are as on ollama.com/library, such as qwen2.5-coder:7b.",
        )
    if status == 200:
        said = f'{who} could not download {endpoint.model!r}. It said: "{words}"'
        return ServerFault(said, "Look at its room on the disk and at its network.")
    return failures.error_for(answer, endpoint)


def _kept(entry: object) -> Kept:
    name = probing.follow(entry, ("name",), "")
    size = probing.tokens(probing.follow(entry, ("size",), ""))
    return Kept(name if isinstance(name, str) else "", size or 0)


def _no_ollama(endpoint: Endpoint) -> BadResponse:
    return BadResponse(
        f"{endpoint.name} at {endpoint.base_url} does not answer as Ollama does.",
        "Check the address.",
    )
