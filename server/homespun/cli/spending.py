"""What answers took, for people and for programs."""

from __future__ import annotations

from homespun.core.counting import counted
from homespun.engine.ports import Spent


def as_data(spent: Spent) -> dict[str, object]:
    """`spent` as the wire contract has it."""
    return {
        "promptTokens": spent.prompt_tokens,
        "completionTokens": spent.completion_tokens,
        "seconds": round(spent.seconds, 3),
        "firstTokenSeconds": round(spent.first_token, 3),
        "tokensPerSecond": round(spent.tokens_per_second, 1),
        "cost": spent.cost,
    }


def in_words(spent: Spent) -> str:
    """`spent` in one line."""
    words = [f"{counted(spent.prompt_tokens, 'token')} read, {spent.completion_tokens} written"]
    if spent.tokens_per_second:
        words.append(f"{spent.tokens_per_second:.0f} a second")
    words.append(f"{spent.seconds:.1f} s")
    if spent.first_token:
        words[-1] += f", the first words after {spent.first_token:.1f} s"
    if spent.cost is not None:
        words.append(dollars(spent.cost))
    return " · ".join(words)


def dollars(cost: float | None) -> str:
    """A cost; "" where none is known."""
    return "" if cost is None else f"${cost:.4f}"
