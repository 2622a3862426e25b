"""Finding servers by what they answer."""

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from homespun.providers.discovery import Found, discover, known_addresses, looked_for, own_hosts
from homespun.providers.http import Http
from homespun.providers.kinds import KINDS
from homespun.providers.scripted import Route, Script, ScriptedEndpoint

MODELS = {"data": [{"id": "m1"}, {"id": "m2"}]}


def routes(**bodies: object) -> Script:
    """Paths with `/` written as `__`."""
    return Script(
        routes={f"GET {path.replace('__', '/')}": Route(body=body) for path, body in bodies.items()}
    )


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (routes(__v1__models=MODELS, __api__tags={"models": []}), "ollama"),
        (
            routes(
                __v1__models=MODELS,
                __api__tags={"models": []},
                __props={"default_generation_settings": {"n_ctx": 1}},
            ),
            "llamacpp",
        ),
        (
            routes(
                __v1__models=MODELS,
                __api__tags={"models": []},
                __api__extra__version={"result": "KoboldCpp"},
            ),
            "koboldcpp",
        ),
        (routes(__v1__models={"data": [{"id": "m1", "owned_by": "vllm"}]}), "vllm"),
        (
            routes(
                __v1__models=MODELS,
                __api__v0__models={"data": [{"id": "m1", "compatibility_type": "gguf"}]},
            ),
            "lm_studio",
        ),
        (routes(__v1__models={}, __api__v1__model={"result": "gpt-j"}), "koboldai"),
        (routes(__v1__models=MODELS, __api__v1__model={"result": "m1"}), "openai_compatible"),
        (routes(__v1__models=MODELS), "openai_compatible"),
        (routes(__v1__models="<html>a router's page"), None),
        (routes(__v1__models=["nonsense", {"data": 3}]), None),
    ],
)
async def test_a_server_is_told_by_its_answers(script: Script, kind: str | None):
    async with ScriptedEndpoint(script) as endpoint:
        found = await discover(addresses=[endpoint.address], limit=5)
    assert [(server.kind, server.base_url) for server in found] == (
        [(kind, endpoint.address)] if kind else []
    )
    assert {request.method for request in endpoint.requests} == {"GET"}


async def test_koboldais_only_model_is_listed():
    script = routes(__v1__models={}, __api__v1__model={"result": "gpt-j"})
    async with ScriptedEndpoint(script) as endpoint:
        assert [
            server.models for server in await discover(addresses=[endpoint.address], limit=5)
        ] == [("gpt-j",)]


async def test_models_are_listed_and_the_dead_and_silent_cost_no_second():
    http = Http()
    done = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    mute = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = mute.sockets[0].getsockname()[1]
    async with mute, ScriptedEndpoint(Script()) as alive:
        addresses = [f"http://127.0.0.1:{port}", "http://127.0.0.1:9", alive.address]
        began = time.perf_counter()
        found = await discover(http, addresses)
        took = time.perf_counter() - began
        done.set()
    await http.close()
    assert found == [Found("openai_compatible", alive.address, ("scripted",))]
    assert took < 1


def test_only_this_machine_is_looked_at(tmp_path: Path):
    mark = tmp_path / "mark"
    assert own_hosts([mark]) == ("127.0.0.1", "[::1]")
    mark.touch()
    assert own_hosts([mark]) == ("127.0.0.1", "[::1]", "host.docker.internal")
    addresses = known_addresses(own_hosts([tmp_path / "none"]))
    assert {urlsplit(address).hostname for address in addresses} == {"127.0.0.1", "::1"}
    assert len(addresses) == len(set(addresses)) > 10
    for row in KINDS.values():
        assert row.cloud or set(row.addresses) <= set(addresses)


async def test_a_server_at_several_names_is_one():
    async with ScriptedEndpoint(Script()) as alive:
        port = urlsplit(alive.address).port
        found = await discover(addresses=[alive.address, f"http://localhost:{port}"])
    assert [server.base_url for server in found] == [alive.address]


async def test_looking_everywhere_where_nothing_runs_takes_less_than_a_second():
    hosts = ("127.0.0.1", "[::1]", "no-such-host.invalid")
    began = time.perf_counter()
    await discover(addresses=known_addresses(hosts))
    assert time.perf_counter() - began < 1


def test_people_are_told_what_was_looked_for():
    words = looked_for()
    assert "Ollama (11434)" in words and "llama.cpp (8080, 9931)" in words
    assert "OpenAI," not in words and "scripted" not in words
