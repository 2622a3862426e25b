"""A chat for other plugins: their messages, the user's model, the same gate and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from homespun.engine.ask import Answer
from homespun.engine.compose import Composer
from homespun.engine.gate import OutwardGate
from homespun.engine.ports import Events, Spent
from homespun.engine.propose import Asking
from homespun.errors import Malformed
from homespun.providers.base import AnsweredBy, ChatMessage, ToolCall


@dataclass(frozen=True, slots=True)
class ChatTask:
    """What is said to the model.

    `tools` are as OpenAI's API has them. `model` overrides the choice of the model.
    """

    messages: tuple[ChatMessage, ...]
    tools: tuple[Mapping[str, object], ...] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What the model said, and what it wants called; `tool_calls` are untrusted."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    by: AnsweredBy
    spent: Spent


async def chat(
    task: ChatTask, composer: Composer, asking: Asking, gate: OutwardGate, events: Events
) -> ChatAnswer:
    """The model's answer; each piece goes to `events.text`, with the user's secrets in it again.

    `gate` is the composer's own. Raises `NotSupported` for tools and pictures that the model is
    not known to take, and the `ModelError` and `ReplyError` families.
    """
    request = await composer.chat(task.messages, task.tools)
    restoring = gate.restoring()

    async def hear(piece: str) -> None:
        _say(restoring.feed(piece), events)

    answer = await asking.put(request, events, hear, "chat")
    _say(restoring.finish(), events)
    _refuse_silence(answer)
    calls = tuple(gate.inward_call(call) for call in answer.tool_calls)
    return ChatAnswer(gate.inward_text(answer.text), calls, asking.by, answer.spent)


def _say(text: str, events: Events) -> None:
    if text:
        events.text(text)


def _refuse_silence(answer: Answer) -> None:
    if not (answer.text.strip() or answer.tool_calls):
        raise Malformed("The model answered nothing.", "Try again, or choose another model.")
