"""A wire format: how a question is written, how its answer is read, and nothing else.

`remote` holds what all wires share: the connection, its faults, waiting, and stepping down.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Final, cast

from homespun.errors import HomespunError, ModelError
from homespun.providers import probing
from homespun.providers.base import Chunk, Endpoint, Request, Window
from homespun.providers.dialect import Dialect
from homespun.providers.failures import Answer
from homespun.providers.http import Http
from homespun.providers.kinds import kind
from homespun.providers.probes import Probe
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import Decoder

_COUNT_LIMIT: Final = 2.0
"""Seconds that counting the tokens of a text may take."""


class Wire(ABC):
    """One way of talking to one endpoint."""

    sets_window: ClassVar[bool] = False
    """Whether each question says how large a window the server is to give it."""

    def __init__(self, endpoint: Endpoint, http: Http) -> None:
        """`http` is for what is asked beside the chat, such as the window."""
        self.endpoint = endpoint
        self.http = http

    @abstractmethod
    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """The request's JSON body. `window` in tokens, 0 unless `sets_window`."""

    def path(self, dialect: Dialect) -> str:
        """Where the question is sent to."""
        return self.endpoint.chat_path

    async def prepared(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """The body, where the server must be asked something first.

        Raises `ContextOverflow` where the server would cut the prompt silently.
        """
        return self.body(request, dialect, window)

    @abstractmethod
    def decoder(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> Decoder:
        """What reads one streamed answer."""

    @abstractmethod
    def whole(self, event: object, filter_: ThinkFilter) -> Chunk:
        """An answer that came in one piece. Raises `BadResponse` and `CutShort`."""

    def is_answer(self, event: object) -> bool:
        """Whether a whole body is an answer, and not an error that came under the status 200."""
        return not probing.follow(event, ("error",), "") or bool(
            probing.follow(event, ("choices",), "")
        )

    def other(self, refusal: Answer) -> Wire | None:
        """The wire to try where the server turns out not to have this one; None: there is none."""
        return None

    async def window(self) -> Window | None:
        """The window that the server really has; None where it does not say."""
        for probe in kind(self.endpoint.kind).windows:
            if tokens := probing.tokens(await self.probed(probe)):
                return Window(tokens, guessed=False)
        return None

    async def concluded(
        self, last: Chunk, body: Mapping[str, object], decoder: Decoder | None
    ) -> Chunk:
        """The last chunk of the answer to `body`, where the server must be asked how it ended.

        `decoder` is what read it, None where it came whole.
        """
        return last

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens `text` has; None where the server does not tell. Sends the text."""
        for counter in kind(self.endpoint.kind).counters:
            asked = {counter.name: text}
            try:
                status, data = await self.http.ask(
                    self.endpoint, counter.path, asked, limit=_COUNT_LIMIT
                )
            except HomespunError:
                return None
            found = probing.follow(data, counter.steps, "") if status == 200 else None
            counted = len(cast("list[object]", found)) if isinstance(found, list) else found
            if isinstance(counted, int) and counted >= 0:
                return counted
        return None

    async def abandon(self, body: Mapping[str, object]) -> None:
        """The answer to `body` is not wanted any more: for servers that closing does not stop."""
        return

    async def probed(self, probe: Probe) -> object:
        """What the server says there. That it cannot be asked is the request's to tell."""
        listed = probe.path == kind(self.endpoint.kind).models_path
        path = self.endpoint.models_path if listed else probe.path
        try:
            status, data = await self.http.get(self.endpoint, path)
        except ModelError:
            return None
        return probing.follow(data, probe.steps, self.endpoint.model) if status == 200 else None
