"""Explain a part of a file: no change, only words, streamed as they come."""

from __future__ import annotations

from homespun.engine.ask import Answer
from homespun.engine.compose import Composer
from homespun.engine.ports import Events, Explanation
from homespun.engine.propose import Asking, with_less
from homespun.engine.scene import Scene
from homespun.errors import Malformed


async def explain(scene: Scene, composer: Composer, asking: Asking, events: Events) -> Explanation:
    """The model's explanation of `scene`; each piece goes to `events.text`.

    Raises the `ModelError` and `ReplyError` families.
    """

    async def once() -> Answer:
        prompt = await composer.explain(scene)
        composer.sent(prompt)
        return await asking.put(prompt.request, events, hear, "explain")

    async def hear(piece: str) -> None:
        events.text(piece)

    answer = await with_less(once, events)
    if not answer.text.strip():
        raise Malformed("The model answered nothing.", "Try again, or choose another model.")
    return Explanation(
        answer.text,
        asking.by.provider,
        asking.by.model,
        asking.by.local,
        answer.spent,
    )
