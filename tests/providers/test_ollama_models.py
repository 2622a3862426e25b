"""Ollama's own models, by its documented answers (`docs/api.md`)."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from homespun.errors import BadResponse, CutShort, HomespunError, ServerFault, UnknownModel
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.ollama_models import Kept, Pulling, delete, kept, pull
from homespun.providers.scripted import Route, Script, ScriptedEndpoint

PULLED = """\
{"status":"pulling manifest"}
{"status":"pulling 60e05f210007","digest":"sha256:60e05f21","total":83073184,"completed":241970}
{"status":"pulling 60e05f210007","digest":"sha256:60e05f21","total":83073184,"completed":83073184}
{"status":"verifying sha256 digest"}
{"status":"writing manifest"}

{"status":"success"}
"""


def endpoint(server: ScriptedEndpoint, model: str = "qwen2.5-coder:7b") -> Endpoint:
    return Endpoint("ollama", "ollama", server.address, model, api_key="ollama")


async def pulled(body: object, status: int = 200) -> list[Pulling]:
    script = Script(routes={"POST /api/pull": Route(status, body)})
    http = Http()
    async with ScriptedEndpoint(script) as server:
        try:
            async with aclosing(pull(http, endpoint(server))) as progresses:
                found = [progress async for progress in progresses]
        finally:
            await http.close()
    (asked,) = server.requests
    assert asked.body == {"model": "qwen2.5-coder:7b", "stream": True}
    return found


async def test_a_download_tells_how_far_it_is():
    found = await pulled(PULLED)
    assert found[0] == Pulling("pulling manifest")
    assert found[1] == Pulling("pulling 60e05f210007", 241970, 83073184)
    assert found[-1] == Pulling("success")
    assert len(found) == 6


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        ('{"status":"pulling manifest"}\n', 200, CutShort, "ended before"),
        ('{"error":"pull model manifest: file does not exist"}\n', 200, UnknownModel, "qwen"),
        ('{"error":"write: no space left on device"}\n', 200, ServerFault, "no space left"),
        ({"error": "model not found"}, 404, UnknownModel, "does not find"),
        ({"error": "busy"}, 500, ServerFault, "busy"),
        ("<html>a router</html>\n", 200, BadResponse, "as Ollama does"),
        ("[1]\n", 200, BadResponse, "as Ollama does"),
        ("x" * 200_000, 200, BadResponse, "as Ollama does"),
    ],
)
async def test_a_download_that_fails_says_why(
    body: object, status: int, error: type[HomespunError], words: str
):
    with pytest.raises(error, match=words) as caught:
        await pulled(body, status)
    assert caught.value.hint


async def test_models_are_listed_with_their_sizes():
    body = {"models": [{"name": "a:7b", "size": 4_700_000_000}, {"name": "b"}, {"size": 3}, 7]}
    http = Http()
    async with ScriptedEndpoint(Script(routes={"GET /api/tags": Route(body=body)})) as server:
        assert await kept(http, endpoint(server)) == (Kept("a:7b", 4_700_000_000), Kept("b", 0))
    async with ScriptedEndpoint(Script(routes={"GET /api/tags": Route(body=[])})) as server:
        with pytest.raises(BadResponse):
            await kept(http, endpoint(server))
    await http.close()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(200, "", None), (404, {"error": "model 'a' not found"}, UnknownModel),
     (500, {"error": "busy"}, ServerFault)],
)  # fmt: skip
async def test_a_model_is_deleted(status: int, body: object, error: type[HomespunError] | None):
    http = Http()
    script = Script(routes={"DELETE /api/delete": Route(status, body)})
    async with ScriptedEndpoint(script) as server:
        if error is None:
            await delete(http, endpoint(server, "a"))
        else:
            with pytest.raises(error):
                await delete(http, endpoint(server, "a"))
    await http.close()
    (asked,) = server.requests
    assert asked.body == {"model": "a"}


async def test_leaving_a_download_closes_its_connection():
    gone = asyncio.Event()

    async def never_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n")
        writer.write(b'{"status":"pulling","total":100,"completed":1}\n')
        await reader.read(65536)
        await reader.read()
        gone.set()
        writer.close()

    server = await asyncio.start_server(never_end, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    http = Http()
    asked = Endpoint("ollama", "ollama", f"http://127.0.0.1:{port}", "a")
    async with server:
        async with aclosing(pull(http, asked)) as progresses:
            assert await anext(progresses) == Pulling("pulling", 1, 100)
        await asyncio.wait_for(gone.wait(), 20)
    await http.close()
