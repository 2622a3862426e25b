"""What a model provider is: one asynchronous generator of chunks, and honest features."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from homespun.core.prompt import Message

Finish = Literal["stop", "length", "content_filter", "tool_calls"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model at one address, and how it is to be talked to: all that a provider needs.

    `kind` names a row of `kinds`, `name` is the provider as the user wrote it. `base_url` has
    neither `/v1` nor a slash at its end; the paths are appended to it. Timeouts in seconds, with
    none on the whole. `window` in tokens, 0: ask the server. `local` tells whether the text
    stays in the user's own network, `needs_consent` whether the user must agree first.
    """

    kind: str
    name: str
    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    connect_timeout: float = 5.0
    first_byte_timeout: float = 600.0
    idle_timeout: float = 120.0
    max_retries: int = 2
    streaming: bool = True
    ca_file: str = ""
    chat_path: str = "/v1/chat/completions"
    models_path: str = "/v1/models"
    local: bool = True
    needs_consent: bool = False
    window: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    `max_tokens` bounds the answer. `schema` is the JSON schema that the reply should follow
    (the provider steps down to plain JSON or text where the server takes no schema); None asks
    for free text.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    schema: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; 0 where it did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """What arrived since the last chunk; several events of the wire may share one.

    `text` is the answer, `reasoning` what the model thought (shown as progress, never written to
    a file), `waiting` why nothing comes yet (such as "loading the model"), `finish` ends it.
    """

    text: str = ""
    reasoning: str = ""
    waiting: str = ""
    usage: Usage | None = None
    finish: Finish | None = None
    tokens: int = 0
    """Wire events with text or reasoning in this chunk: one token each with nearly all servers."""


@dataclass(frozen=True, slots=True)
class Window:
    """A context window in tokens; `guessed` where the server did not say."""

    tokens: int
    guessed: bool


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Who answered: shown with every result."""

    provider: str
    model: str
    local: bool


class Provider(Protocol):
    """One model at one endpoint."""

    @property
    def identity(self) -> AnsweredBy:
        """Who this is, and whether it is local."""
        ...

    @property
    def address(self) -> str:
        """The endpoint's base URL, for people (no key, no query)."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer as it comes; closing the generator stops the model.

        The last chunk carries `finish`. A stream that ends without one raises `CutShort`.
        Raises the `ModelError` family.
        """
        ...

    async def window(self) -> Window:
        """The context window that the server really has; asked once, then kept."""
        ...
