"""One question to a model: streamed, told to the user as it comes, and judged at its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from homespun.engine.ports import Events, Spent, Stage
from homespun.engine.timing import Timing
from homespun.errors import CutShort, ReplyError
from homespun.providers.base import Chunk, Finish, Provider, Request, ToolCall

_REPORT_EVERY = 0.1
"""Seconds between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, what it took, and what the model wants called."""

    text: str
    spent: Spent
    tool_calls: tuple[ToolCall, ...] = ()


async def ask(
    provider: Provider,
    request: Request,
    events: Events,
    receive: Callable[[str], Awaitable[None]],
    timing: Timing,
) -> Answer:
    """Stream the answer to `receive`, and give it whole; `timing` knows what it took, or cost.

    Raises the `ModelError` family, and `CutShort` where the answer did not come to its own end:
    such an answer must not be used.
    """
    telling = _Telling(events, timing)
    pieces: list[str] = []
    calls: tuple[ToolCall, ...] = ()
    finish = None
    telling.stage("reading")
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            timing.take(chunk)
            telling.chunk(chunk)
            finish = chunk.finish or finish
            calls += chunk.tool_calls
            if chunk.text:
                pieces.append(chunk.text)
                await receive(chunk.text)
    _judge(finish, request.max_tokens)
    return Answer("".join(pieces), timing.spent(), calls)


def _judge(finish: Finish | None, max_tokens: int) -> None:
    if finish == "length":
        raise CutShort(
            f"The model's reply was cut off at {max_tokens} tokens, so nothing was changed.",
            "Select a smaller part, raise generation.max_output_tokens, or give the model a"
            " larger context window.",
        )
    if finish == "content_filter":
        raise ReplyError("The server's content filter stopped the reply, so nothing was changed.")
    if finish is None:
        raise CutShort(
            "The model's reply ended without its end mark, so nothing was changed.",
            "Try again; if it happens each time, look at the model server's own log.",
        )


class _Telling:
    """Turns chunks into stages and a speed, without repeating itself."""

    def __init__(self, events: Events, timing: Timing) -> None:
        self._events = events
        self._timing = timing
        self._stage: Stage | None = None
        self._reported = 0.0

    def stage(self, stage: Stage, detail: str = "") -> None:
        if stage != self._stage or detail:
            self._stage = stage
            self._events.stage(stage, detail)

    def chunk(self, chunk: Chunk) -> None:
        if chunk.waiting:
            self.stage("loading", chunk.waiting)
        elif chunk.text:
            self.stage("writing")
        elif chunk.reasoning:
            self.stage("thinking")
        self._count(chunk.tokens)

    def _count(self, tokens: int) -> None:
        timing = self._timing
        if tokens and timing.writing - self._reported >= _REPORT_EVERY:
            self._reported = timing.writing
            self._events.progress(timing.tokens, timing.tokens / timing.writing)
