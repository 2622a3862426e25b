"""The part of the wire contract that is about chats; its method stands in `methods`.

Messages, tools and calls of tools are written as OpenAI's chat completions have them, since that is
what those who would chat have at hand: `image_url`, `tool_calls` and `tool_call_id` are spelled so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from homespun.lsp.wire import AnsweredBy, Params, Token, Usage, Wire

_LONGEST = 4_000_000


class Verbatim(BaseModel):
    """A JSON object of OpenAI's, with its own spelling."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(Verbatim):
    """A piece of text."""

    type: Literal["text"]
    text: Annotated[str, Field(max_length=_LONGEST)]


class ImageAddress(Verbatim):
    """Where a picture is: in the address itself, or somewhere the model's server can fetch it."""

    url: Annotated[str, Field(pattern=r"^(data:image/|https?://)", max_length=40_000_000)]


class ImagePart(Verbatim):
    """A picture."""

    type: Literal["image_url"]
    image_url: ImageAddress


class CalledFunction(Verbatim):
    """A tool's name and its arguments, which should be JSON; a model wrote them."""

    name: str
    arguments: str


class CalledTool(Verbatim):
    """A model's wish to call a tool."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction


class ChatMessage(Verbatim):
    """Something said: by the user, by the model before, or by a tool that the model called."""

    role: Literal["system", "user", "assistant", "tool"]
    content: (
        Annotated[str, Field(max_length=_LONGEST)] | tuple[TextPart | ImagePart, ...] | None
    ) = None
    tool_calls: tuple[CalledTool, ...] = ()
    tool_call_id: str = Field("", description="In a tool's message: the call that it answers.")


class ChatParams(Params):
    """What to say to the model; its words are streamed on `partialResultToken` as `{"text"}`.

    Tools and pictures are passed on where the model is known to take them, and an error elsewhere.
    """

    messages: Annotated[tuple[ChatMessage, ...], Field(min_length=1, max_length=10_000)]
    tools: Annotated[tuple[Mapping[str, Any], ...], Field(max_length=1000)] = ()
    model: str | None = Field(None, description="As `provider/model`; else the one that serves.")
    partial_result_token: Token | None = None


class ChatResult(Wire):
    """What the model said, and which tools it wants called."""

    text: str
    tool_calls: tuple[CalledTool, ...]
    answered_by: AnsweredBy
    usage: Usage
