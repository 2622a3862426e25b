"""What a refactor will take, by what this model was seen to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from homespun.core.counting import counted
from homespun.engine.refactor.batches import around_tokens
from homespun.engine.refactor.task import Cost, SurveyFile
from homespun.journal.usage import UsageRecord
from homespun.providers.base import AnsweredBy

_SHARED = 700
"""About how many tokens each request has beside its files: rules, the instruction, decisions."""
_CHANGED = 0.25
"""The share of a file that a usual answer repeats or changes."""
_LEAST = 80
_LATEST = 50
"""Answers that tell a model's speed: what it did long ago may be another machine's."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a model reads and writes, in tokens a second."""

    reading: float
    writing: float


def speed_of(records: Sequence[UsageRecord], by: AnsweredBy) -> Speed | None:
    """The usual speed of a model in its latest answers; None where there are none of use."""
    own = [one for one in records if (one.provider, one.model) == (by.provider, by.model)]
    writing = [
        one.completion_tokens / one.writing
        for one in own[-_LATEST:]
        if one.writing > 0 and one.completion_tokens > 1
    ]
    if not writing:
        return None
    reading = [
        one.prompt_tokens / one.first_token
        for one in own[-_LATEST:]
        if one.first_token > 0 and one.prompt_tokens
    ]
    return Speed(median(reading) if reading else float("inf"), median(writing))


def cost_of(files: Sequence[SurveyFile], speed: Speed | None, at_once: int) -> Cost:
    """What the chosen of `files` take, with `at_once` answers side by side.

    Answers that come side by side share one machine: they are told to be as fast as if it had
    nothing to gain by that, so that the estimate errs on the long side.
    """
    chosen = [file for file in files if file.chosen]
    read = sum(file.tokens + around_tokens(file.tokens) // 2 + _SHARED for file in chosen)
    written = sum(max(_LEAST, int(file.tokens * _CHANGED)) for file in chosen)
    if speed is None:
        return Cost(len(chosen), read + written, None, None)
    seconds = read / speed.reading + written / speed.writing
    gain = min(at_once, 2) if at_once > 1 else 1
    return Cost(len(chosen), read + written, round(seconds / gain, 1), round(speed.writing, 1))


def in_words(cost: Cost) -> str:
    """What it takes, in a sentence."""
    words = f"{counted(cost.files, 'file')}, about {cost.tokens:,} tokens"
    if cost.seconds is None or not cost.tokens_per_second:
        return f"{words}; how long it takes is not known, for this model was not measured yet."
    speed = f"{cost.tokens_per_second:.0f} tokens a second"
    return f"{words}, {_duration(cost.seconds)} at the {speed} that were measured."


def _duration(seconds: float) -> str:
    if seconds < 2:
        return "a moment"
    return f"about {seconds:.0f} seconds" if seconds < 120 else f"about {seconds / 60:.0f} minutes"
