"""How many tokens a text costs: an estimate that learns from what servers report."""

from __future__ import annotations

import math
from dataclasses import dataclass

_DEFAULT = 3.0
"""Bytes a token before anything is known: code in common tokenizers has 3 to 4.5."""
_LEAST = 0.5
_MOST = 6.0
_CUT = 0.5
"""A prompt of which the server read less than this share of the estimate was cut."""


def size(text: str) -> int:
    """The length of `text` in bytes of utf-8, which tracks tokens better than characters do."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@dataclass
class Meter:
    """Estimates tokens for one model at one endpoint; careful (high) until it has learned."""

    bytes_per_token: float = _DEFAULT
    learned: bool = False

    def count(self, text: str) -> int:
        """About how many tokens `text` costs."""
        return self.tokens(size(text))

    def tokens(self, bytes_: int) -> int:
        """About how many tokens a text of so many bytes costs."""
        return math.ceil(bytes_ / self.bytes_per_token)

    def learn(self, prompt_bytes: int, prompt_tokens: int) -> None:
        """Take in what a server counted for a prompt of `prompt_bytes`."""
        if prompt_tokens <= 0 or prompt_bytes < 400:
            return
        seen = max(_LEAST, min(_MOST, prompt_bytes / prompt_tokens))
        self.bytes_per_token = min(seen, self.bytes_per_token) if self.learned else seen
        self.learned = True

    def was_cut(self, prompt_bytes: int, prompt_tokens: int) -> bool:
        """Whether the server read so much less than was sent that it must have cut it.

        `prompt_tokens` of 0 means that the server did not say. Before anything was learned the
        densest tokenizer that is known (6 bytes a token over a whole prompt) is the yardstick.
        """
        if prompt_tokens <= 0:
            return False
        densest = self.bytes_per_token if self.learned else _MOST
        return prompt_tokens < _CUT * prompt_bytes / densest
