"""Chats between the wire contract and the engine."""

from __future__ import annotations

from homespun.engine.chat import ChatAnswer, ChatTask
from homespun.lsp.chat_methods import (
    CalledFunction,
    CalledTool,
    ChatMessage,
    ChatParams,
    ChatResult,
    ImagePart,
    TextPart,
)
from homespun.lsp.results import answered_by, used
from homespun.providers import base


def chat_task(params: ChatParams) -> ChatTask:
    """What is asked, for the engine."""
    return ChatTask(tuple(map(_message, params.messages)), params.tools, params.model)


def chat_result(answer: ChatAnswer) -> ChatResult:
    """What was answered, for the wire."""
    return ChatResult(
        text=answer.text,
        tool_calls=tuple(
            CalledTool(id=c.id, function=CalledFunction(name=c.name, arguments=c.arguments))
            for c in answer.tool_calls
        ),
        answered_by=answered_by(answer.by.provider, answer.by.model, local=answer.by.local),
        usage=used(answer.spent),
    )


def _message(message: ChatMessage) -> base.ChatMessage:
    content = message.content or ()
    parts = (content,) if isinstance(content, str) else tuple(map(_part, content))
    calls = tuple(
        base.ToolCall(call.id, call.function.name, call.function.arguments)
        for call in message.tool_calls
    )
    return base.ChatMessage(message.role, parts, calls, message.tool_call_id)


def _part(part: TextPart | ImagePart) -> str | base.Image:
    return part.text if isinstance(part, TextPart) else base.Image(part.image_url.url)
