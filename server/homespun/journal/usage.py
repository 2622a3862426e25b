"""What requests to models took, as the journal keeps it: figures only, never a word of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One request that was answered, in whole or in part.

    `at` is seconds since 1970, UTC; `purpose` is what it was asked for. `seconds` lasted the
    whole, `first_token` until the first words came, and `writing` from those to the last; 0.0
    where that could not be seen. `cost` is in US dollars, None where no price is set.
    """

    at: float
    purpose: str
    provider: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    first_token: float
    writing: float
    cost: float | None
    local: bool
