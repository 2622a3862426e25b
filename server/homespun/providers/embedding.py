"""Embeddings: texts to vectors, where the endpoint's model makes them. Off unless it is asked for.

OpenAI's `/v1/embeddings`, which llama.cpp (with `--embeddings`), vLLM, LM Studio, KoboldCpp and
others have too, and Ollama's `/api/embed`. The texts are sent to the server: only what may leave
may be embedded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard, cast

from homespun.core.nearness import Vector
from homespun.errors import BadResponse, NotSupported
from homespun.providers import failures, probing
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.kinds import kind

_MOST_TEXTS = 32
_MOST_CHARACTERS = 64 * 1024
"""In one request. What is longer goes alone; whether it fits, the server says."""
_LARGEST = 1e30
_CHAT = "/chat/completions"


class Embedder:
    """Makes vectors with the model of one endpoint."""

    def __init__(self, endpoint: Endpoint, http: Http, *, limit: float = 60.0) -> None:
        """`limit` in seconds for each request."""
        self._endpoint = endpoint
        self._http = http
        self._limit = limit
        self._is_ollama = kind(endpoint.kind).wire == "ollama"

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """A vector for each text, all of the same length, in the texts' order.

        Raises `NotSupported` where the server makes none, the `ModelError` family, and
        `BadResponse` for what are no such vectors.
        """
        vectors: list[Vector] = []
        for batch in _batches(texts):
            vectors += await self._asked(batch)
        if len({len(vector) for vector in vectors}) > 1:
            raise _no_vectors(self._endpoint)
        return vectors

    async def _asked(self, texts: Sequence[str]) -> list[Vector]:
        body: dict[str, object] = {"model": self._endpoint.model, "input": list(texts)}
        if self._is_ollama:
            # A text that is too long is refused, not cut silently.
            body["truncate"] = False
        path = "/api/embed" if self._is_ollama else _openai_path(self._endpoint)
        status, data = await self._http.ask(self._endpoint, path, body, limit=self._limit)
        if status != 200:
            raise self._refused(status, data)
        vectors = _ollamas(data) if self._is_ollama else _openais(data)
        if len(vectors) != len(texts):
            raise _no_vectors(self._endpoint)
        return vectors

    def _refused(self, status: int, data: object) -> Exception:
        answer = failures.read(status, json.dumps(data).encode())
        error = failures.error_for(answer, self._endpoint)
        if status in (404, 405, 501) and error.code != "unknown_model":
            return NotSupported(
                f"{self._endpoint.name} at {self._endpoint.base_url} makes no embeddings.",
                "Start the server with a model for embeddings (llama.cpp: `--embeddings`).",
            )
        return error


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in their order, as many at once as one request takes."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == _MOST_TEXTS or size + len(text) > _MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _openai_path(endpoint: Endpoint) -> str:
    """Beside the chat completions, where the endpoint has such a path."""
    path = endpoint.chat_path.partition("?")[0]
    return f"{path.removesuffix(_CHAT)}/embeddings" if path.endswith(_CHAT) else "/v1/embeddings"


def _openais(data: object) -> list[Vector]:
    """The vectors of OpenAI's list, in the order that each entry's `index` says."""
    found = probing.follow(data, ("data",), "")
    entries = cast("list[Mapping[str, object]]", found) if isinstance(found, list) else []
    placed = [(probing.follow(entry, ("index",), ""), entry) for entry in entries]
    if all(isinstance(index, int) for index, _ in placed):
        placed.sort(key=lambda one: cast("int", one[0]))
    return [_vector(probing.follow(entry, ("embedding",), "")) for _, entry in placed]


def _ollamas(data: object) -> list[Vector]:
    found = probing.follow(data, ("embeddings",), "")
    return [_vector(one) for one in cast("list[object]", found)] if isinstance(found, list) else []


def _vector(found: object) -> Vector:
    """Finite numbers, at least one. Raises `BadResponse`."""
    numbers = cast("list[object]", found) if isinstance(found, list) else []
    vector = tuple(float(n) for n in numbers if _is_number(n))
    if not vector or len(vector) != len(numbers):
        raise BadResponse("The model's server sent something that is no embedding.", "Check it.")
    return vector


def _is_number(found: object) -> TypeGuard[int | float]:
    """Whether it is a number as embeddings have them; NaN and infinity compare as false."""
    if not isinstance(found, int | float) or isinstance(found, bool):
        return False
    return abs(found) < _LARGEST


def _no_vectors(endpoint: Endpoint) -> BadResponse:
    return BadResponse(
        f"{endpoint.name} at {endpoint.base_url} did not send an embedding for each text.",
        "Look at the model server's log, and at the model's name.",
    )
