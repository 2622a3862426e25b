"""Which format to ask a model for: by what is to change, and by what has worked with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from homespun.core.reply import ReplyFormat

Ending = Literal["placed", "failed"]
"""What became of a reply at its first attempt: all of it could be used, or not."""

_ENOUGH = 4
"""Replies from which on a format is judged."""
_REMEMBERED = 20
"""Replies after which older ones count half."""


@dataclass(frozen=True, slots=True)
class Tried:
    """How a model's replies in one format ended."""

    placed: float = 0.0
    failed: float = 0.0

    def then(self, ending: Ending) -> Tried:
        """The same with one more reply; the latest count most."""
        fade = 0.5 if self.placed + self.failed >= _REMEMBERED else 1.0
        faded = Tried(self.placed * fade, self.failed * fade)
        if ending == "placed":
            return replace(faded, placed=faded.placed + 1)
        return replace(faded, failed=faded.failed + 1)

    @property
    def doubtful(self) -> bool:
        """Whether it failed more often than it worked, as far as that can be told yet."""
        return self.placed + self.failed >= _ENOUGH and self.failed > self.placed

    @property
    def share(self) -> float:
        """How many of the replies could be used at once, from 0 to 1."""
        return self.placed / (self.placed + self.failed) if self.placed else 0.0


def choose(fitting: Sequence[ReplyFormat], tried: Mapping[ReplyFormat, Tried]) -> ReplyFormat:
    """The first of `fitting` (the best for the task first) that is not known to fail.

    Where all are, the one that worked most often.
    """

    def share(shape: ReplyFormat) -> float:
        return tried.get(shape, Tried()).share

    for shape in fitting:
        if not tried.get(shape, Tried()).doubtful:
            return shape
    return max(fitting, key=share)
