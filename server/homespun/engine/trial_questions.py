"""What a model is asked in a test, each question about one thing that it may be able to do."""

from __future__ import annotations

import base64
import json
import re
import struct
import time
import zlib
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from homespun.core.prompt import Message
from homespun.providers.base import ChatMessage, Finish, Image, Provider, Request, ToolCall
from homespun.providers.kinds import Format

PLAIN: Final = Request(
    (Message("user", "Count from one to fifty in words, one number on each line."),),
    max_tokens=160,
)
LONG: Final = Request(
    (Message("user", "Count from one to five hundred in words, one number on each line."),),
    max_tokens=1024,
)
SHORT: Final = Request((Message("user", "Answer with the word: ready"),), max_tokens=8)

_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["green", "red", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
_TOOL: Mapping[str, object] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city now.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
PICTURED: Final = {"yellow": (250, 220, 0), "purple": (120, 0, 160)}
"""The colours that a model is shown: two, since one could be guessed."""

# A server that ignores the format is found out by a question that asks for no JSON; OpenAI wants
# the word in the question for `json_object`; and without a format only the question can ask.
_QUESTIONS: Mapping[Format, str] = {
    "json_schema": "What colour is grass?",
    "json_object_schema": "What colour is grass? Answer in JSON.",
    "json_object": 'What colour is grass? Answer in JSON, with the key "colour".',
    "text": 'What colour is grass? Answer with {"colour": "..."} and nothing else.',
}


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, and when it came. Times in seconds from the question on."""

    text: str
    thought: bool
    pieces: int
    tokens: int
    first: float
    last: float
    finish: Finish | None
    calls: tuple[ToolCall, ...]

    @property
    def rate(self) -> float:
        """Tokens a second, once the first had come; 0 where there were too few to tell."""
        took = self.last - self.first
        return (self.tokens - 1) / took if self.tokens > 1 and took > 0 else 0.0


async def hear(provider: Provider, request: Request) -> Heard:
    """Ask, and take the whole answer. Raises what `Provider.stream` raises."""
    began = time.monotonic()
    texts: list[str] = []
    thought, pieces, tokens, counted, first, last = False, 0, 0, 0, 0.0, 0.0
    finish: Finish | None = None
    calls: tuple[ToolCall, ...] = ()
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            if chunk.text or chunk.reasoning:
                last = time.monotonic() - began
                first = first or last
                pieces += chunk.finish is None
            texts.append(chunk.text)
            thought = thought or bool(chunk.reasoning)
            tokens += chunk.tokens
            counted = chunk.usage.completion_tokens if chunk.usage else counted
            finish, calls = chunk.finish or finish, chunk.tool_calls or calls
    return Heard("".join(texts), thought, pieces, counted or tokens, first, last, finish, calls)


def in_format(format_: Format) -> Request:
    """A question whose answer is to come in `format_`."""
    return Request((Message("user", _QUESTIONS[format_]),), 512, temperature=0, schema=_SCHEMA)


def is_followed(format_: Format, text: str) -> bool:
    """Whether an answer is what `format_` promises; prose around it is borne in text alone."""
    found = re.search(r"\{[^{}]*\}", text) if format_ == "text" else None
    try:
        data = json.loads(found.group() if found else text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(data, dict):
        return False
    return "colour" in data or format_ == "json_object"


def with_tool() -> Request:
    """A question that a model which calls tools answers with a call."""
    asked = "What is the weather in Lisbon now? Use the tool that you have."
    return Request((Message("user", asked),), 512, temperature=0, tools=(_TOOL,))


def is_called(heard: Heard) -> bool:
    """Whether the tool was called as it is to be."""
    for call in heard.calls:
        try:
            arguments = json.loads(call.arguments)
        except (ValueError, RecursionError):
            continue
        if call.name == "weather" and isinstance(arguments, dict) and "city" in arguments:
            return True
    return False


def with_picture(colour: str) -> Request:
    """A question about a picture of one of the colours in `PICTURED`."""
    asked = "Which one colour fills this picture? Answer with one word."
    message = ChatMessage("user", (asked, Image(_picture(PICTURED[colour]))))
    return Request((message,), 64, temperature=0)


def is_seen(colour: str, heard: Heard) -> bool:
    """Whether the picture's colour was told."""
    return colour in heard.text.lower()


def _picture(colour: tuple[int, int, int], side: int = 64) -> str:
    """A square PNG of one colour, as a `data:` URL."""
    row = b"\0" + bytes(colour) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body)
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(row * side)), (b"IEND", b""))
    )
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
