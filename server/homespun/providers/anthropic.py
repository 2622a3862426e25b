"""Anthropic's Messages: another shape of messages, events and ends.

Source: https://docs.anthropic.com/en/api/messages and /en/api/messages-streaming, with
`output_config` for JSON by a schema and for effort. What its models do not take is found out as
with any other server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from homespun.errors import BadResponse
from homespun.providers import probing
from homespun.providers.anthropic_messages import conversation, tool
from homespun.providers.base import Chunk, Finish, Request, ToolCall, Usage
from homespun.providers.dialect import Dialect
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import Decoder, Said, count, finish_of, not_an_answer
from homespun.providers.wire import Wire

_FINISHES: Mapping[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_PROMPT_TOKENS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
_MOST_BLOCKS = 1000


class AnthropicWire(Wire):
    """`/v1/messages`, streamed as server-sent events or whole."""

    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`. `window` is the server's own affair here."""
        system, messages = conversation(request.messages)
        body: dict[str, object] = {
            "model": self.endpoint.model,
            "max_tokens": request.max_tokens,
            "messages": messages,
            "stream": dialect.streaming,
        }
        if system:
            body["system"] = system
        if request.temperature is not None and "temperature" in dialect.optional:
            # Its scale ends at 1.
            body["temperature"] = min(request.temperature, 1.0)
        if request.tools:
            body["tools"] = [tool(one) for one in request.tools]
        if output := _output(request, dialect):
            body["output_config"] = output
        return body

    def decoder(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> Decoder:
        """See `Wire`."""
        return AnthropicDecoder(filter_, failure)

    def whole(self, event: Any, filter_: ThinkFilter) -> Chunk:
        """See `Wire`: a whole message is taken in as the events that would have made it."""
        decoder, said = AnthropicDecoder(filter_, lambda _: not_an_answer()), Said()
        try:
            decoder.take({"type": "message_start", "message": event}, said)
            for index, block in enumerate(event["content"]):
                start = {"type": "content_block_start", "index": index, "content_block": block}
                decoder.take(start, said)
            end = {"stop_reason": event["stop_reason"]}
            decoder.take({"type": "message_delta", "delta": end, "usage": event["usage"]}, said)
        except (TypeError, AttributeError, LookupError) as error:
            raise not_an_answer() from error
        return decoder.closed(said)

    def is_answer(self, event: object) -> bool:
        """See `Wire`."""
        return probing.follow(event, ("type",), "") != "error"


class AnthropicDecoder(Decoder):
    """The events of one streamed message."""

    def __init__(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> None:
        """See `Decoder`."""
        super().__init__(filter_, failure)
        self._calls: dict[int, _Call] = {}
        self._prompt_tokens = 0

    def take(self, event: Any, said: Said) -> bool:
        """See `Decoder`. Kinds of events and blocks that are new are left aside, as it asks."""
        match event.get("type"):
            case "error":
                raise self._failure(event)
            case "message_start":
                self._begin(event["message"])
            case "content_block_start":
                self._block(event["index"], event["content_block"], said)
            case "content_block_delta":
                self._delta(event["index"], event["delta"], said)
            case "message_delta":
                self._end(event)
            case "message_stop":
                self.ended = True
            case _:
                return False
        return True

    def closed(self, said: Said) -> Chunk:
        """All of a whole message as one chunk."""
        chunk = self._chunk("".join(said.texts), "".join(said.thoughts), 0) or Chunk()
        last = self.finish()
        return Chunk(
            text=chunk.text + last.text,
            reasoning=chunk.reasoning + last.reasoning,
            usage=last.usage,
            finish=last.finish,
            tokens=last.usage.completion_tokens if last.usage else 0,
            tool_calls=last.tool_calls,
        )

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """See `Decoder`."""
        return tuple(call.whole() for _, call in sorted(self._calls.items()))

    def _begin(self, message: Mapping[str, Any]) -> None:
        usage: Mapping[str, Any] = message.get("usage") or {}
        self._prompt_tokens = sum(count(usage.get(name)) for name in _PROMPT_TOKENS)
        self._usage = Usage(self._prompt_tokens)

    def _block(self, index: int, block: Mapping[str, Any], said: Said) -> None:
        """A block begins; in a whole message it is all there at once."""
        if block.get("type") == "tool_use":
            if len(self._calls) >= _MOST_BLOCKS:
                raise BadResponse("The model wants too many tools at once.", "Ask for less.")
            self._calls[index] = _Call(str(block["id"]), str(block["name"]), block.get("input"))
        elif text := block.get("text"):
            said.text(_text(text))
        elif thought := block.get("thinking"):
            said.thought(_text(thought))

    def _delta(self, index: int, delta: Mapping[str, Any], said: Said) -> None:
        match delta.get("type"):
            case "text_delta" if text := delta["text"]:
                said.text(_text(text))
            case "thinking_delta" if thought := delta["thinking"]:
                said.thought(_text(thought))
            case "input_json_delta":
                self._calls[index].add(_text(delta["partial_json"]))
            case _:
                pass

    def _end(self, event: Mapping[str, Any]) -> None:
        delta: Mapping[str, Any] = event.get("delta") or {}
        usage: Mapping[str, Any] = event.get("usage") or {}
        if reason := delta.get("stop_reason"):
            self._finish = finish_of(reason, _FINISHES)
        self._usage = Usage(self._prompt_tokens, count(usage.get("output_tokens")))


class _Call:
    """A call of a tool as it comes together; `given` is its input where that comes at once."""

    def __init__(self, id_: str, name: str, given: object) -> None:
        self._id = id_
        self._name = name
        self._given = given
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
        self._pieces.append(piece)

    def whole(self) -> ToolCall:
        arguments = "".join(self._pieces) or json.dumps(self._given or {}, ensure_ascii=False)
        return ToolCall(self._id, self._name, arguments)


def _output(request: Request, dialect: Dialect) -> dict[str, object]:
    """Its two wishes for the output: JSON by a schema, and how much it should think."""
    output: dict[str, object] = {}
    if request.schema is not None and dialect.format == "json_schema":
        output["format"] = {"type": "json_schema", "schema": request.schema}
    if request.effort and "reasoning_effort" in dialect.optional:
        output["effort"] = "low" if request.effort == "minimal" else request.effort
    return output


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError("content is no text")
    return found
