"""When the pieces of an answer came, and what the answer took in the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from homespun.engine.ports import Spent
from homespun.providers.base import Chunk, Usage


class Timing:
    """Follows one answer from its question on; may be asked at any moment what it took so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` in seconds; the question is put now."""
        self._clock = clock
        self._began = clock()
        self._first: float | None = None
        self._last = 0.0
        self._pieces = 0
        self._usage = Usage()
        self.tokens = 0
        """Tokens that were seen to come, thoughts among them."""

    def take(self, chunk: Chunk) -> None:
        """The next piece of the answer."""
        self._usage = chunk.usage or self._usage
        if chunk.text or chunk.reasoning or chunk.tokens:
            self._last = self._clock() - self._began
            self._first = self._last if self._first is None else self._first
            self._pieces += 1
            self.tokens += chunk.tokens

    @property
    def writing(self) -> float:
        """Seconds from the first piece to the last so far."""
        return self._last - (self._first or 0.0)

    def spent(self) -> Spent:
        """What the answer took so far: tokens as the server counts them, else as they came."""
        seconds = self._clock() - self._began
        return Spent(
            self._usage.prompt_tokens,
            self._usage.completion_tokens or self.tokens,
            seconds,
            self._first or 0.0,
            # Of an answer that came in one piece, nobody saw when its writing began.
            self.writing if self._pieces > 1 else seconds,
        )
