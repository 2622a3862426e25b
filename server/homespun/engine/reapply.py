"""A kept reply once more, without asking the model.

It is placed on the text that the model saw, and what comes of that is brought into the text as it
is now, as it would be after an answer that took long: what was typed since is never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence

from homespun.core.plan import ChangePlan
from homespun.engine.keeping import Kept
from homespun.engine.paths import Paths
from homespun.engine.reading import Reading
from homespun.engine.scene import Scene, without_comment


def scene_of(kept: Kept, paths: Paths) -> Scene:
    """The scene of a kept change, as it was."""
    shown = without_comment(kept.base, kept.task.remove_comment)
    return Scene(kept.task, kept.base, shown, paths.relative(kept.base.uri), kept.region)


async def read_again(reading: Reading, replies: Sequence[str]) -> ChangePlan:
    """What the replies come to. Raises `Malformed`."""
    for number, reply in enumerate(replies):
        if number:
            reading.begin_repair()
        await reading.feed(reply)
        await reading.finish()
    return reading.plan()
