"""A model put to the test: what it can do is seen, not believed, and kept for its endpoint.

Each step is one question of a few words; nothing of the user's is sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from homespun.engine import trial_questions as questions
from homespun.engine.ports import Check
from homespun.errors import (
    BadResponse,
    HomespunError,
    ModelError,
    NotSupported,
    RequestRefused,
    ServerFault,
)
from homespun.providers import probing
from homespun.providers.base import Chunk, Endpoint, Feature, Provider, Request
from homespun.providers.capabilities import Capabilities, Proven
from homespun.providers.dialect import Dialect
from homespun.providers.http import Http
from homespun.providers.kinds import Format, kind
from homespun.providers.standing import standing

Connect = Callable[[Endpoint, Capabilities], Provider]

_STOPPING = 5.0
"""Seconds that a server gets to stop a model whose answer is not wanted any more."""
_POLL = 0.05


@dataclass(slots=True)
class _Seen:
    """What the steps have found so far."""

    formats: list[Format]
    streams: bool = True
    first: float = 0.0
    proven: Proven = Proven()  # noqa: RUF009 - frozen


class Trial:
    """One test of one endpoint."""

    def __init__(
        self, endpoint: Endpoint, http: Http, capabilities: Capabilities, connect: Connect
    ) -> None:
        """`capabilities` is given what was seen at the end; `connect` makes a provider."""
        # Whether it takes tools and pictures, and how much, is what is found out here.
        sent: dict[Feature, bool] = {"tools": True, "vision": True}
        self._endpoint = replace(endpoint, declared=sent, formats=None, window=0)
        self._http = http
        self._capabilities = capabilities
        self._connect = connect
        self._seen = _Seen([])

    async def steps(self) -> AsyncGenerator[Check, None]:
        """Each step as it is done; those that need an answer are left out where none comes."""
        server = await standing(self._http, self._endpoint)
        lacks_it = server.status == "unknown model"
        ok = server.status == "ready" or lacks_it
        found = f"{self._endpoint.base_url}: {server.status}"
        status = "warning" if lacks_it else "ok" if ok else "error"
        yield Check("connection", status, found, server.hint, {"models": list(server.models)})
        speed = await self._told("streaming", self._speed)
        yield speed
        if speed.status == "error":
            return
        for format_ in kind(self._endpoint.kind).formats:
            yield await self._told(format_, partial(self._format, format_))
        for name, step in self._further():
            yield await self._told(name, step)
        self._keep()

    def _further(self) -> tuple[tuple[str, Callable[[], Awaitable[Check]]], ...]:
        return (
            ("cancel", self._cancel),
            ("window", self._window),
            ("tools", self._tools),
            ("vision", self._vision),
        )

    async def _told(self, name: str, step: Callable[[], Awaitable[Check]]) -> Check:
        """A step's result, where it fails the reason."""
        try:
            return await step()
        except HomespunError as error:
            return Check(name, "error", error.message, error.hint)

    async def _speed(self) -> Check:
        heard = await questions.hear(self._provider(), questions.PLAIN)
        self._seen.streams = heard.pieces > 0
        self._seen.first = heard.first
        self._seen.proven = replace(self._seen.proven, reasoning=heard.thought)
        details = {"firstToken": round(heard.first, 3), "tokensPerSecond": round(heard.rate, 1)}
        thinks = ", and it thinks first" if heard.thought else ""
        if not self._seen.streams:
            found = f"no: the answer comes whole, after {heard.first:.1f} s"
            return Check("streaming", "warning", found + thinks, details=details)
        found = f"first token after {heard.first:.2f} s, {heard.rate:.0f} tokens a second"
        return Check("streaming", "ok", found + thinks, details=details)

    async def _format(self, format_: Format) -> Check:
        """Teach a provider this format alone, and see whether it has to step down from it."""
        lessons = Capabilities()
        best = Dialect.of(self._endpoint)
        lessons.learn(self._endpoint, replace(best, format=format_), "")
        provider = self._connect(self._endpoint, lessons)
        heard = await questions.hear(provider, questions.in_format(format_))
        if lessons.dialect(self._endpoint).format != format_:
            return Check(format_, "warning", "refused by the server")
        if not questions.is_followed(format_, heard.text):
            return Check(format_, "warning", "taken, but the answer does not follow it")
        self._seen.formats.append(format_)
        return Check(format_, "ok", "the answer follows it")

    async def _cancel(self) -> Check:
        """Leave in the middle of a long answer, and see that the model stops."""
        stream = self._provider().stream(questions.LONG)
        async with aclosing(stream) as chunks:
            ended = await _first_words(chunks)
        if ended:
            return Check("cancel", "warning", "not seen: the answer was over at once")
        began = time.monotonic()
        if await self._slots_are_idle():
            took = f"{time.monotonic() - began:.2f} s"
            return Check("cancel", "ok", f"the server's slots were idle after {took}")
        heard = await questions.hear(self._provider(), questions.SHORT)
        if heard.first > 2 * self._seen.first + _STOPPING:
            return Check(
                "cancel",
                "warning",
                f"the next answer took {heard.first:.1f} s: the model may have run on",
                "Set a lower generation.max_output_tokens.",
            )
        return Check("cancel", "ok", f"the next answer began after {heard.first:.2f} s")

    async def _slots_are_idle(self) -> bool:
        """Whether llama.cpp's slots say, in time, that nothing is worked on."""
        until = time.monotonic() + _STOPPING
        while time.monotonic() < until:
            try:
                status, data = await self._http.get(self._endpoint, "/slots")
            except ModelError:
                return False
            busy = probing.follow(data, ("*", "is_processing"), "")
            if status != 200 or not isinstance(busy, bool):
                return False
            if not any(slot.get("is_processing") for slot in data):
                return True
            await asyncio.sleep(_POLL)
        return False

    async def _window(self) -> Check:
        # Without what an earlier test saw: the server is asked.
        window = await self._connect(self._endpoint, Capabilities()).window()
        if window.guessed:
            found = f"{window.tokens} tokens, a guess: the server does not say"
            return Check(
                "window", "warning", found, "Set the provider's `window` to what it really has."
            )
        self._seen.proven = replace(self._seen.proven, window=window.tokens)
        found = f"{window.tokens} tokens, says the server"
        return Check("window", "ok", found, details={"tokens": window.tokens})

    async def _tools(self) -> Check:
        called = await self._is_able(questions.with_tool(), questions.is_called)
        self._seen.proven = replace(self._seen.proven, tools=called)
        return _able("tools", called, "it calls tools", "it calls no tools")

    async def _vision(self) -> Check:
        sees = True
        for colour in questions.PICTURED:
            is_seen = partial(questions.is_seen, colour)
            sees = sees and await self._is_able(questions.with_picture(colour), is_seen)
        self._seen.proven = replace(self._seen.proven, vision=sees)
        return _able("vision", sees, "it sees images", "it sees no images")

    async def _is_able(self, request: Request, judge: Callable[[questions.Heard], bool]) -> bool:
        """Whether the answer is as it should be; a server that takes no such request is not able.

        Raises what tells of neither, such as a lost connection.
        """
        try:
            return judge(await questions.hear(self._provider(), request))
        except (RequestRefused, ServerFault, BadResponse, NotSupported):
            return False

    def _provider(self) -> Provider:
        return self._connect(self._endpoint, self._capabilities)

    def _keep(self) -> None:
        """The best that was seen becomes what the endpoint is asked with."""
        row = kind(self._endpoint.kind)
        known = self._capabilities.dialect(self._endpoint)
        best = next((one for one in row.formats if one in self._seen.formats), row.formats[-1])
        learned = replace(known, format=best, streaming=known.streaming and self._seen.streams)
        self._capabilities.learn(self._endpoint, learned, "")
        self._capabilities.prove(self._endpoint, self._seen.proven)


async def _first_words(chunks: AsyncGenerator[Chunk, None]) -> bool:
    """Wait for the answer's first words; whether it was over with them."""
    async for chunk in chunks:
        if chunk.finish is not None:
            return True
        if chunk.text or chunk.reasoning:
            return False
    return True


def _able(name: str, able: bool, yes: str, no: str) -> Check:
    return Check(name, "ok", yes) if able else Check(name, "warning", no)
