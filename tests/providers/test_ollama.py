"""Ollama's own wire, with the exchanges that its documents and sources describe."""

import json
from dataclasses import replace
from typing import Any

import pytest

from homespun.core.prompt import Message
from homespun.errors import (
    ContextOverflow,
    CutShort,
    HomespunError,
    Lost,
    RequestRefused,
    ServerFault,
    UnknownModel,
)
from homespun.providers.base import (
    ChatMessage,
    Endpoint,
    Image,
    Request,
    ToolCall,
    Usage,
    Window,
)
from model_servers.asking import REPLY_SCHEMA, USUAL, answered, provider_at, question, structured
from model_servers.documented import exchange, lines
from model_servers.replay import Replay, replaying
from model_servers.transcript import Transcript

OLLAMA = replace(
    USUAL,
    kind="ollama",
    model="qwen2.5-coder:7b",
    chat_path="/api/chat",
    max_retries=0,
    window=8192,
)
NDJSON = "application/x-ndjson"
TAIL = {
    "message": {"role": "assistant", "content": ""},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 26,
    "eval_count": 4,
}
BUSY = "server busy, please try again.  maximum pending requests exceeded"


def piece(**message: object) -> dict[str, object]:
    return {"message": {"role": "assistant", "content": "", **message}, "done": False}


def streamed(*events: dict[str, object]) -> Transcript:
    return exchange("POST /api/chat", lines(*events), kind=NDJSON)


def refused(status: int, error: str) -> Transcript:
    return exchange("POST /api/chat", {"error": error}, status=status)


def sent(replay: Replay, path: str = "/api/chat") -> list[dict[str, Any]]:
    return [json.loads(heard.body) for heard in replay.heard if heard.path == path]


async def failure(*transcripts: Transcript, endpoint: Endpoint = OLLAMA) -> HomespunError:
    with replaying(*transcripts) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            with pytest.raises(HomespunError) as caught:
                await answered(provider, question())
    return caught.value


@pytest.mark.proves("stream", kind="ollama", how="documented")
async def test_a_stream_is_read_with_its_thoughts_and_its_counts():
    answer = streamed(piece(thinking="hm, "), piece(content="naïve "), piece(content="🦜"), TAIL)
    with replaying(answer) as replay:
        async with provider_at(replay.address, OLLAMA) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.reasoning, reply.finish) == ("naïve 🦜", "hm, ", "stop")
    assert reply.usage == Usage(26, 4)


@pytest.mark.proves("json", kind="ollama", how="documented")
async def test_the_window_is_set_and_nothing_may_be_cut():
    endpoint = replace(OLLAMA, keep_alive="30m")
    with replaying(streamed(piece(content='{"summary": "x"}'), TAIL)) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            await answered(provider, replace(structured(max_tokens=99), temperature=0.2))
    assert sent(replay) == [
        {
            "model": "qwen2.5-coder:7b",
            "messages": [{"role": "user", "content": "Say something short."}],
            "stream": True,
            "options": {"num_predict": 99, "num_ctx": 8192, "temperature": 0.2},
            "truncate": False,
            "shift": False,
            "format": REPLY_SCHEMA,
            "keep_alive": "30m",
        }
    ]


async def test_an_answer_without_a_stream_is_the_same():
    body = {**TAIL, "message": {"role": "assistant", "content": "whole", "thinking": "hm"}}
    with replaying(exchange("POST /api/chat", body)) as replay:
        async with provider_at(replay.address, replace(OLLAMA, streaming=False)) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.reasoning, reply.finish) == ("whole", "hm", "stop")
    assert sent(replay)[0]["stream"] is False


@pytest.mark.proves("refusals", kind="ollama", how="documented")
@pytest.mark.parametrize(
    ("transcript", "error", "words"),
    [
        (streamed(piece(content="half")), Lost, "without a finish reason"),
        (streamed(piece(content="half"), {"error": "cuda died"}), ServerFault, "cuda died"),
        (streamed({"error": "cuda died"}), ServerFault, "cuda died"),
        (streamed({**TAIL, "done_reason": "load"}), CutShort, "reason of its own"),
        (refused(404, "model 'qwen2.5-coder:7b' not found"), UnknownModel, "does not know"),
        (refused(503, BUSY), ServerFault, "server busy"),
        (
            refused(400, "the input length exceeds the context length"),
            ContextOverflow,
            "do not fit",
        ),
        (refused(400, "invalid option"), RequestRefused, "invalid option"),
    ],
)
async def test_each_fault_has_its_name(
    transcript: Transcript, error: type[HomespunError], words: str
):
    found = await failure(transcript)
    assert type(found) is error
    assert words in found.message


async def test_a_full_window_is_told():
    with replaying(streamed(piece(content="half"), {**TAIL, "done_reason": "length"})) as replay:
        async with provider_at(replay.address, OLLAMA) as provider:
            assert (await answered(provider, question())).finish == "length"


