"""Anthropic's wire, with the exchanges that its documents describe."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.prompt import Message
from homespun.errors import (
    BadResponse,
    ContextOverflow,
    CutShort,
    HomespunError,
    Lost,
    RequestRefused,
    ServerFault,
    UnknownModel,
    WrongKey,
)
from homespun.providers.anthropic import AnthropicDecoder
from homespun.providers.base import ChatMessage, Image, Request, ToolCall, Usage, Window
from homespun.providers.reasoning import ThinkFilter
from model_servers.asking import REPLY_SCHEMA, USUAL, answered, provider_at, question, structured
from model_servers.depth import examples
from model_servers.documented import exchange, named_events
from model_servers.replay import Replay, replaying
from model_servers.transcript import Transcript

CLAUDE = replace(
    USUAL,
    kind="anthropic",
    model="claude",
    chat_path="/v1/messages",
    api_key="sk-ant-key",
    max_retries=0,
    local=False,
)
Event = dict[str, Any]
START: Event = {
    "type": "message_start",
    "message": {"role": "assistant", "content": [], "usage": {"input_tokens": 25}},
}
STOP: Event = {"type": "message_stop"}


def begun(index: int, **block: object) -> Event:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, **said: object) -> Event:
    return {"type": "content_block_delta", "index": index, "delta": said}


def ended(reason: str) -> Event:
    usage = {"output_tokens": 15}
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


def text(said: str) -> Event:
    return delta(1, type="text_delta", text=said)


def streamed(*events: Event) -> Transcript:
    return exchange("POST /v1/messages", named_events(events), kind="text/event-stream")


def refused(status: int, kind: str, message: str) -> Transcript:
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return exchange("POST /v1/messages", error, status=status)


def sent(replay: Replay) -> list[dict[str, Any]]:
    return [json.loads(heard.body) for heard in replay.heard if heard.method == "POST"]


WHOLE = (
    START,
    {"type": "ping"},
    begun(0, type="thinking", thinking=""),
    delta(0, type="thinking_delta", thinking="hm"),
    delta(0, type="signature_delta", signature="EqQB"),
    {"type": "content_block_stop", "index": 0},
    begun(1, type="text", text=""),
    text("naïve "),
    text("🦜"),
    {"type": "content_block_stop", "index": 1},
    {"type": "something_new", "data": 3},
    ended("end_turn"),
    STOP,
)


@pytest.mark.proves("stream", kind="anthropic", how="documented")
async def test_a_stream_is_read_with_its_thoughts_and_its_counts():
    with replaying(streamed(*WHOLE)) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.reasoning, reply.finish) == ("naïve 🦜", "hm", "stop")
    assert reply.usage == Usage(25, 15)


@settings(max_examples=examples(100))
@given(st.lists(st.integers(0, 2000), max_size=20))
def test_any_cutting_gives_the_same(places: list[int]):
    data = named_events(WHOLE)
    bounds = [0, *sorted(place % len(data) for place in places), len(data)]
    decoder = AnthropicDecoder(ThinkFilter(holds=False), AssertionError)
    pieces = [decoder.feed(data[a:b]) for a, b in pairwise(bounds)]
    last = decoder.finish()
    assert "".join(piece.text for piece in pieces if piece) + last.text == "naïve 🦜"
    assert last.usage == Usage(25, 15)


@pytest.mark.proves("json", kind="anthropic", how="documented")
async def test_what_is_sent():
    asked = Request(
        (Message("system", "You edit."), Message("user", "Edit.")),
        max_tokens=99,
        temperature=1.4,
        schema=REPLY_SCHEMA,
        effort="minimal",
    )
    with replaying(streamed(*WHOLE)) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            await answered(provider, asked)
    (heard,) = replay.heard
    assert heard.headers["x-api-key"] == "sk-ant-key"
    assert heard.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in heard.headers
    assert sent(replay) == [
        {
            "model": "claude",
            "max_tokens": 99,
            "system": "You edit.",
            "messages": [{"role": "user", "content": "Edit."}],
            "stream": True,
            "temperature": 1.0,
            "output_config": {
                "format": {"type": "json_schema", "schema": REPLY_SCHEMA},
                "effort": "low",
            },
        }
    ]


async def test_a_message_that_comes_whole():
    body = {
        "type": "message",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "text", "text": "whole"},
            {"type": "tool_use", "id": "t1", "name": "now", "input": {"zone": "UTC"}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 20, "output_tokens": 7},
    }
    with replaying(exchange("POST /v1/messages", body)) as replay:
        async with provider_at(replay.address, replace(CLAUDE, streaming=False)) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.reasoning, reply.finish) == ("whole", "hm", "tool_calls")
    assert reply.usage == Usage(25, 7)
    assert reply.tool_calls == (ToolCall("t1", "now", '{"zone": "UTC"}'),)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("tool_use", "tool_calls"),
    ],
)
async def test_each_end_has_its_meaning(reason: str, finish: str):
    with replaying(streamed(START, text("x"), ended(reason), STOP)) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            assert (await answered(provider, question())).finish == finish


TOO_LONG = "prompt is too long: 210000 tokens > 200000 maximum"
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.mark.proves("refusals", kind="anthropic", how="documented")
@pytest.mark.parametrize(
    ("transcript", "error", "words"),
    [
        (streamed(START, text("half")), Lost, "without a finish reason"),
        (streamed(START, text("x"), ended("pause_turn"), STOP), CutShort, "reason of its own"),
        (streamed(START, text("half"), OVERLOADED), ServerFault, "Overloaded"),
        (streamed({"type": "content_block_start"}), BadResponse, "not understood"),
        (exchange("POST /v1/messages", {"content": 3}), BadResponse, "not a chat completion"),
        (refused(400, "authentication_error", "invalid x-api-key"), RequestRefused, "x-api-key"),
        (refused(404, "not_found_error", "model: claude not found"), UnknownModel, "claude"),
        (refused(429, "rate_limit_error", "slow down"), RequestRefused, "slow down"),
        (refused(400, "invalid_request_error", TOO_LONG), ContextOverflow, "200000"),
    ],
)
async def test_each_fault_has_its_name(
    transcript: Transcript, error: type[HomespunError], words: str
):
    with replaying(transcript) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            with pytest.raises(error, match=words) as caught:
                await answered(provider, question())
    assert "sk-ant" not in str(caught.value)


async def test_an_overload_is_waited_for():
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    overload = exchange("POST /v1/messages", error, status=529, headers="Retry-After: 0\r\n")
    with replaying(overload, streamed(*WHOLE)) as replay:
        async with provider_at(replay.address, replace(CLAUDE, max_retries=1)) as provider:
            reply = await answered(provider, question())
    assert (reply.finish, reply.waiting) == ("stop", ["the server is busy"])


async def test_a_refused_key_is_named():
    body = {"type": "error", "error": {"type": "authentication_error", "message": "sk-ant-key"}}
    wrong = exchange("POST /v1/messages", body, status=401)
    with replaying(wrong) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            with pytest.raises(WrongKey) as caught:
                await answered(provider, question())
    assert "sk-ant" not in caught.value.message


@pytest.mark.parametrize(
    ("message", "dropped"),
    [
        ("output_config: Extra inputs are not permitted", "output_config"),
        ("temperature is deprecated for this model", "temperature"),
    ],
)
async def test_what_a_model_does_not_take_is_left_out(message: str, dropped: str):
    refusal = refused(400, "invalid_request_error", message)
    asked = replace(structured(), temperature=0.2)
    with replaying(refusal, streamed(*WHOLE)) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            assert (await answered(provider, asked)).finish == "stop"
    first, second = sent(replay)
    assert first.keys() - second.keys() == {dropped}


@pytest.mark.proves("tools", kind="anthropic", how="documented")
async def test_tools_pictures_and_results_are_in_its_form():
    call = ToolCall("t1", "now", '{"zone": "UTC"}')
    other = ToolCall("t2", "now", "no json")
    asked = Request(
        (
            Message("system", "One."),
            ChatMessage("user", ("See ", Image("data:image/png;base64,AAAA"))),
            ChatMessage("assistant", ("Well",), tool_calls=(call, other)),
            ChatMessage("tool", ("noon",), tool_call_id="t1"),
            ChatMessage("tool", ("late",), tool_call_id="t2"),
            Message("user", "And?"),
            ChatMessage("user", (Image("https://h/p.png"),)),
        ),
        100,
        tools=(
            {"type": "function", "function": {"name": "now", "description": "d"}},
            {"name": "x"},
        ),
    )
    answer = streamed(
        START,
        begun(0, type="tool_use", id="t3", name="now", input={}),
        delta(0, type="input_json_delta", partial_json='{"zone"'),
        delta(0, type="input_json_delta", partial_json=': "CET"}'),
        ended("tool_use"),
        STOP,
    )
    with replaying(answer) as replay:
        endpoint = replace(CLAUDE, declared={"tools": True, "vision": True})
        async with provider_at(replay.address, endpoint) as provider:
            reply = await answered(provider, asked)
    assert reply.tool_calls == (ToolCall("t3", "now", '{"zone": "CET"}'),)
    (body,) = sent(replay)
    schema = {"type": "object", "properties": {}}
    assert body["tools"] == [
        {"name": "now", "input_schema": schema, "description": "d"},
        {"name": "x"},
    ]
    picture = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    use = {"type": "tool_use", "name": "now"}
    result = {"type": "tool_result"}
    assert body["messages"] == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "See "}, {"type": "image", "source": picture}],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Well"},
                {**use, "id": "t1", "input": {"zone": "UTC"}},
                {**use, "id": "t2", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {**result, "tool_use_id": "t1", "content": "noon"},
                {**result, "tool_use_id": "t2", "content": "late"},
                {"type": "text", "text": "And?"},
                {"type": "image", "source": {"type": "url", "url": "https://h/p.png"}},
            ],
        },
    ]


@pytest.mark.proves("window", kind="anthropic", how="documented")
async def test_the_window_is_told_with_the_models():
    models = {"data": [{"id": "claude", "max_input_tokens": 1_000_000}]}
    with replaying(exchange("GET /v1/models", models)) as replay:
        async with provider_at(replay.address, CLAUDE) as provider:
            assert await provider.window() == Window(1_000_000, guessed=False)
