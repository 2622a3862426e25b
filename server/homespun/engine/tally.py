"""How much one model holds, and how much a text costs: asked of its server where that tells."""

from __future__ import annotations

from collections.abc import Sequence

from homespun.core.prompt import Message
from homespun.engine.meter import Meter, size
from homespun.providers.base import ChatMessage, Provider, Window

_EACH_MESSAGE = 8
"""Tokens that a chat template writes around a message."""
_NEARLY_FULL = 0.6
"""The share of a window from which on an estimate is not good enough."""
_EACH_PART = 40
"""Bytes of the heading and the fence that a part of a file is shown with."""


class Tally:
    """Counts for one provider."""

    def __init__(self, provider: Provider, meter: Meter, *, may_send: bool) -> None:
        """`meter` is this model's. Without `may_send` no text goes to the server to be counted."""
        self._provider = provider
        self._meter = meter
        self._may_send = may_send

    async def window(self) -> Window:
        """The model's context window."""
        return await self._provider.window()

    def cost(self, text: str) -> int:
        """About how many tokens `text` costs as a part of a prompt."""
        return self._meter.tokens(size(text) + _EACH_PART)

    def count(self, messages: Sequence[Message | ChatMessage]) -> int:
        """About how many tokens `messages` cost."""
        return sum(self._meter.count(m.content) + _EACH_MESSAGE for m in messages)

    def doubts(self, estimate: int, window: Window) -> bool:
        """Whether a prompt that was estimated so is worth counting: nothing is known of this
        model's tokens yet, or the window is nearly full."""
        return not self._meter.learned or estimate > _NEARLY_FULL * window.tokens

    async def counted(self, messages: Sequence[Message | ChatMessage]) -> int | None:
        """How many they cost by the server's own tokenizer, from which the estimate learns.

        None where the server does not tell, or may not be asked.
        """
        if not self._may_send:
            return None
        text = "".join(message.content for message in messages)
        tokens = await self._provider.count_tokens(text)
        if not tokens:
            return None
        self._meter.learn(size(text), tokens)
        return tokens + _EACH_MESSAGE * len(messages)
