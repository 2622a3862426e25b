"""Ollama's own interface: the only one that can set the window and forbid cutting the prompt.

Sources: `api/types.go` and `docs/api.md` of ollama/ollama. `truncate` and `shift` are of late
2025; older servers ignore them, and a prompt that they cut shows in `prompt_eval_count`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, cast

from homespun.core.prompt import Message
from homespun.errors import ModelError
from homespun.providers import probing
from homespun.providers.base import (
    ChatMessage,
    Chunk,
    Finish,
    Image,
    Request,
    ToolCall,
    Usage,
    Window,
)
from homespun.providers.dialect import Dialect
from homespun.providers.failures import Answer
from homespun.providers.openai_compatible import OpenAIWire
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import Decoder, Said, count, finish_of, not_an_answer
from homespun.providers.wire import Wire

_WANTED = 16_384
"""Tokens that are asked for where nobody has set a window: Ollama's own default is 4k, too little
for code, and a larger one may not fit into the memory."""

_FINISHES: Mapping[str, Finish] = {"stop": "stop", "length": "length"}
_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)


class OllamaWire(Wire):
    """`/api/chat`, streamed as lines of JSON or whole."""

    sets_window: ClassVar[bool] = True

    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`. A `num_ctx` other than the loaded model's makes Ollama load it anew."""
        options: dict[str, object] = {"num_predict": request.max_tokens}
        if window:
            options["num_ctx"] = window
        if request.temperature is not None and "temperature" in dialect.optional:
            options["temperature"] = request.temperature
        body: dict[str, object] = {
            "model": self.endpoint.model,
            "messages": [_message(message) for message in request.messages],
            "stream": dialect.streaming,
            "options": options,
            # Refuse a prompt that is too long, and end an answer that is: never drop what was said.
            "truncate": False,
            "shift": False,
        }
        if request.schema is not None and dialect.format != "text":
            body["format"] = request.schema if dialect.format == "json_schema" else "json"
        if request.tools:
            body["tools"] = list(request.tools)
        if self.endpoint.keep_alive:
            body["keep_alive"] = self.endpoint.keep_alive
        return body

    def decoder(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> Decoder:
        """See `Wire`."""
        return OllamaDecoder(filter_, failure)

    def whole(self, event: object, filter_: ThinkFilter) -> Chunk:
        """See `Wire`: a whole answer is the one event of its stream."""
        decoder = OllamaDecoder(filter_, lambda _: not_an_answer())
        first = decoder.feed(json.dumps(event).encode() + b"\n") or Chunk()
        last = decoder.finish()
        return Chunk(
            text=first.text + last.text,
            reasoning=first.reasoning + last.reasoning,
            usage=last.usage,
            finish=last.finish,
            tokens=last.usage.completion_tokens if last.usage else 0,
            tool_calls=last.tool_calls,
        )

    def is_answer(self, event: object) -> bool:
        """See `Wire`."""
        return not probing.follow(event, ("error",), "")

    def other(self, refusal: Answer) -> Wire | None:
        """Others serve under Ollama's address and name; they have OpenAI's wire at least."""
        if refusal.status not in (404, 405) or "model" in refusal.message:
            return None
        return OpenAIWire(replace(self.endpoint, chat_path="/v1/chat/completions"), self.http)

    async def window(self) -> Window | None:
        """What the model is loaded with, or what it will be: the larger of the two.

        A model that is not loaded gets what its Modelfile says, else what code needs, at most
        what it was trained with.
        """
        loaded = await super().window()
        if loaded and loaded.tokens >= _WANTED:
            return loaded
        shown = await self._shown()
        if shown is None:
            return loaded
        wanted = _set_by_modelfile(shown) or min(_trained(shown) or _WANTED, _WANTED)
        return Window(max(wanted, loaded.tokens if loaded else 0), guessed=False)

    async def _shown(self) -> object:
        """What `/api/show` tells of the model; None where it tells nothing."""
        with suppress(ModelError):
            asked = {"model": self.endpoint.model}
            status, data = await self.http.ask(self.endpoint, "/api/show", asked)
            return data if status == 200 else None
        return None


class OllamaDecoder(Decoder):
    """The lines of one streamed answer."""

    def __init__(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> None:
        """See `Decoder`."""
        super().__init__(filter_, failure)
        self._calls: list[ToolCall] = []

    def take(self, event: Any, said: Said) -> bool:
        """See `Decoder`."""
        if event.get("error"):
            raise self._failure(event)
        message: Mapping[str, Any] = event.get("message") or {}
        if content := message.get("content"):
            said.text(_text(content))
        if thought := message.get("thinking"):
            said.thought(_text(thought))
        calls: Sequence[Mapping[str, Any]] = message.get("tool_calls") or ()
        self._calls += [_call(call, len(self._calls) + n) for n, call in enumerate(calls)]
        if event.get("done"):
            self._end(event)
        return True

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """See `Decoder`."""
        return tuple(self._calls)

    def _end(self, event: Mapping[str, Any]) -> None:
        """The last line: why it ends, and what it took. Early servers gave no reason."""
        finish = finish_of(event.get("done_reason") or "stop", _FINISHES)
        self._finish = "tool_calls" if self._calls and finish == "stop" else finish
        self._usage = Usage(count(event.get("prompt_eval_count")), count(event.get("eval_count")))
        self.ended = True


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError("content is no text")
    return found


def _call(found: Mapping[str, Any], index: int) -> ToolCall:
    """A call; Ollama gives it no id, and its arguments as an object."""
    function = found["function"]
    arguments = json.dumps(function.get("arguments") or {}, ensure_ascii=False)
    return ToolCall(str(found.get("id") or f"call_{index}"), str(function["name"]), arguments)


def _message(message: Message | ChatMessage) -> dict[str, object]:
    """A message as Ollama has it: pictures beside the text, arguments as objects."""
    said: dict[str, object] = {"role": message.role, "content": message.content}
    if isinstance(message, Message):
        return said
    if message.images:
        said["images"] = [_picture(image) for image in message.images]
    if message.tool_calls:
        said["tool_calls"] = [
            {"function": {"name": call.name, "arguments": _arguments(call)}}
            for call in message.tool_calls
        ]
    return said


def _picture(image: Image) -> str:
    """The base64 of a `data:` URL; Ollama fetches no pictures itself."""
    return image.url.partition(";base64,")[2] or image.url


def _arguments(call: ToolCall) -> object:
    with suppress(ValueError):
        return json.loads(call.arguments)
    return {}


def _set_by_modelfile(shown: object) -> int | None:
    parameters = probing.follow(shown, ("parameters",), "")
    found = _NUM_CTX.search(parameters) if isinstance(parameters, str) else None
    return int(found.group(1)) if found else None


def _trained(shown: object) -> int | None:
    """The window that the model was trained with, under a name that begins with its family."""
    info = probing.follow(shown, ("model_info",), "")
    facts = cast("dict[str, object]", info) if isinstance(info, dict) else {}
    lengths = (probing.tokens(v) for k, v in facts.items() if k.endswith(".context_length"))
    return next((length for length in lengths if length), None)
