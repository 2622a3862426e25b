"""Wishes that not every model takes: tools, pictures, more or less thinking."""

import json
from dataclasses import replace
from typing import Any

import pytest

from homespun.errors import NotSupported
from homespun.providers.base import ChatMessage, Endpoint, Image, Request, ToolCall
from homespun.providers.capabilities import Capabilities, Proven
from homespun.providers.connect import connect
from homespun.providers.http import Http
from model_servers.asking import USUAL, Answered, answered, provider_at, question
from model_servers.documented import exchange
from model_servers.replay import Replay, replaying
from model_servers.transcript import Transcript

TOOLS: tuple[dict[str, object], ...] = ({"type": "function", "function": {"name": "now"}},)
PICTURED = Request((ChatMessage("user", ("See", Image("data:image/png;base64,AAAA"))),), 100)
WITH_TOOLS = replace(question(), tools=TOOLS)
OPENAI = replace(USUAL, kind="openai", local=False)
CHAT = "POST /v1/chat/completions"
SAID = exchange(CHAT, {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})


def sent(replay: Replay) -> dict[str, Any]:
    return json.loads(replay.heard[-1].body)


async def reply(
    request: Request, endpoint: Endpoint, transcript: Transcript = SAID
) -> tuple[Answered, dict[str, Any]]:
    with replaying(transcript) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            return await answered(provider, request), sent(replay)


@pytest.mark.parametrize(("request_", "word"), [(WITH_TOOLS, "tools"), (PICTURED, "vision")])
async def test_what_is_not_known_to_work_is_not_sent(request_: Request, word: str):
    with replaying(SAID) as replay:
        async with provider_at(replay.address) as provider:
            with pytest.raises(NotSupported) as caught:
                await answered(provider, request_)
    assert f"supports_{word}" in caught.value.hint
    assert replay.heard == []


async def test_what_was_proven_is_sent_unless_its_user_says_no():
    capabilities, http = Capabilities(), Http()
    with replaying(SAID) as replay:
        endpoint = replace(USUAL, base_url=replay.address)
        capabilities.prove(endpoint, Proven(tools=True))
        assert (await answered(connect(endpoint, http, capabilities), WITH_TOOLS)).text == "hi"
        refusing = replace(endpoint, declared={"tools": False})
        with pytest.raises(NotSupported):
            await answered(connect(refusing, http, capabilities), WITH_TOOLS)
    await http.close()


@pytest.mark.proves("tools", kind="openai_compatible", how="documented")
async def test_pictures_and_tools_go_as_openai_has_them():
    call = ToolCall("c1", "now", "{}")
    messages = (
        *PICTURED.messages,
        ChatMessage("assistant", (), tool_calls=(call,)),
        ChatMessage("tool", ("noon",), tool_call_id="c1"),
    )
    endpoint = replace(USUAL, declared={"tools": True, "vision": True})
    _, body = await reply(replace(WITH_TOOLS, messages=messages), endpoint)
    assert body["tools"] == list(TOOLS)
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "See"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            ],
        },
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "content": "noon", "tool_call_id": "c1"},
    ]


def piece(finish: str | None = None, *calls: dict[str, object]) -> bytes:
    choice = {"delta": {"tool_calls": calls}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


STREAMED_CALLS = (
    piece(None, {"index": 0, "id": "a", "function": {"name": "now", "arguments": ""}})
    + piece(None, {"index": 1, "id": "b", "function": {"name": "then", "arguments": '{"d"'}})
    + piece(None, {"index": 0, "function": {"arguments": "{}"}})
    + piece(None, {"index": 1, "function": {"arguments": ": 1}"}})
    + piece("tool_calls")
)
WHOLE_CALLS = [
    {"id": "a", "function": {"name": "now", "arguments": "{}"}},
    {"id": "b", "function": {"name": "then", "arguments": '{"d": 1}'}},
]
WHOLE = {"message": {"content": None, "tool_calls": WHOLE_CALLS}, "finish_reason": "tool_calls"}


@pytest.mark.parametrize(
    "transcript",
    [
        exchange(CHAT, STREAMED_CALLS, kind="text/event-stream"),
        exchange(CHAT, {"choices": [WHOLE]}),
    ],
    ids=["streamed", "whole"],
)
async def test_calls_of_tools_come_whole(transcript: Transcript):
    endpoint = replace(USUAL, declared={"tools": True})
    found, _ = await reply(WITH_TOOLS, endpoint, transcript)
    assert found.tool_calls == (ToolCall("a", "now", "{}"), ToolCall("b", "then", '{"d": 1}'))
    assert found.finish == "tool_calls"


@pytest.mark.parametrize(
    ("endpoint", "goes"),
    [
        (OPENAI, True),
        (replace(OPENAI, local=True), False),
        (replace(OPENAI, kind="vllm"), False),
        (replace(USUAL, kind="llamacpp"), False),
    ],
)
async def test_effort_goes_to_clouds_only(endpoint: Endpoint, goes: bool):
    wish = replace(question(), effort="high")
    _, body = await reply(wish, endpoint)
    assert ("reasoning_effort" in body) is goes


async def test_effort_that_cannot_go_is_an_error_where_that_was_asked_for():
    wish = replace(question(), effort="high", strict=True)
    with pytest.raises(NotSupported, match="a local server does not take"):
        await reply(wish, replace(USUAL, kind="llamacpp"))
    with pytest.raises(NotSupported, match="vLLM does not take"):
        await reply(wish, replace(OPENAI, kind="vllm"))
    _, body = await reply(wish, OPENAI)
    assert body["reasoning_effort"] == "high"


async def test_effort_that_a_model_does_not_know_is_left_out():
    refusal = exchange(CHAT, {"error": {"message": "reasoning_effort: unknown"}}, status=400)
    with replaying(refusal, SAID) as replay:
        async with provider_at(replay.address, OPENAI) as provider:
            assert (await answered(provider, replace(question(), effort="low"))).text == "hi"
    assert "reasoning_effort" not in sent(replay)
