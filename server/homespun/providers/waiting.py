"""How long a busy or loading server is waited for."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from homespun.providers.base import Endpoint
from homespun.providers.failures import Answer

_LOADING_PAUSE = 0.5
_FIRST_PAUSE = 1.0
_BUSY = frozenset({429, 503, 529})
"""529 is Anthropic's word for an overload (https://docs.anthropic.com/en/api/errors)."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause in seconds, and what people are told of it."""

    seconds: float
    reason: str


class Patience:
    """The waits of one request: loading up to the first byte's limit, else a few retries."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` in seconds; the time begins now."""
        self._clock = clock
        self._until = clock() + endpoint.first_byte_timeout
        self._retries = endpoint.max_retries
        self._pause = _FIRST_PAUSE

    def wait(self, answer: Answer, retry_after: str) -> Wait | None:
        """How long to wait before the request is sent again; None: it is of no use.

        `retry_after`: the header, seconds or a date (RFC 9110, 10.2.3); "" where it was not sent.
        """
        left = self._until - self._clock()
        if answer.is_loading:
            return Wait(_LOADING_PAUSE, "loading the model") if left > 0 else None
        if answer.status not in _BUSY or self._retries == 0:
            return None
        asked = _seconds(retry_after)
        seconds = self._pause if asked is None else asked
        self._retries -= 1
        self._pause *= 2
        return Wait(seconds, "the server is busy") if seconds <= left else None


def _seconds(retry_after: str) -> float | None:
    """A Retry-After header in seconds from now; None where it says nothing."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after.strip()):
        return float(retry_after)
    with suppress(ValueError, TypeError, OverflowError):
        date = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, date.timestamp() - time.time())
    return None
