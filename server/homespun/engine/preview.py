"""What a task would send to the model, and where to: told, not sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from homespun.core.context import Item, LeftOut
from homespun.core.prompt import Message
from homespun.engine.compose import Budget, Prompt
from homespun.engine.gate import OutwardGate
from homespun.providers.base import AnsweredBy, Provider, Window
from homespun.security.secret_scan import redacted


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


def preview(prompt: Prompt, provider: Provider, gate: OutwardGate, window: Window) -> Preview:
    """What `prompt`, which passed through `gate`, would send to `provider`."""
    messages = tuple(m for m in prompt.request.messages if isinstance(m, Message))
    return Preview(
        provider.identity,
        provider.address,
        messages,
        prompt.context.items,
        prompt.context.left_out,
        _redactions(prompt.context.items, gate),
        window,
        prompt.budget,
        prompt.shape or "",
    )


def _redactions(items: Sequence[Item], gate: OutwardGate) -> tuple[Redaction, ...]:
    """The secrets that the gate hid, with the files that show them."""
    places: dict[str, list[str]] = {placeholder: [] for placeholder in gate.kinds}
    for item in items:
        for placeholder in {p for part in item.parts for p in redacted(part.text)}:
            if placeholder in places:
                places[placeholder].append(item.path)
    return tuple(
        Redaction(gate.kinds[placeholder], placeholder, tuple(paths))
        for placeholder, paths in places.items()
    )
