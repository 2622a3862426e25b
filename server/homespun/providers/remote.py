"""One model at one endpoint, over any wire: asked, waited for, stepped down to, and judged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic_core import from_json

from homespun.core.logs import provider_log
from homespun.errors import BadResponse, HomespunError, Lost, TimedOut
from homespun.providers import failures
from homespun.providers.base import AnsweredBy, Chunk, Endpoint, Feature, Request, Window
from homespun.providers.bodies import batches, body_of
from homespun.providers.capabilities import Capabilities
from homespun.providers.dialect import MOST_STEPS, Dialect, row_of
from homespun.providers.failures import Answer
from homespun.providers.http import Http
from homespun.providers.pace import Pace
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import TOTAL_LIMIT, Decoder
from homespun.providers.waiting import Patience
from homespun.providers.windows import Windows
from homespun.providers.wire import Wire
from homespun.providers.wishes import fitted

if TYPE_CHECKING:
    import httpx

_ERROR_LIMIT = 256 * 1024
_COUNTED_LIMIT = 4 * 1024 * 1024
"""Characters of a text that a server is asked to count."""
_AFTER_FINISH = 2.0
"""Seconds that a server may take to end a stream whose finish reason has come."""
_AFTER_END = 0.2
"""Seconds that it may take to end the transfer, when the stream has said that it is at its end."""


class _Refused(Exception):
    """The server refused before it answered, so something else may be tried."""

    def __init__(self, answer: Answer, retry_after: str = "") -> None:
        super().__init__(answer.status)
        self.answer = answer
        self.retry_after = retry_after


class _Empty(Exception):
    """The stream ended without a single event: asked for it whole, the server may say why."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A request as it was sent."""

    request: Request
    dialect: Dialect
    body: Mapping[str, object]


