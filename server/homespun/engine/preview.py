"""What a task would send to the model, and where to: told, not sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homespun.core.context import Item, LeftOut
from homespun.core.prompt import Message
from homespun.engine.compose import Budget, Prompt
from homespun.engine.gate import OutwardGate
from homespun.providers.base import AnsweredBy, Provider, Window


@dataclass(frozen=True, slots=True)
class Redaction:
    """A secret that leaves as `placeholder`. `paths` hold it; none: the instruction does."""

    kind: str
    placeholder: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A request that was composed and not sent. `address` has neither key nor query."""

    to: AnsweredBy
    address: str
    messages: tuple[Message, ...]
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    redactions: tuple[Redaction, ...]
    window: Window
    budget: Budget
    shape: str


def preview(prompt: Prompt, provider: Provider, gate: OutwardGate) -> Preview:
    """What `prompt`, which passed through `gate`, would send to `provider`."""
    messages = tuple(m for m in prompt.request.messages if isinstance(m, Message))
    return Preview(
        provider.identity,
        provider.address,
        messages,
        prompt.context.items,
        prompt.context.left_out,
        _redactions(messages, prompt.context.items, gate.kinds),
        prompt.window,
        prompt.budget,
        prompt.shape or "",
    )


def _redactions(
    messages: Sequence[Message], items: Sequence[Item], kinds: Mapping[str, str]
) -> tuple[Redaction, ...]:
    """The secrets that are hidden in the messages, with the files that show their places."""
    said = "".join(message.content for message in messages)
    return tuple(
        Redaction(kind, placeholder, _holders(placeholder, items))
        for placeholder, kind in kinds.items()
        if placeholder in said
    )


def _holders(placeholder: str, items: Sequence[Item]) -> tuple[str, ...]:
    found = (i.path for i in items if any(placeholder in part.text for part in i.parts))
    return tuple(dict.fromkeys(found))
