"""Vectors from a real llama-server, and in each server's own way."""

import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from homespun.errors import BadResponse, HomespunError, NotSupported, ServerFault, Unreachable
from homespun.providers.embedding import Embedder
from homespun.providers.http import Http
from model_servers.asking import USUAL
from model_servers.documented import exchange
from model_servers.llama_server import Options, llama_server
from model_servers.process import ModelServer, free_port
from model_servers.replay import replaying

OPENAI = "POST /v1/embeddings"
OLLAMA = "POST /api/embed"


@asynccontextmanager
async def embedder_at(address: str, kind: str = "openai_compatible") -> AsyncIterator[Embedder]:
    http = Http()
    try:
        yield Embedder(replace(USUAL, kind=kind, base_url=address, model="m"), http)
    finally:
        await http.close()


@pytest.mark.peer
async def test_a_real_server_embeds_in_order_and_the_same_again(tmp_path: Path):
    texts = [f"def function_{number}(): ..." for number in range(70)]
    with llama_server(tmp_path, Options(more=("--embeddings", "--pooling", "mean"))) as server:
        async with embedder_at(server.address, "llamacpp") as embedder:
            vectors = await embedder.embed(texts)
            alone = await embedder.embed(texts[68:69])
    assert len(vectors) == 70
    assert all(math.isclose(math.hypot(*vector), 1, rel_tol=1e-3) for vector in vectors)
    assert sum(a * b for a, b in zip(vectors[68], alone[0], strict=True)) > 0.999


@pytest.mark.peer
async def test_a_real_server_that_makes_none_says_so(llama: ModelServer):
    async with embedder_at(llama.address, "llamacpp") as embedder:
        with pytest.raises(NotSupported, match="makes no embeddings"):
            await embedder.embed(["text"])


async def test_openais_entries_stand_where_their_index_says():
    entries = [{"index": 1, "embedding": [0, 1.5]}, {"index": 0, "embedding": [1, 0]}]
    with replaying(exchange(OPENAI, {"data": entries})) as replay:
        async with embedder_at(replay.address) as embedder:
            assert await embedder.embed(["a", "b"]) == [(1.0, 0.0), (0.0, 1.5)]
    assert json.loads(replay.heard[0].body) == {"model": "m", "input": ["a", "b"]}


async def test_ollamas_own_way():
    with replaying(exchange(OLLAMA, {"embeddings": [[1, 0], [0, 1]]})) as replay:
        async with embedder_at(replay.address, "ollama") as embedder:
            assert await embedder.embed(["a", "b"]) == [(1.0, 0.0), (0.0, 1.0)]
    assert json.loads(replay.heard[0].body)["truncate"] is False


async def test_no_texts_are_no_request():
    with replaying() as replay:
        async with embedder_at(replay.address) as embedder:
            assert await embedder.embed([]) == []
    assert not replay.heard


async def test_long_texts_go_in_requests_of_their_own():
    one = exchange(OPENAI, {"data": [{"index": 0, "embedding": [1.0]}]})
    with replaying(one) as replay:
        async with embedder_at(replay.address) as embedder:
            assert len(await embedder.embed(["x" * 60_000, "y" * 60_000])) == 2
    assert len(replay.heard) == 2


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({}, 404, NotSupported),
        ({"error": {"message": "no embeddings", "code": 501}}, 501, NotSupported),
        ({"error": "it crashed"}, 500, ServerFault),
        ({"data": []}, 200, BadResponse),
        ({"data": [{"embedding": [1]}, {"embedding": [2]}]}, 200, BadResponse),
        ({"data": [{"embedding": []}]}, 200, BadResponse),
        ({"data": [{"embedding": ["1"]}]}, 200, BadResponse),
        ({"data": [{"embedding": "AAAA"}]}, 200, BadResponse),
        ({"data": [{"embedding": [10**400]}]}, 200, BadResponse),
        ({"data": [7]}, 200, BadResponse),
        ("<html>a router</html>", 200, BadResponse),
        ('{"data": [{"embedding": [NaN]}]}', 200, BadResponse),
    ],
)
async def test_what_are_no_vectors(
    body: Mapping[str, object] | str, status: int, error: type[HomespunError]
):
    with replaying(exchange(OPENAI, body, status=status)) as replay:
        async with embedder_at(replay.address) as embedder:
            with pytest.raises(error) as caught:
                await embedder.embed(["text"])
    assert caught.value.hint


async def test_vectors_of_different_lengths_are_refused():
    entries = [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]
    with replaying(exchange(OPENAI, {"data": entries})) as replay:
        async with embedder_at(replay.address) as embedder:
            with pytest.raises(BadResponse):
                await embedder.embed(["a", "b"])


async def test_nobody_there():
    async with embedder_at(f"http://127.0.0.1:{free_port()}") as embedder:
        with pytest.raises(Unreachable):
            await embedder.embed(["text"])
