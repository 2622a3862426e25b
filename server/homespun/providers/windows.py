"""The context windows that servers have told, kept: each model's is asked once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from homespun.providers.base import Endpoint, Window

_LASTS = 300.0
"""Seconds. A server that was started anew with another window looks the same from outside."""


class Windows:
    """The windows of all models of one process; that of another model is asked anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[Window, float]] = {}

    async def of(
        self, endpoint: Endpoint, ask: Callable[[], Awaitable[Window | None]]
    ) -> Window | None:
        """The window that `ask` tells now or told lately; None, for now, where it tells none."""
        window, until = self._kept.get(_key(endpoint), (None, 0.0))
        if window is None or self._clock() >= until:
            window = await ask()
            self.forget(endpoint)
            if window is not None:
                self._kept[_key(endpoint)] = window, self._clock() + _LASTS
        return window

    def forget(self, endpoint: Endpoint) -> None:
        """Have it asked again: something went wrong, and the server may be another one now."""
        self._kept.pop(_key(endpoint), None)


def _key(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.base_url, endpoint.model
