"""A limit on requests a minute, as a token bucket: bursts are free, the mean is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_BURST_SECONDS = 10.0
"""So many seconds' worth of requests may go out at once."""


@dataclass
class Pace:
    """The bucket of one provider; `per_minute` 0 is no limit. `clock` in seconds."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _full_at: float = field(default=0.0, init=False)

    def pause(self) -> float:
        """Seconds until a request may be sent; 0 for at once."""
        if self.per_minute <= 0:
            return 0.0
        return max(0.0, self._full_at + self._each - self.clock() - self._burst)

    def take(self) -> None:
        """A request is sent now."""
        # The bucket is kept as the moment when it is full again: each request puts that off.
        if self.per_minute > 0:
            self._full_at = max(self._full_at, self.clock()) + self._each

    @property
    def _each(self) -> float:
        return 60 / self.per_minute

    @property
    def _burst(self) -> float:
        return max(self._each, _BURST_SECONDS)
