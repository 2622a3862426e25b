"""The provider against the scripted endpoint, over real HTTP: good answers and every fault."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from homespun.core.prompt import Message
from homespun.errors import (
    BadResponse,
    ContextOverflow,
    CutShort,
    HomespunError,
    Loading,
    Lost,
    RequestRefused,
    ServerFault,
    TimedOut,
    UnknownModel,
    Unreachable,
    WrongKey,
)
from homespun.providers.base import Chunk, Endpoint, Provider, Request, Window
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import connect
from homespun.providers.http import Http
from homespun.providers.scripted import Route, Script, ScriptedEndpoint, Turn

SCHEMA = {"type": "object", "properties": {"summary": {"type": "string"}}}
PROMPT = "Please rename the variable called tarantula in this secret function"
REQUEST = Request((Message("system", "You edit."), Message("user", PROMPT)), max_tokens=100)


@dataclass
class Setup:
    endpoint: ScriptedEndpoint
    provider: Provider
    capabilities: Capabilities


@asynccontextmanager
async def talking(script: Script, **changes: object) -> AsyncIterator[Setup]:
    http, capabilities = Http(), Capabilities()
    async with ScriptedEndpoint(script) as served:
        endpoint = Endpoint(
            kind="openai_compatible",
            name="mine",
            base_url=served.address,
            model="scripted",
            first_byte_timeout=5,
            idle_timeout=5,
        )
        endpoint = replace(endpoint, **changes)
        yield Setup(served, connect(endpoint, http, capabilities), capabilities)
        await http.close()


async def answer(provider: Provider, request: Request = REQUEST) -> list[Chunk]:
    async with aclosing(provider.stream(request)) as stream:
        return [chunk async for chunk in stream]


def text(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


async def failure(script: Script, request: Request = REQUEST, **changes: object) -> HomespunError:
    async with talking(script, **changes) as setup:
        with pytest.raises(HomespunError) as caught:
            await answer(setup.provider, request)
    return caught.value


async def test_streams_text_reasoning_usage_and_finish():
    reply = '{"summary": "naïve 🦜"}'
    script = Script(turns=(Turn(reply=reply, reasoning="let me think"),), tokens_per_second=500)
    async with talking(script) as setup:
        chunks = await answer(setup.provider)
    assert text(chunks) == reply
    assert "".join(chunk.reasoning for chunk in chunks) == "let me think"
    assert [chunk.finish for chunk in chunks if chunk.finish] == ["stop"]
    assert chunks[-1].finish == "stop"
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.completion_tokens == sum(chunk.tokens for chunk in chunks) > 3
    assert len(chunks) > 3


async def test_sends_what_was_asked_and_no_more():
    async with talking(Script.of("{}"), api_key="k", headers={"X-Team": "t"}) as setup:
        await answer(setup.provider, replace(REQUEST, temperature=0.3, schema=SCHEMA))
    (sent,) = setup.endpoint.chats
    assert sent.headers["authorization"] == "Bearer k"
    assert sent.headers["x-team"] == "t"
    assert sent.body == {
        "model": "scripted",
        "messages": [
            {"role": "system", "content": "You edit."},
            {"role": "user", "content": PROMPT},
        ],
        "stream": True,
        "max_tokens": 100,
        "temperature": 0.3,
        "stream_options": {"include_usage": True},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
        },
    }


async def test_many_events_of_one_read_are_one_chunk():
    async with talking(Script(turns=(Turn(reply="ab" * 5000, piece=2),))) as setup:
        chunks = await answer(setup.provider)
    assert text(chunks) == "ab" * 5000
    assert sum(chunk.tokens for chunk in chunks) == 5000
    assert len(chunks) < 500


async def test_an_end_without_done_is_an_end():
    async with talking(Script(turns=(Turn(reply="all of it", fault="no_done"),))) as setup:
        chunks = await answer(setup.provider)
    assert (text(chunks), chunks[-1].finish) == ("all of it", "stop")


async def test_an_empty_stream_is_asked_for_whole_and_the_reason_is_told():
    """llama-cpp-python answers an overflow in a stream with 200 and nothing."""
    said = "This model's maximum context length is 512 tokens. However, you requested 600 tokens"
    empty = Turn(body="", headers={"Content-Type": "text/event-stream"})
    full = Turn(status=400, body={"error": {"message": said, "code": "context_length_exceeded"}})
    found = await failure(Script(turns=(empty, full)))
    assert isinstance(found, ContextOverflow)
    assert found.window == 512


@pytest.mark.parametrize("shape", ["json_object", "text"])
async def test_the_ladder_of_a_kind_is_its_own(shape: str):
    request = replace(REQUEST, schema=SCHEMA)
    kind = {"json_object": "localai", "text": "mlx"}[shape]
    async with talking(Script.of("{}"), kind=kind) as setup:
        await answer(setup.provider, request)
    sent = setup.endpoint.chats[0].body.get("response_format", {"type": "text"})
    assert sent == {"type": shape}


async def test_thoughts_in_free_text_are_held_back_once_they_were_seen():
    thinking = Turn(reply="so it seems\n</think>\n\nIt adds two numbers.", times=9)
    async with talking(Script(turns=(thinking,))) as setup:
        with pytest.raises(BadResponse, match="thoughts"):
            await answer(setup.provider)
        chunks = await answer(setup.provider)
    assert text(chunks).strip() == "It adds two numbers."
    assert "".join(chunk.reasoning for chunk in chunks).strip() == "so it seems"


async def test_length_is_told_and_not_an_error():
    async with talking(Script(turns=(Turn(reply="half", finish="length"),))) as setup:
        chunks = await answer(setup.provider)
    assert chunks[-1].finish == "length"


@pytest.mark.parametrize(
    ("turn", "error", "words"),
    [
        (Turn(reply="a b c d", fault="cut", after=3), Lost, "cut off"),
        (Turn(reply="a b c d", fault="no_finish", after=3), Lost, "finish reason"),
        (Turn(reply="a b c d", fault="hang", after=3), Lost, "silent"),
        (Turn(reply="a b c d", finish="exploded"), CutShort, "reason of its own"),
        (Turn(fault="hang"), TimedOut, "silent"),
        (Turn(fault="cut"), Unreachable, "closed the connection"),
        (Turn(fault="silent"), TimedOut, "silent"),
        (Turn(fault="close"), Unreachable, "closed the connection"),
        (Turn(fault="endless_line"), BadResponse, "endless line"),
        (Turn(fault="huge"), BadResponse, "more than an answer"),
        (Turn(fault="redirect"), BadResponse, "redirect"),
        (Turn(fault="garbage"), BadResponse, "not understood"),
        (Turn(reply="a b", fault="error", after=1), ServerFault, "the model crashed"),
        (Turn(body="<html><title>Router</title>"), BadResponse, "web page"),
        (Turn(status=404, body="<html><title>Nope</title>"), RequestRefused, "Nope"),
        (Turn(status=500, body={"error": "out of memory"}), ServerFault, "out of memory"),
        (Turn(status=502, body="Bad Gateway"), ServerFault, "Bad Gateway"),
        (Turn(status=400, body={"object": "error", "message": "odd"}), RequestRefused, "odd"),
        (Turn(status=400, body={"error": {"message": "odd"}}), RequestRefused, "odd"),
        (Turn(status=401, body={"error": "Unauthorized"}), WrongKey, "wants a key"),
        (
            Turn(status=404, body={"error": {"message": "The model `x` does not exist."}}),
            UnknownModel,
            "scripted",
        ),
        (
            Turn(status=503, body={"error": {"message": "Loading model"}}),
            Loading,
            "still loading",
        ),
        (
            Turn(status=429, body={"error": "slow down"}, headers={"Retry-After": "0"}),
            RequestRefused,
            "slow down",
        ),
    ],
    ids=lambda value: str(value.fault or value.status) if isinstance(value, Turn) else "",
)
async def test_each_fault_has_its_name(turn: Turn, error: type[HomespunError], words: str):
    found = await failure(
        Script(turns=(turn,)), first_byte_timeout=0.7, idle_timeout=0.4, connect_timeout=0.1
    )
    assert type(found) is error
    assert words in found.message
    assert found.hint


async def test_a_dead_server_is_unreachable():
    async with ScriptedEndpoint(Script()) as gone:
        address = gone.address
    found = await failure(Script(), base_url=address, max_retries=1)
    assert isinstance(found, Unreachable)
    assert address in found.message


async def test_overflow_comes_with_its_numbers():
    body = {
        "error": {
            "message": "request (9000 tokens) exceeds the available context size (8192 tokens)",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 9000,
            "n_ctx": 8192,
        }
    }
    found = await failure(Script(turns=(Turn(status=400, body=body),)))
    assert isinstance(found, ContextOverflow)
    assert (found.prompt_tokens, found.window) == (9000, 8192)


async def test_neither_key_nor_prompt_is_in_an_error():
    said = f"bad request from sk-secret-key: {PROMPT}" + "!" * 1000
    found = await failure(
        Script(turns=(Turn(status=400, body={"error": said}),)), api_key="sk-secret-key"
    )
    assert "bad request" in found.message
    assert "sk-secret" not in found.message
    assert "tarantula" not in found.message
    assert len(found.message) < 450


async def test_a_loading_server_is_waited_for_and_shown():
    loading = Turn(status=503, body={"error": {"message": "Loading model"}}, times=2)
    async with talking(Script(turns=(loading, Turn(reply="ready")))) as setup:
        chunks = await answer(setup.provider)
    assert [chunk.waiting for chunk in chunks if chunk.waiting] == ["loading the model"] * 2
    assert text(chunks) == "ready"


async def test_a_busy_server_is_asked_again_after_what_it_says():
    busy = Turn(status=429, body={"error": "busy"}, headers={"Retry-After": "0"}, times=2)
    async with talking(Script(turns=(busy, Turn(reply="now")))) as setup:
        assert text(await answer(setup.provider)) == "now"


@pytest.mark.parametrize(
    "refuses",
    [
        ("response_format.json_schema",),
        ("response_format",),
        ("stream",),
        ("temperature",),
        ("max_tokens",),
        ("stream_options",),
        ("response_format", "stream", "temperature", "max_tokens"),
    ],
)
async def test_steps_down_where_refused_and_remembers(refuses: tuple[str, ...]):
    request = replace(REQUEST, temperature=0.1, schema=SCHEMA)
    async with talking(Script(turns=(Turn(reply='{"summary": "x"}'),), refuses=refuses)) as setup:
        assert text(await answer(setup.provider, request)) == '{"summary": "x"}'
        first = len(setup.endpoint.chats)
        assert text(await answer(setup.provider, request)) == '{"summary": "x"}'
    assert 1 < first <= 6
    assert len(setup.endpoint.chats) == first + 1


async def test_a_refusal_that_names_nothing_is_not_tried_for_ever():
    turn = Turn(status=400, body={"error": {"message": "I do not like this"}})
    async with talking(Script(turns=(turn,))) as setup:
        with pytest.raises(RequestRefused):
            await answer(setup.provider, replace(REQUEST, schema=SCHEMA))
    assert len(setup.endpoint.chats) == 1


async def test_an_answer_that_has_begun_is_not_asked_again():
    turns = (Turn(reply="a b c", fault="cut", after=1), Turn(reply="second"))
    async with talking(Script(turns=turns)) as setup:
        with pytest.raises(CutShort):
            await answer(setup.provider)
    assert len(setup.endpoint.chats) == 1


async def test_a_slow_answer_has_all_the_time_that_it_needs():
    slow = Turn(reply="one two three four five", delay=0.6)
    async with talking(
        Script(turns=(slow,), tokens_per_second=8),
        connect_timeout=0.3,
        first_byte_timeout=1.5,
        idle_timeout=0.5,
    ) as setup:
        began = time.perf_counter()
        chunks = await answer(setup.provider)
    assert text(chunks) == "one two three four five"
    assert time.perf_counter() - began > 1.5


async def test_closing_the_stream_closes_the_socket():
    script = Script(turns=(Turn(reply="word " * 1000),), tokens_per_second=100)
    async with talking(script) as setup:
        stream = setup.provider.stream(REQUEST)
        while not (await anext(stream)).text:
            pass
        began = time.perf_counter()
        await stream.aclose()
        await asyncio.wait_for(setup.endpoint.stream_closed.wait(), 20)
        assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("pace", [0, 100])
async def test_cancelling_closes_the_socket(pace: float):
    script = Script(turns=(Turn(reply="word " * 400_000, piece=5),), tokens_per_second=pace)
    async with talking(script) as setup:
        task = asyncio.create_task(answer(setup.provider))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(setup.endpoint.stream_closed.wait(), 20)


@pytest.mark.parametrize(
    ("script", "changes", "window"),
    [
        (Script(window=4321), {}, Window(4321, guessed=False)),
        (Script(), {}, Window(8192, guessed=True)),
        (Script(), {"window": 99}, Window(99, guessed=False)),
        (Script(), {"kind": "ollama"}, Window(4096, guessed=True)),
        (
            Script(
                routes={"GET /props": Route(body={"default_generation_settings": {"n_ctx": 2048}})}
            ),
            {"kind": "llamacpp"},
            Window(2048, guessed=False),
        ),
        (
            Script(
                routes={
                    "GET /api/ps": Route(
                        body={
                            "models": [
                                {"name": "other:latest", "context_length": 1},
                                {"name": "scripted:latest", "context_length": 16384},
                            ]
                        }
                    )
                }
            ),
            {"kind": "ollama"},
            Window(16384, guessed=False),
        ),
        (
            Script(
                routes={
                    "GET /api/v0/models": Route(
                        body={"data": [{"id": "scripted", "loaded_context_length": 5000}]}
                    )
                }
            ),
            {"kind": "lm_studio"},
            Window(5000, guessed=False),
        ),
        (Script(routes={"GET /v1/models": Route(body="<html>")}), {}, Window(8192, guessed=True)),
    ],
)
async def test_window(script: Script, changes: dict[str, object], window: Window):
    async with talking(script, **changes) as setup:
        assert await setup.provider.window() == window


async def test_window_of_a_dead_server_is_a_guess():
    async with talking(Script(), base_url="http://127.0.0.1:9") as setup:
        assert await setup.provider.window() == Window(8192, guessed=True)


async def test_localhost_and_whole_answers():
    async with talking(Script.of("whole"), streaming=False) as setup:
        port = setup.endpoint.address.rsplit(":", 1)[1]
        endpoint = Endpoint("gpt4all", "mine", f"http://localhost:{port}", "scripted")
        http = Http()
        chunks = await answer(connect(endpoint, http, setup.capabilities))
        await http.close()
    assert [(chunk.text, chunk.finish) for chunk in chunks] == [("whole", "stop")]
    assert setup.endpoint.chats[0].body["stream"] is False
