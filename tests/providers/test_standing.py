from __future__ import annotations

from pathlib import Path

import pytest

from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.kinds import kind as kind_row
from homespun.providers.scripted import Script, ScriptedEndpoint
from homespun.providers.scripted.script import Route
from homespun.providers.standing import Standing, standing
from model_servers.llama_server import Options, llama_server
from model_servers.process import ModelServer, free_port


async def look(kind: str, base_url: str, model: str = "qwen", key: str = "") -> Standing:
    http = Http()
    try:
        endpoint = Endpoint(
            kind,
            "mine",
            base_url,
            model,
            key,
            connect_timeout=1.0,
            models_path=kind_row(kind).models_path,
        )
        return await standing(http, endpoint, limit=1.0)
    finally:
        await http.close()


def lists(*names: str, **routes: Route) -> Script:
    """A server that lists these models, and answers `path` (with `_` for `/`) besides."""
    listed = Route(body={"data": [{"id": name} for name in names]})
    more = {f"GET /{path.replace('_', '/')}": route for path, route in routes.items()}
    return Script(routes={"GET /v1/models": listed, **more})


def one(model: str) -> Script:
    """KoboldAI, which tells of one model only."""
    path = kind_row("koboldai").models_path
    return Script(routes={f"GET {path}": Route(body={"result": model})})


LOADING = Route(503, {"error": {"message": "Loading model"}})
WANTS_KEY = Route(401, {"error": {"message": "Invalid API Key"}})
PAGE = Route(500, "<html><title>Oops</title></html>")


@pytest.mark.parametrize(
    ("kind", "script", "status", "told"),
    [
        ("vllm", lists("qwen"), "ready", ""),
        ("ollama", lists("qwen:latest", "other"), "ready", ""),
        ("ollama", lists("other"), "unknown model", "It has: other."),
        ("llamacpp", lists("/models/tiny.gguf"), "ready", "it is /models/tiny.gguf"),
        ("vllm", lists("other", "q*"), "ready", ""),
        ("llamacpp", lists("one", "two"), "unknown model", "It has: one, two."),
        ("koboldai", one("gpt-j"), "ready", ""),
        ("koboldai", one("ReadOnly"), "no models", "Load or download a model"),
        ("koboldcpp", lists("inactive"), "no models", "Load or download a model"),
        ("vllm", lists(), "no models", "Load or download a model"),
        ("vllm", Script(routes={"GET /v1/models": WANTS_KEY}), "wrong key", "api_key"),
        ("vllm", Script(routes={"GET /v1/models": LOADING}), "loading", "when it is ready"),
        ("vllm", Script(routes={"GET /v1/models": Route(404, {})}), "ready", ""),
        ("vllm", Script(routes={"GET /v1/models": PAGE}), "unreachable", "log"),
        ("llamacpp", lists("tiny", props=WANTS_KEY), "wrong key", "api_key"),
        ("llamacpp", lists("tiny", props=LOADING), "loading", "when it is ready"),
        ("llamacpp", lists("tiny", props=PAGE), "ready", ""),
    ],
)  # fmt: skip
async def test_a_status_and_its_next_step(
    kind: str, script: Script, status: str, told: str
) -> None:
    async with ScriptedEndpoint(script) as endpoint:
        found = await look(kind, endpoint.address)
    assert found.status == status
    assert told in found.hint
    assert (found.reason == "") is (status == "ready"), "what is not ready says why"


async def test_only_get_requests_are_sent() -> None:
    async with ScriptedEndpoint(lists("tiny")) as endpoint:
        await look("llamacpp", endpoint.address)
        asked = [(request.method, request.path) for request in endpoint.requests]
    assert asked == [("GET", "/v1/models"), ("GET", "/props")]


async def test_nobody_there() -> None:
    found = await look("vllm", f"http://127.0.0.1:{free_port()}")
    assert (found.status, found.hint) == (
        "unreachable",
        "Start the model server, or correct its address in your settings.",
    )


async def test_a_real_server_with_a_key(tmp_path: Path) -> None:
    with llama_server(tmp_path, Options(api_key="right")) as server:
        assert (await look("llamacpp", server.address, key="wrong")).status == "wrong key"
        assert (await look("llamacpp", server.address, key="right")).status == "ready"


async def test_a_real_server_without_one(llama: ModelServer) -> None:
    found = await look("llamacpp", llama.address, model="any name at all")
    assert (found.status, len(found.models)) == ("ready", 1)
    assert found.hint == f"Its only model answers to every name: it is {found.models[0]}."
    found = await look("llamacpp", llama.address, model=found.models[0])
    assert (found.status, found.hint) == ("ready", "")


@pytest.mark.parametrize("script", [lists("/path/of/it"), lists()])
async def test_a_model_that_is_served_and_never_listed(script: Script) -> None:
    async with ScriptedEndpoint(script) as endpoint:
        assert (await look("mlx", endpoint.address, "default_model")).status == "ready"
        assert (await look("mlx", endpoint.address, "another")).status != "ready"
