from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.world import World, world
from homespun.engine.chat import ChatTask
from homespun.errors import ConsentNeeded, ContextOverflow, CutShort, Malformed
from homespun.providers.base import ChatMessage, Chunk, Endpoint, Image, Request, ToolCall, Usage

KEY = "AKIA" + "QRSTUVWX" * 2
PRIVATE = "-----BEGIN PRIVATE KEY-----\n" + "MIIabc0/" * 8 + "\n-----END PRIVATE KEY-----"


def user(*parts: str | Image) -> ChatMessage:
    return ChatMessage("user", parts)


def sent(w: World) -> Request:
    (request,) = w.model.requests
    return request


async def chat(w: World, *messages: ChatMessage, **more: object):
    return await w.engine.chat(ChatTask(messages, **more), w.recorder, w.recorder)  # type: ignore[arg-type]


async def test_the_answer_is_streamed_and_whole(tmp_path: Path) -> None:
    w = world(tmp_path, {}, "Hello, you.")
    w.model.prompt_tokens = 12
    answer = await chat(w, ChatMessage("system", ("Be kind.",)), user("Hi."))
    assert (answer.text, "".join(w.recorder.said)) == ("Hello, you.", "Hello, you.")
    assert len(w.recorder.said) > 1
    assert (answer.by.model, answer.spent.prompt_tokens) == ("model", 12)
    assert [message.content for message in sent(w).messages] == ["Be kind.", "Hi."]
    assert [record.purpose for record in w.journal.usage_since(0)] == ["chat"]
    assert w.recorder.stages[-1] == "done"


async def test_secrets_leave_as_placeholders_and_come_back(tmp_path: Path) -> None:
    w = world(tmp_path, {}, lambda request: f"You said: {request.messages[0].content}")
    answer = await chat(w, user("My key is ", f"{KEY}."))
    assert KEY not in str(sent(w))
    assert "HOMESPUN_SECRET_" in sent(w).messages[0].content
    assert answer.text == "".join(w.recorder.said) == f"You said: My key is {KEY}."


async def test_secrets_in_tools_calls_and_addresses_stay_too(tmp_path: Path) -> None:
    w = world(tmp_path, {}, "x")
    asked = ToolCall("1", "read", json.dumps({"key": PRIVATE}))
    await chat(
        w,
        user(Image(f"https://example.org/a.png?key={KEY}"), Image(f"data:image/png;base64,{KEY}")),
        replace(ChatMessage("assistant", ()), tool_calls=(asked,)),
        ChatMessage("tool", (PRIVATE,), tool_call_id="1"),
        tools=({"type": "function", "function": {"name": "f", "description": f"uses {KEY}"}},),
    )
    request = sent(w)
    pictured, called, _ = request.messages
    assert isinstance(pictured, ChatMessage) and isinstance(called, ChatMessage)
    assert KEY not in str(request.tools) + pictured.images[0].url
    assert pictured.images[1].url.endswith(KEY), "a picture's own bytes are left alone"
    assert "MIIabc0" not in str(request)
    placeholder = json.loads(called.tool_calls[0].arguments)["key"]
    assert placeholder.startswith("-----BEGIN") and "HOMESPUN_SECRET_" in placeholder


async def test_arguments_of_a_call_are_valid_json_with_the_secrets_in_them(tmp_path: Path) -> None:
    def called(request: Request) -> list[Chunk]:
        arguments = json.dumps({"pem": request.messages[0].content})
        call = ToolCall("1", "keep", arguments)
        return [Chunk(tool_calls=(call,), finish="tool_calls", usage=Usage(5, 5))]

    w = world(tmp_path, {}, called)  # type: ignore[arg-type]
    answer = await chat(w, user(PRIVATE), tools=({"type": "function"},))
    (call,) = answer.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("keep", {"pem": PRIVATE})
    assert answer.text == ""


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        ([Chunk(text="  "), Chunk(finish="stop")], Malformed),
        ([Chunk(text="so far", tokens=1), Chunk(finish="length")], CutShort),
    ],
)
async def test_no_answer_is_told(tmp_path: Path, turn: list[Chunk], error: type) -> None:
    w = world(tmp_path, {}, turn)
    with pytest.raises(error):
        await chat(w, user("Hi."))


async def test_what_does_not_fit_is_not_sent(tmp_path: Path) -> None:
    w = world(tmp_path, {}, "no")
    with pytest.raises(ContextOverflow, match="The chat does not fit"):
        await chat(w, user("word " * 40_000))
    assert w.model.requests == []


async def test_a_cloud_is_asked_for_as_ever(tmp_path: Path) -> None:
    far = Endpoint("openai", "far", "https://far", "m", local=False, needs_consent=True)
    w = world(tmp_path, {}, "no", endpoint=far)
    w.recorder.yes = False
    with pytest.raises(ConsentNeeded):
        await chat(w, user("Hi."))
    assert w.model.requests == []


async def test_tools_teach_the_meter_nothing(tmp_path: Path) -> None:
    """Their tokens are counted by the server, and are no part of the text."""
    w = world(tmp_path, {}, "one", "two")
    w.model.prompt_tokens = 20_000
    await chat(w, user("x" * 2000), tools=({"type": "function"},))
    await chat(w, user("y" * 40_000))
    assert len(w.model.requests) == 2
