"""The product's provider in front of a server of the tests, and its whole answer at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from homespun.core.prompt import Message
from homespun.providers.base import Endpoint, Finish, Provider, Request, ToolCall, Usage
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import connect
from homespun.providers.http import Http

REPLY_SCHEMA = {
    "type": "object",
    "properties": {"summary": {"type": "string", "maxLength": 20}},
    "required": ["summary"],
    "additionalProperties": False,
}

USUAL = Endpoint(
    kind="openai_compatible",
    name="tests",
    base_url="",
    model="tiny-random",
    first_byte_timeout=30.0,
    idle_timeout=30.0,
)


@dataclass
class Answered:
    """All that came of one request, as far as it came."""

    text: str = ""
    reasoning: str = ""
    waiting: list[str] = field(default_factory=list[str])
    usage: Usage | None = None
    finish: Finish | None = None
    tool_calls: tuple[ToolCall, ...] = ()


@asynccontextmanager
async def provider_at(address: str, endpoint: Endpoint = USUAL) -> AsyncIterator[Provider]:
    """The provider that talks to `address`; the rest is as `endpoint` has it. Keeps no lessons."""
    http = Http()
    try:
        yield connect(replace(endpoint, base_url=address), http, Capabilities())
    finally:
        await http.close()


async def answered(provider: Provider, request: Request, into: Answered | None = None) -> Answered:
    """The whole answer; what came before an error stands in `into`."""
    found = into or Answered()
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            found.text += chunk.text
            found.reasoning += chunk.reasoning
            found.waiting += [chunk.waiting] if chunk.waiting else []
            found.usage = chunk.usage or found.usage
            found.finish = chunk.finish or found.finish
            found.tool_calls += chunk.tool_calls
    return found


def question(text: str = "Say something short.", *, max_tokens: int = 48) -> Request:
    """A question that may be answered with any text."""
    return Request((Message("user", text),), max_tokens)


def structured(text: str = "Say something short.", *, max_tokens: int = 2000) -> Request:
    """A question that wants JSON by `REPLY_SCHEMA`."""
    return replace(question(text, max_tokens=max_tokens), schema=REPLY_SCHEMA)