async def test_a_schema_that_is_refused_becomes_plain_json():
    refusal = refused(400, 'invalid format: "object"; expected "json" or a JSON Schema')
    with replaying(refusal, streamed(piece(content="{}"), TAIL)) as replay:
        async with provider_at(replay.address, OLLAMA) as provider:
            assert (await answered(provider, structured())).text == "{}"
    assert [body["format"] for body in sent(replay)] == [REPLY_SCHEMA, "json"]


async def test_a_full_queue_is_waited_for():
    patient = replace(OLLAMA, max_retries=1)
    busy = exchange("POST /api/chat", {"error": BUSY}, status=503, headers="Retry-After: 0\r\n")
    with replaying(busy, streamed(piece(content="now"), TAIL)) as replay:
        async with provider_at(replay.address, patient) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.waiting) == ("now", ["the server is busy"])


async def test_a_stranger_at_ollamas_address_is_asked_in_openais_way():
    event = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}
    missing = exchange("POST /api/chat", "404 page not found", status=404, kind="text/plain")
    with replaying(missing, exchange("POST /v1/chat/completions", event)) as replay:
        async with provider_at(replay.address, OLLAMA) as provider:
            assert (await answered(provider, question())).text == "hi"


async def test_its_users_path_chooses_openais_wire():
    event = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}
    endpoint = replace(OLLAMA, chat_path="/v1/chat/completions")
    with replaying(exchange("POST /v1/chat/completions", event)) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            assert (await answered(provider, question())).text == "hi"
    assert [heard.path for heard in replay.heard] == ["/v1/chat/completions"]


def loaded(tokens: int) -> Transcript:
    models = [{"name": "qwen2.5-coder:7b", "context_length": tokens}]
    return exchange("GET /api/ps", {"models": models})


def shown(trained: int, parameters: str = "") -> Transcript:
    info = {"general.architecture": "qwen2", "qwen2.context_length": trained}
    return exchange("POST /api/show", {"model_info": info, "parameters": parameters})


NOTHING_LOADED = exchange("GET /api/ps", {"models": []})


@pytest.mark.proves("window", kind="ollama", how="documented")
@pytest.mark.parametrize(
    ("transcripts", "tokens"),
    [
        ((loaded(32_768),), 32_768),
        ((loaded(4096), shown(32_768)), 16_384),
        ((NOTHING_LOADED, shown(32_768)), 16_384),
        ((NOTHING_LOADED, shown(2048)), 2048),
        ((NOTHING_LOADED, shown(32_768, "temperature 0.7\nnum_ctx    24000\n")), 24_000),
        ((loaded(8192), shown(32_768, "num_ctx 6000")), 8192),
        ((loaded(4096),), 4096),
    ],
)
async def test_the_window_is_found_and_asked_for(transcripts: tuple[Transcript, ...], tokens: int):
    answer = streamed(piece(content="x"), TAIL)
    with replaying(*transcripts, answer) as replay:
        async with provider_at(replay.address, replace(OLLAMA, window=0)) as provider:
            assert await provider.window() == Window(tokens, guessed=False)
            await answered(provider, question())
    assert sent(replay)[0]["options"]["num_ctx"] == tokens


async def test_a_window_that_nobody_tells_is_a_guess():
    with replaying() as replay:
        async with provider_at(replay.address, replace(OLLAMA, window=0)) as provider:
            assert await provider.window() == Window(4096, guessed=True)


TOOLS: tuple[dict[str, object], ...] = ({"type": "function", "function": {"name": "now"}},)
CALL = ToolCall("call_0", "now", '{"zone": "UTC"}')


@pytest.mark.proves("tools", kind="ollama", how="documented")
async def test_tools_and_pictures_are_passed_on():
    asked = Request(
        (
            ChatMessage("user", ("What is ", Image("data:image/png;base64,AAAA"), "this?")),
            ChatMessage("assistant", (), tool_calls=(CALL,)),
            ChatMessage("tool", ("noon",), tool_call_id="call_0"),
            Message("user", "again"),
        ),
        100,
        tools=TOOLS,
    )
    call = {"function": {"name": "now", "arguments": {"zone": "UTC"}}}
    with replaying(streamed(piece(tool_calls=[call]), TAIL)) as replay:
        endpoint = replace(OLLAMA, declared={"tools": True, "vision": True})
        async with provider_at(replay.address, endpoint) as provider:
            reply = await answered(provider, asked)
    assert (reply.tool_calls, reply.finish) == ((CALL,), "tool_calls")
    (body,) = sent(replay)
    assert body["tools"] == list(TOOLS)
    assert body["messages"] == [
        {"role": "user", "content": "What is this?", "images": ["AAAA"]},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "noon"},
        {"role": "user", "content": "again"},
    ]


@pytest.mark.parametrize(
    "line", [b"[1]\n", b'{"message": 3, "done": true}\n', b'{"message": {"content": 7}}\n', b"{\n"]
)
async def test_nonsense_is_named(line: bytes):
    found = await failure(exchange("POST /api/chat", line, kind=NDJSON))
    assert found.code in ("bad_response", "cut_short", "unreachable")
