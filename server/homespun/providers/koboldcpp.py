"""KoboldCpp: chat completions, and an abort of its own.

The chat goes over `/v1/chat/completions` where that is there: it puts the template of the server's
own model around the messages, turns a schema into a grammar, and takes pictures. What the native
interface does better is to stop: a closed stream is noticed at the next token, so never while the
prompt is being read; `/api/extra/abort` stops it then too. It takes the `genkey` that the request
was sent with, so that no other user's answer is stopped (`koboldcpp.py` of version 1.121). Where
there are no chat completions, `koboldai` serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from homespun.providers.base import Request
from homespun.providers.dialect import Dialect
from homespun.providers.failures import Answer
from homespun.providers.koboldai import STREAM, KoboldTextWire, abort, new_key
from homespun.providers.openai_compatible import OpenAIWire
from homespun.providers.wire import Wire


class KoboldWire(OpenAIWire):
    """OpenAI's chat completions, with a key by which the answer can be stopped."""

    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`. What looks like one of KoboldCpp's own marks in a file stays what it is."""
        own = {"genkey": new_key(), "replace_instruct_placeholders": False}
        return {**super().body(request, dialect, window), **own}

    def other(self, refusal: Answer) -> Wire | None:
        """Old versions and other servers of this interface have no chat completions."""
        if refusal.status not in (404, 405) or "model" in refusal.message:
            return None
        return KoboldTextWire(replace(self.endpoint, chat_path=STREAM), self.http)

    async def abandon(self, body: Mapping[str, object]) -> None:
        """Stop the model, also while it reads the prompt."""
        await abort(self.http, self.endpoint, body)
