"""Chats as Anthropic has them: the system apart, results of tools said by the user. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from homespun.core.prompt import Message
from homespun.providers.base import ChatMessage, Image, ToolCall

_DATA_URL = re.compile(r"data:(?P<type>[\w.+/-]+);base64,")

Said = dict[str, object]


def conversation(messages: Sequence[Message | ChatMessage]) -> tuple[str, list[Said]]:
    """The system's text, and the turns of user and assistant in their order."""
    system = "\n\n".join(m.content for m in messages if m.role == "system" and m.content)
    turns: list[Said] = []
    for message in messages:
        if message.role != "system":
            _append(turns, "assistant" if message.role == "assistant" else "user", message)
    return system, turns


def tool(offered: Mapping[str, object]) -> Said:
    """A tool in OpenAI's form as Anthropic's; one that has its form already stays as it is."""
    function = offered.get("function")
    if not isinstance(function, dict):
        return dict(offered)
    told = cast("dict[str, Any]", function)
    schema: Said = told.get("parameters") or {"type": "object", "properties": {}}
    named: Said = {"name": told.get("name"), "input_schema": schema}
    return {**named, "description": told["description"]} if "description" in told else named


def _append(turns: list[Said], role: str, message: Message | ChatMessage) -> None:
    """Add a message; the results of several tools must stand in one turn."""
    content = _content(message)
    before = turns[-1] if turns else {}
    if before.get("role") == role and isinstance(before["content"], list):
        blocks = [_part(content)] if isinstance(content, str) else content
        cast("list[Said]", before["content"]).extend(blocks)
    else:
        turns.append({"role": role, "content": content})


def _content(message: Message | ChatMessage) -> str | list[Said]:
    if isinstance(message, Message):
        return message.content
    if message.role == "tool":
        result = {"tool_use_id": message.tool_call_id, "content": message.content}
        return [{"type": "tool_result", **result}]
    if not message.tool_calls and not message.images:
        return message.content
    parts = [_part(part) for part in message.parts if part]
    return [*parts, *(_use(call) for call in message.tool_calls)]


def _part(part: str | Image) -> Said:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if match := _DATA_URL.match(part.url):
        data = part.url[match.end() :]
        source = {"type": "base64", "media_type": match["type"], "data": data}
        return {"type": "image", "source": source}
    return {"type": "image", "source": {"type": "url", "url": part.url}}


def _use(call: ToolCall) -> Said:
    given: object = {}
    with suppress(ValueError):
        given = json.loads(call.arguments)
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": given}
