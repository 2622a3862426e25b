"""What a model provider is: one asynchronous generator of chunks, and honest features."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlsplit

from homespun.core.prompt import Message
from homespun.providers.address import is_loopback
from homespun.providers.kinds import Format, kind

Finish = Literal["stop", "length", "content_filter", "tool_calls"]
Feature = Literal["tools", "vision"]
"""What only some models take: offered once it was proven, or declared by the user."""

_NAMES_A_KEY = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)


Strategy = Literal["failover", "round_robin", "least_busy"]
"""Which of a route's endpoints is asked first: the first, each in turn, the least busy."""


TemplateName = Literal["chatml", "llama3", "mistral", "gemma", "phi3", "vicuna", "alpaca", "server"]
"""How a chat is written for a server that takes one text only; see `templates`."""


@dataclass(frozen=True, slots=True)
class Route:
    """What stands behind an endpoint that is several; `needs_window` in tokens, 0 for any."""

    members: tuple[Endpoint, ...]
    strategy: Strategy = "failover"
    needs_window: int = 0
    needs_tools: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model at one address, and how it is to be talked to: all that a provider needs.

    `kind` names a row of `kinds`, `name` is the provider as the user wrote it. `base_url` has
    neither `/v1` nor a slash at its end; the paths are appended to it. Timeouts in seconds, with
    none on the whole. `window` in tokens, 0: ask the server. `local` tells whether the text
    stays in the user's own network, `needs_consent` whether the user must agree first. `declared`
    is what the user says of features, `formats` of the forms of JSON (None: nothing). `rate_limit`
    in requests a minute (0: none), `keep_alive` how long Ollama keeps the model loaded, in its own
    words ("" leaves it to the server). `template` writes a chat as one text where the server takes
    only that; "" goes by the model's name. Where `route` is set, this endpoint is a name for
    others, and nothing is sent to its own address.
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
    declared: Mapping[Feature, bool] = field(default_factory=dict["Feature", bool])
    formats: tuple[Format, ...] | None = None
    rate_limit: int = 0
    keep_alive: str = ""
    template: TemplateName | Literal[""] = ""
    route: Route | None = None

    @classmethod
    def routed(cls, name: str, route: Route) -> Endpoint:
        """The endpoint that stands for a route: local where all of its members are."""
        members = route.members
        return cls(
            kind="openai_compatible",
            name=name,
            base_url=", ".join(dict.fromkeys(member.base_url for member in members)),
            model=", ".join(f"{member.name}/{member.model}" for member in members),
            local=all(member.local for member in members),
            needs_consent=any(member.needs_consent for member in members),
            route=route,
        )

    @property
    def exposes_key(self) -> bool:
        """Whether a key would travel by plain http to another machine, for all to read."""
        if self.route:
            return any(member.exposes_key for member in self.route.members)
        parts = urlsplit(self.base_url)
        has_key = self.api_key not in ("", kind(self.kind).placeholder)
        has_key = has_key or any(_NAMES_A_KEY.search(name) for name in self.headers)
        return has_key and parts.scheme == "http" and not is_loopback(parts.hostname or "")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a message: `url` is a `data:` URL, or one that the server fetches itself."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish to call a tool; `arguments` is JSON as the model wrote it: untrusted."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message of a chat that is more than text: pictures, calls of tools, their results.

    `tool_call_id` names the call that a message of the role `tool` answers.
    """

    role: Literal["system", "user", "assistant", "tool"]
    parts: tuple[str | Image, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""

    @property
    def content(self) -> str:
        """The message's text, without its pictures."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def images(self) -> tuple[Image, ...]:
        """The message's pictures, without its text."""
        return tuple(part for part in self.parts if isinstance(part, Image))


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    `max_tokens` bounds the answer. `schema` is the JSON schema that the reply should follow
    (the provider steps down to plain JSON or text where the server takes no schema); None asks
    for free text. `tools` are as OpenAI's API has them. `effort` asks a cloud model to think more
    or less; where it cannot be sent it is dropped, or with `strict` an error.
    """

    messages: tuple[Message | ChatMessage, ...]
    max_tokens: int
    temperature: float | None = None
    schema: Mapping[str, object] | None = None
    tools: tuple[Mapping[str, object], ...] = ()
    effort: str = ""
    strict: bool = False

    @property
    def features(self) -> frozenset[Feature]:
        """What this request needs that only some models take."""
        pictured = any(isinstance(m, ChatMessage) and m.images for m in self.messages)
        needed: dict[Feature, bool] = {"tools": bool(self.tools), "vision": pictured}
        return frozenset(name for name, is_needed in needed.items() if is_needed)


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
    tool_calls: tuple[ToolCall, ...] = ()
    """What the model wants called, whole; with the last chunk."""
    model: str = ""
    """What the server calls the model that answered; with the last chunk, where it tells."""


@dataclass(frozen=True, slots=True)
class Window:
    """A context window in tokens; `guessed` where nobody has said it, else `by` says who has."""

    tokens: int
    guessed: bool
    by: str = field(default="the server", compare=False)


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

    @property
    def features(self) -> frozenset[Feature]:
        """What this model is known to take beyond text."""
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

    def doubt_window(self) -> None:
        """Have the window asked anew: what came shows that it is not what was told."""
        ...

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens `text` has for this model; None where its server does not tell in time.

        The text is sent to the server: only what may leave may be counted. Raises nothing of ours.
        """
        ...