class RemoteModel:
    """One model behind a `Wire`; a `Provider`."""

    def __init__(
        self, wire: Wire, http: Http, capabilities: Capabilities, pace: Pace, windows: Windows
    ) -> None:
        """All but `wire` are shared; `capabilities` remembers what this endpoint takes."""
        self._wire = wire
        self._kind = row_of(wire.endpoint)
        self._http = http
        self._capabilities = capabilities
        self._pace = pace
        self._windows = windows

    @property
    def _endpoint(self) -> Endpoint:
        return self._wire.endpoint

    @property
    def identity(self) -> AnsweredBy:
        """Who this is, and whether it is local."""
        return AnsweredBy(self._endpoint.name, self._endpoint.model, self._endpoint.local)

    @property
    def address(self) -> str:
        """The endpoint's base URL, without key and query."""
        return self._endpoint.base_url

    @property
    def features(self) -> frozenset[Feature]:
        """What this model takes: as its user declared, else as was proven."""
        proven = self._capabilities.proven(self._endpoint)
        seen: dict[Feature, bool | None] = {"tools": proven.tools, "vision": proven.vision}
        known: dict[Feature, bool | None] = {**seen, **self._endpoint.declared}
        return frozenset(name for name, takes in known.items() if takes)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer as it comes; see `Provider`. An answer that has begun is never asked again.

        A dialect that is refused steps down, a server that loads or is busy is waited for.
        """
        request = fitted(request, self._endpoint, self.features)
        dialect = self._capabilities.dialect(self._endpoint)
        patience = Patience(self._endpoint)
        steps = MOST_STEPS
        while True:
            while pause := self._pace.pause():
                yield Chunk(waiting="the rate limit")
                await asyncio.sleep(pause)
            self._pace.take()
            try:
                async with aclosing(self._ask(request, dialect)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except _Empty:
                dialect = replace(dialect, streaming=False)
            except _Refused as refused:
                if wait := patience.wait(refused.answer, refused.retry_after):
                    yield Chunk(waiting=wait.reason)
                    await asyncio.sleep(wait.seconds)
                    continue
                if other := self._wire.other(refused.answer):
                    self._wire = other
                    continue
                steps -= 1
                dialect = self._lower(dialect, refused.answer, request, steps)

    def _lower(self, dialect: Dialect, answer: Answer, request: Request, steps: int) -> Dialect:
        """What to try after a refusal. Raises the refusal's own error where nothing helps."""
        error = failures.error_for(answer, self._endpoint, request)
        sent = self._wire.body(request, dialect, 0)
        lower = dialect.after(answer, self._kind, sent) if steps > 0 else None
        if lower is None or not failures.may_be_about_parameters(error):
            self._windows.forget(self._endpoint)
            raise error
        before = dialect.to_json()
        changed = {name: now for name, now in lower.to_json().items() if now != before[name]}
        log = logging.getLogger(provider_log(self._endpoint.name))
        log.info("status %d, so it is asked otherwise: %s", answer.status, changed)
        return lower

    async def _ask(self, request: Request, dialect: Dialect) -> AsyncGenerator[Chunk, None]:
        """One request and its answer, in the shape in which it comes."""
        window = (await self.window()).tokens if self._wire.sets_window else 0
        body = await self._wire.prepared(request, dialect, window)
        question, path = _Question(request, dialect, body), self._wire.path(dialect)
        try:
            async with self._http.post(self._endpoint, path, body) as response:
                await self._check_head(response)
                if dialect.streaming and "application/json" not in _content_type(response):
                    async with aclosing(self._streamed(response, question)) as chunks:
                        async for chunk in chunks:
                            yield chunk
                else:
                    yield await self._whole(response, question)
        except (asyncio.CancelledError, GeneratorExit):
            await self._wire.abandon(body)
            raise
        except HomespunError as error:
            self._windows.forget(self._endpoint)
            if isinstance(error, TimedOut):
                await self._wire.abandon(body)
            raise

    async def _check_head(self, response: httpx.Response) -> None:
        """Let an answer pass. Raises `_Refused`, and `BadResponse` for a web page."""
        if response.status_code != 200:
            async with asyncio.timeout(self._endpoint.idle_timeout):
                body = await body_of(response, _ERROR_LIMIT)
            answer = failures.read(response.status_code, body)
            raise _Refused(answer, response.headers.get("retry-after", ""))
        if "text/html" in _content_type(response):
            raise BadResponse(
                f"{self._endpoint.name} at {self._endpoint.base_url} answered with a web page.",
                "Check the address: it is not that of a model server.",
            )

    async def _streamed(
        self, response: httpx.Response, question: _Question
    ) -> AsyncGenerator[Chunk, None]:
        """A streamed answer, chunk by chunk, and what was learned of the endpoint at its end."""
        request, dialect = question.request, question.dialect
        thoughts = _filter_for(request, dialect)

        def failure(event: object) -> Exception:
            return self._error_within(event, decoder, request)

        decoder = self._wire.decoder(thoughts, failure)
        try:
            async with aclosing(batches(response, lambda: self._silence(decoder))) as pieces:
                async for data in pieces:
                    # Read up to the transfer's own end: only then is the connection kept.
                    if decoder.ended:
                        break
                    if chunk := decoder.feed(data):
                        yield chunk
            if not (decoder.events or decoder.ended):
                raise _Empty
        except Exception as error:
            self._learn_thoughts(thoughts, dialect)
            if isinstance(error, HomespunError | _Refused | _Empty):
                raise
            if not (decoder.finishing or decoder.ended):
                if not decoder.spoke:
                    raise
                raise _lost(error) from error
        last = decoder.finish()
        self._learn(dialect, thoughts, decoder.version)
        yield await self._wire.concluded(last, question.body, decoder)

    async def _whole(self, response: httpx.Response, question: _Question) -> Chunk:
        """An answer that comes in one piece."""
        async with asyncio.timeout(self._endpoint.first_byte_timeout):
            data = await body_of(response, TOTAL_LIMIT)
        try:
            event = from_json(data)
        except ValueError:
            event = None
        if not self._wire.is_answer(event):
            raise _Refused(_failed(event))
        thoughts = _filter_for(question.request, question.dialect)
        chunk = self._wire.whole(event, thoughts)
        self._learn(question.dialect, thoughts, "")
        return await self._wire.concluded(chunk, question.body, None)

    def _silence(self, decoder: Decoder) -> float:
        """Seconds of silence to bear now: long while it loads and reads, then less and less."""
        if decoder.ended:
            return _AFTER_END
        if decoder.finishing:
            return _AFTER_FINISH
        spoke = decoder.spoke
        return self._endpoint.idle_timeout if spoke else self._endpoint.first_byte_timeout

    def _error_within(self, event: object, decoder: Decoder, request: Request) -> Exception:
        """What an error object in a stream is: a refusal as long as nothing else has come."""
        answer = _failed(event)
        if decoder.events == 0:
            return _Refused(answer)
        return failures.error_for(answer, self._endpoint, request)

    def _learn(self, dialect: Dialect, thoughts: ThinkFilter, version: str) -> None:
        """Remember what this endpoint took, and how its model thinks."""
        self._capabilities.saw(self._endpoint, version)
        held = dialect.holds_thoughts or thoughts.orphan
        dialect = replace(dialect, holds_thoughts=held)
        if dialect != self._capabilities.dialect(self._endpoint):
            self._capabilities.learn(self._endpoint, dialect, version)

    def _learn_thoughts(self, thoughts: ThinkFilter, dialect: Dialect) -> None:
        if thoughts.orphan:
            self._learn(dialect, thoughts, "")

    async def window(self) -> Window:
        """The window of this server, asked once; where it does not tell now, what a test saw."""
        if self._endpoint.window:
            return Window(self._endpoint.window, guessed=False, by="your settings")
        window = await self._windows.of(self._endpoint, self._wire.window)
        if window or (seen := self._capabilities.proven(self._endpoint).window) == 0:
            return window or Window(self._kind.guess, guessed=True)
        return Window(seen, guessed=False, by="an earlier test")

    def doubt_window(self) -> None:
        """Have the window asked anew; see `Provider`."""
        self._windows.forget(self._endpoint)

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens `text` has, as the server counts; see `Provider`."""
        return await self._wire.count_tokens(text) if len(text) <= _COUNTED_LIMIT else None


def _filter_for(request: Request, dialect: Dialect) -> ThinkFilter:
    """Where JSON is expected, what is none may be thoughts; elsewhere only by experience."""
    structured = request.schema is not None
    return ThinkFilter(holds=structured or dialect.holds_thoughts, searches=not structured)


def _failed(event: object) -> Answer:
    """An error that came under the status 200; without a code it is the server's own fault."""
    answer = failures.read_object(200, event)
    return replace(answer, status=500) if answer.status == 200 else answer


def _lost(error: Exception) -> HomespunError:
    """The error for an answer that had begun when its connection failed."""
    if isinstance(error, TimeoutError):
        return Lost(
            "The model's server fell silent in the middle of its answer.",
            "Nothing was changed. A slow machine needs a longer `idle_timeout`.",
        )
    return Lost(
        "The answer was cut off: the connection was lost.",
        "Nothing was changed. See whether the model server is still running.",
    )


def _content_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").lower()
