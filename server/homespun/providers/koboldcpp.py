"""KoboldCpp: chat completions, and an abort of its own.

The chat goes over `/v1/chat/completions`, not over `/api/extra/generate/stream`: that one takes a
prompt that is already rendered, and only the server knows its model's template. What the native
interface does better is to stop: a closed stream is noticed at the next token, so never while the
prompt is being read; `/api/extra/abort` stops it then too. It takes the `genkey` that the request
was sent with, so that no other user's answer is stopped (`koboldcpp.py` of version 1.121).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress

from homespun.errors import HomespunError
from homespun.providers.base import Request
from homespun.providers.dialect import Dialect
from homespun.providers.openai_compatible import OpenAIWire

_ABORT_LIMIT = 1.0
"""Seconds that the abort may take; whoever cancels waits for it."""


class KoboldWire(OpenAIWire):
    """OpenAI's chat completions, with a key by which the answer can be stopped."""

    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`."""
        return {**super().body(request, dialect, window), "genkey": f"HS{secrets.token_hex(8)}"}

    async def abandon(self, body: Mapping[str, object]) -> None:
        """Stop the model, also while it reads the prompt."""
        told = {"genkey": body["genkey"]}
        with suppress(HomespunError):
            await self.http.ask(self.endpoint, "/api/extra/abort", told, limit=_ABORT_LIMIT)
