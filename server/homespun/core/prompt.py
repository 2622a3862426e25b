"""A task and its context as chat messages: the stable parts first, so that servers can cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as the OpenAI API has it."""

    role: Literal["system", "user", "assistant"]
    content: str
