"""OpenAI's chat completions, which nearly every model server speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from homespun.core.prompt import Message
from homespun.errors import BadResponse, CutShort
from homespun.providers.base import (
    ChatMessage,
    Chunk,
    Finish,
    Image,
    Request,
    ToolCall,
    Usage,
)
from homespun.providers.dialect import Dialect
from homespun.providers.kinds import Format
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import (
    Decoder,
    Said,
    content_text,
    count,
    finish_of,
    not_an_answer,
    told_name,
)
from homespun.providers.wire import Wire

_FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}
_MOST_CALLS = 128


class OpenAIWire(Wire):
    """`/v1/chat/completions`, streamed as server-sent events or whole."""

    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`. `window` is the server's own affair here."""
        body: dict[str, object] = {
            "model": self.endpoint.model,
            "messages": [chat_message(message) for message in request.messages],
            "stream": dialect.streaming,
            dialect.limit: request.max_tokens,
        }
        if request.temperature is not None and "temperature" in dialect.optional:
            body["temperature"] = request.temperature
        if request.effort and "reasoning_effort" in dialect.optional:
            body["reasoning_effort"] = request.effort
        if dialect.streaming and "stream_options" in dialect.optional:
            body["stream_options"] = {"include_usage": True}
        if request.schema is not None and dialect.format != "text":
            body["response_format"] = _response_format(dialect.format, request.schema)
        if request.tools:
            body["tools"] = list(request.tools)
        return body

    def decoder(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> Decoder:
        """See `Wire`."""
        return ChatDecoder(filter_, failure)

    def whole(self, event: object, filter_: ThinkFilter) -> Chunk:
        """See `Wire`."""
        return whole(event, filter_)


class ChatDecoder(Decoder):
    """The events of one streamed chat completion."""

    def __init__(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> None:
        """See `Decoder`."""
        super().__init__(filter_, failure)
        self._calls: dict[int, _Call] = {}

    def take(self, event: Any, said: Said) -> bool:
        """See `Decoder`."""
        choices = event.get("choices")
        # An error beside choices, or instead of them; some servers send `"error": null`.
        if not choices or "error" in event:
            self._aside(event)
            if not choices:
                return False
        choice = choices[0]
        delta = choice.get("delta") or choice.get("message") or choice
        if content := delta.get("content"):
            said.text(content_text(content))
        elif thought := _thought(delta):
            said.thought(thought)
        if calls := delta.get("tool_calls"):
            self._collect(calls)
        if reason := choice.get("finish_reason"):
            self._finish = finish_of(reason, _FINISHES)
        if usage := event.get("usage"):
            self._usage = _usage(usage)
        if not self.events:
            self.version = told_name(event.get("system_fingerprint"))
            self.model = told_name(event.get("model"))
        return True

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """See `Decoder`."""
        return tuple(call.whole(index) for index, call in sorted(self._calls.items()))

    def _aside(self, event: Mapping[str, Any]) -> None:
        """An event without choices: usage, an error, or something of the server's own."""
        error = event.get("error")
        if error or event.get("object") == "error":
            raise self._failure(event)
        if usage := event.get("usage"):
            self._usage = _usage(usage)

    def _collect(self, pieces: Any) -> None:
        """Calls come in pieces: the name first, then their arguments bit by bit."""
        for place, piece in enumerate(pieces):
            index = piece.get("index", place)
            call = self._calls.setdefault(index, _Call())
            if len(self._calls) > _MOST_CALLS:
                raise BadResponse("The model wants too many tools at once.", "Ask for less.")
            call.add(piece)


class _Call:
    """A call of a tool as it comes together."""

    def __init__(self) -> None:
        self._id = ""
        self._name = ""
        self._arguments: list[str] = []

    def add(self, piece: Mapping[str, Any]) -> None:
        function: Mapping[str, Any] = piece.get("function") or {}
        self._id = self._id or str(piece.get("id") or "")
        self._name = self._name or str(function.get("name") or "")
        self._arguments.append(str(function.get("arguments") or ""))

    def whole(self, index: int) -> ToolCall:
        return ToolCall(self._id or f"call_{index}", self._name, "".join(self._arguments))


def whole(event: Any, filter_: ThinkFilter) -> Chunk:
    """The chunk that a whole, not streamed, answer is. Raises `BadResponse` and `CutShort`."""
    try:
        choice = event["choices"][0]
        message = choice.get("message") or choice
        content = content_text(message.get("content") or message.get("text") or "")
        reason = choice.get("finish_reason")
        thought, usage = _thought(message), event.get("usage")
        known = _usage(usage) if usage else Usage()
        calls = _whole_calls(message.get("tool_calls") or ())
    except (TypeError, AttributeError, LookupError) as error:
        raise not_an_answer() from error
    text, more = filter_.feed(content)
    rest, still = filter_.finish()
    if not reason:
        raise CutShort("The answer came without a finish reason.", "Try again.")
    return Chunk(
        text=text + rest,
        reasoning=thought + more + still,
        usage=known,
        finish=finish_of(reason, _FINISHES),
        tokens=known.completion_tokens,
        tool_calls=calls,
        model=told_name(event.get("model")),
    )


def chat_message(message: Message | ChatMessage) -> dict[str, object]:
    """A message as OpenAI's API has it."""
    if isinstance(message, Message):
        return {"role": message.role, "content": message.content}
    said: dict[str, object] = {"role": message.role, "content": message.content}
    if message.images:
        said["content"] = [_part(part) for part in message.parts]
    if message.tool_calls:
        said["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id:
        said["tool_call_id"] = message.tool_call_id
    return said


def _part(part: str | Image) -> dict[str, object]:
    if isinstance(part, Image):
        return {"type": "image_url", "image_url": {"url": part.url}}
    return {"type": "text", "text": part}


def _whole_calls(found: Any) -> tuple[ToolCall, ...]:
    made: list[ToolCall] = []
    for index, piece in enumerate(found):
        call = _Call()
        call.add(piece)
        made.append(call.whole(index))
    return tuple(made)


def _response_format(format_: Format, schema: Mapping[str, object]) -> Mapping[str, object]:
    if format_ == "json_schema":
        named = {"name": "reply", "strict": True, "schema": schema}
        return {"type": "json_schema", "json_schema": named}
    if format_ == "json_object_schema":
        return {"type": "json_object", "schema": schema}
    return {"type": "json_object"}


def _thought(delta: Mapping[str, Any]) -> str:
    """What the model thought; servers have three names for it."""
    found = delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking")
    return found if isinstance(found, str) else ""


def _usage(found: Mapping[str, Any]) -> Usage:
    return Usage(count(found.get("prompt_tokens")), count(found.get("completion_tokens")))
