"""Tokens counted by the server that will read them."""

import json
import time
from dataclasses import replace

import pytest

from homespun.providers.base import Endpoint, Route
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import Connector
from homespun.providers.http import Http
from model_servers.asking import USUAL, provider_at
from model_servers.documented import exchange
from model_servers.process import ModelServer, free_port
from model_servers.replay import replaying


@pytest.mark.peer
async def test_a_real_server_counts(llama: ModelServer):
    async with provider_at(llama.address, replace(USUAL, kind="llamacpp")) as provider:
        assert await provider.count_tokens("") == 0
        short = await provider.count_tokens("def add(a, b):")
        long = await provider.count_tokens("def add(a, b):\n" * 1000)
    assert short is not None
    assert long is not None
    assert 1 < short <= len("def add(a, b):")
    assert 900 * short < long <= 1100 * (short + 1)


@pytest.mark.peer
async def test_a_server_of_an_unknown_kind_is_tried(llama: ModelServer):
    async with provider_at(llama.address) as provider:
        assert await provider.count_tokens("some text")


@pytest.mark.parametrize(
    ("kind", "path", "name", "body"),
    [
        ("vllm", "/tokenize", "prompt", {"count": 3, "max_model_len": 9, "tokens": [1, 2, 3]}),
        ("openai_compatible", "/tokenize", "content", {"tokens": [1, 2, 3]}),
        ("koboldcpp", "/api/extra/tokencount", "prompt", {"value": 3, "ids": [1, 2, 3]}),
        ("tabbyapi", "/v1/token/encode", "text", {"tokens": [1, 2, 3], "length": 3}),
        ("textgen", "/v1/internal/token-count", "text", {"length": 3}),
        ("llamacpp_python", "/extras/tokenize/count", "input", {"count": 3}),
    ],
)
async def test_each_servers_own_way(kind: str, path: str, name: str, body: dict[str, object]):
    with replaying(exchange(f"POST {path}", body)) as replay:
        async with provider_at(replay.address, replace(USUAL, kind=kind)) as provider:
            assert await provider.count_tokens("some text") == 3
    assert json.loads(replay.heard[0].body) == {name: "some text"}


@pytest.mark.parametrize("body", [{}, {"count": -1}, {"count": "3"}, {"count": None}, "<html>"])
async def test_what_is_no_count_is_none(body: dict[str, object] | str):
    with replaying(exchange("POST /tokenize", body)) as replay:
        async with provider_at(replay.address, replace(USUAL, kind="vllm")) as provider:
            assert await provider.count_tokens("some text") is None


async def test_where_nobody_counts_nothing_is_sent():
    with replaying() as replay:
        async with provider_at(replay.address, replace(USUAL, kind="lm_studio")) as provider:
            assert await provider.count_tokens("some text") is None
    assert not replay.heard


async def test_a_server_that_is_not_there_or_silent_costs_little():
    silent = exchange("POST /tokenize", b"", hangs=True)
    dead = f"http://127.0.0.1:{free_port()}"
    with replaying(silent) as replay:
        for address in (dead, replay.address):
            async with provider_at(address, replace(USUAL, kind="vllm")) as provider:
                began = time.monotonic()
                assert await provider.count_tokens("some text") is None
                assert time.monotonic() - began < 4


async def test_a_text_beyond_all_windows_is_not_sent():
    with replaying() as replay:
        async with provider_at(replay.address, replace(USUAL, kind="vllm")) as provider:
            assert await provider.count_tokens("x" * 5_000_000) is None
    assert not replay.heard


async def test_a_route_counts_as_its_first_member_does():
    http = Http()
    with replaying(exchange("POST /tokenize", {"count": 7})) as replay:
        members = [replace(USUAL, kind="vllm", base_url=replay.address, model=m) for m in "ab"]
        route = Endpoint.routed("fast", Route(tuple(members)))
        provider = Connector(http, Capabilities()).connect(route)
        assert await provider.count_tokens("some text") == 7
    await http.close()
