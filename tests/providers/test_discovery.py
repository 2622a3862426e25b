"""Finding servers by what they answer."""

import asyncio
import time

import pytest

from homespun.providers.discovery import Found, discover, known_addresses
from homespun.providers.http import Http
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
        (routes(__v1__models=MODELS), "openai_compatible"),
        (routes(__v1__models="<html>a router's page"), None),
        (routes(__v1__models=["nonsense", {"data": 3}]), None),
    ],
)
async def test_a_server_is_told_by_its_answers(script: Script, kind: str | None):
    async with ScriptedEndpoint(script) as endpoint:
        found = await discover(addresses=[endpoint.address])
    assert [(server.kind, server.base_url) for server in found] == (
        [(kind, endpoint.address)] if kind else []
    )
    assert {request.method for request in endpoint.requests} == {"GET"}


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


def test_only_this_machine_is_looked_at():
    assert all(address.startswith("http://127.0.0.1:") for address in known_addresses())
    assert len(known_addresses()) == len(set(known_addresses())) > 5
