"""`homespun/chat` as another plugin has it: the real language server, a scripted model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from homespun.providers.scripted import Script, ScriptedEndpoint
from homespun.providers.scripted.script import Turn
from lsp.editor import Editor, Failed, capabilities, running
from lsp.test_real_server import HOMESPUN, environment

KEY = "AKIA" + "QRSTUVWX" * 2
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
ABLE = "[providers.vllm]\nsupports_tools = true\nsupports_vision = true\n"


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


@asynccontextmanager
async def plugin(
    tmp_path: Path, *turns: Turn, settings: str = ""
) -> AsyncGenerator[tuple[Editor, ScriptedEndpoint]]:
    """A plugin's editor at the real server, whose model plays `turns`."""
    async with ScriptedEndpoint(Script(turns=turns, window=8192)) as endpoint:
        around = environment(tmp_path, endpoint)
        file = Path(around["XDG_CONFIG_HOME"]) / "homespun" / "config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(settings)
        async with running(capabilities("neovim_0.11.4"), HOMESPUN, **around) as run:
            await run.editor.initialize(tmp_path)
            yield run.editor, endpoint


def streamed(editor: Editor, token: int) -> Sequence[str]:
    told = (message for message in editor.messages("$/progress") if message["token"] == token)
    return [message["value"]["text"] for message in told]


async def test_an_answer_is_streamed_and_whole_as_the_model_said_it(tmp_path: Path) -> None:
    said = "![pictures](http://example.org/a.png) are left to the plugin. " * 20
    turn = Turn(reply=said, tokens_per_second=400)
    async with plugin(tmp_path, turn) as (editor, endpoint):
        params = {"messages": [user("Hi.")], "partialResultToken": 7}
        result = await editor.request("homespun/chat", params)
        pieces = streamed(editor, 7)
    assert result["text"] == "".join(pieces) == said
    assert len(pieces) > 2
    assert result["answeredBy"] == {"provider": "vllm", "model": "scripted", "local": True}
    assert result["usage"]["completionTokens"] > 10
    assert result["usage"]["tokensPerSecond"] > 0
    (asked,) = endpoint.chats
    assert asked.body["messages"] == [user("Hi.")]


async def test_a_secret_leaves_as_a_placeholder_and_comes_back(tmp_path: Path) -> None:
    async with plugin(tmp_path, Turn(reply="unused", times=0)) as (editor, endpoint):
        await editor.request("homespun/chat", {"messages": [user(f"{KEY} leaks")]})
        sent = json.dumps(endpoint.chats[0].body)
        (hidden,) = {word for word in sent.replace('"', " ").split() if "SECRET" in word}
        endpoint.script = Script(turns=(Turn(reply=f"Revoke {hidden}!", piece=3),), window=8192)
        params = {"messages": [user(f"{KEY} leaks")], "partialResultToken": 8}
        result = await editor.request("homespun/chat", params)
        pieces = streamed(editor, 8)
    assert KEY not in sent
    assert result["text"] == "".join(pieces) == f"Revoke {KEY}!"


async def test_tools_and_pictures_are_passed_on_where_they_are_known_to_work(
    tmp_path: Path,
) -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    talk = [
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, picture]},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "content": "sunny", "tool_call_id": "c1"},
    ]
    async with plugin(tmp_path, Turn(body=body), settings=ABLE) as (editor, endpoint):
        params = {"messages": talk, "tools": [WEATHER]}
        result = await editor.request("homespun/chat", params)
    assert (result["text"], result["toolCalls"]) == ("", [CALL])
    sent = endpoint.chats[0].body
    assert sent["tools"] == [WEATHER]
    assert sent["messages"][0]["content"][1] == picture
    assert sent["messages"][1]["tool_calls"] == [CALL]
    assert sent["messages"][2]["tool_call_id"] == "c1"


async def test_elsewhere_they_are_an_error_and_nothing_is_sent(tmp_path: Path) -> None:
    async with plugin(tmp_path, Turn(reply="no")) as (editor, endpoint):
        with pytest.raises(Failed, match="call tools") as failed:
            await editor.request("homespun/chat", {"messages": [user("?")], "tools": [WEATHER]})
        assert endpoint.chats == []
    assert failed.value.data["code"] == "not_supported"
    assert "supports_tools" in failed.value.data["hint"]


async def test_cancelling_stops_the_model(tmp_path: Path) -> None:
    turn = Turn(reply="on and on " * 500, tokens_per_second=50)
    async with plugin(tmp_path, turn) as (editor, endpoint):
        number = editor.send(
            "homespun/chat", {"messages": [user("Go on.")], "partialResultToken": 9}
        )
        await editor.wait_for(lambda: streamed(editor, 9))
        editor.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Failed) as failed:
            await editor.answer(number)
        await editor.wait_for(lambda: endpoint.closed_streams)
    assert failed.value.code == -32800


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "root", "content": "x"}]}, "messages.0.role"),
        (
            {"messages": [{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}]},
            "image_url",
        ),
        ({"messages": [user("x")], "stream": True}, "stream"),
    ],
)  # fmt: skip
async def test_what_is_no_chat_is_told_by_its_place(
    tmp_path: Path, params: dict[str, Any], named: str
) -> None:
    async with plugin(tmp_path, Turn(reply="no")) as (editor, _):
        with pytest.raises(Failed, match=named) as failed:
            await editor.request("homespun/chat", params)
    assert failed.value.code == -32602


async def test_as_a_command_it_shows_what_was_said(tmp_path: Path) -> None:
    async with plugin(tmp_path, Turn(reply="Hello ![x](http://example.org/leak)")) as (editor, _):
        assert await editor.command("homespun.chat", {"messages": [user("Hi.")]})
        page = await editor.shown("window/showDocument")
        shown = Path(page["uri"].removeprefix("file://"))
        text = await asyncio.to_thread(shown.read_text)
    assert text == "Hello !\u200b[x](http://example.org/leak)"
