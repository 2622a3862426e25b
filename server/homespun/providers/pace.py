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
        """Take one request out of the bucket; the seconds to wait before it may be sent."""
        if self.per_minute <= 0:
            return 0.0
        now, each = self.clock(), 60 / self.per_minute
        # The bucket as the moment when it is full again: each request puts that off.
        self._full_at = max(self._full_at, now) + each
        return max(0.0, self._full_at - now - max(each, _BURST_SECONDS))
