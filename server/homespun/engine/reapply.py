"""A kept reply once more, on the text as it is now, without asking the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from homespun.core.plan import ChangePlan
from homespun.core.text import Snapshot, Span
from homespun.engine.keeping import Kept
from homespun.engine.paths import Paths
from homespun.engine.ports import Place, Workspace
from homespun.engine.reading import Reading
from homespun.engine.scene import Scene, set_scene
from homespun.errors import Stale


async def found_again(kept: Kept, workspace: Workspace, paths: Paths) -> Scene:
    """The scene of a kept change, its part found again. Raises `Stale` and `UnknownFile`."""
    anywhere = replace(kept.task, place=Place(kept.task.place.uri), scope="file")
    scene = await set_scene(workspace, paths, anywhere)
    comment = _find(scene.original, kept.comment) if kept.comment else None
    if comment is not None:
        scene = await set_scene(workspace, paths, replace(anywhere, remove_comment=comment))
    task = replace(kept.task, remove_comment=comment)
    if not kept.part:
        return replace(scene, task=task)
    region = _find(scene.shown, kept.part)
    if region is None:
        raise Stale(
            f"The part of {scene.path} that this reply is about is not there any more, or is there"
            " more than once.",
            "Ask the model anew.",
        )
    return replace(scene, task=task, region=region)


async def read_again(reading: Reading, replies: Sequence[str]) -> ChangePlan:
    """What the replies come to now. Raises `Malformed`."""
    for number, reply in enumerate(replies):
        if number:
            reading.begin_repair()
        await reading.feed(reply)
        await reading.finish()
    return reading.plan()


def _find(snapshot: Snapshot, part: str) -> Span | None:
    """The one place in which `part` stands, to the letter."""
    start = snapshot.text.find(part)
    if start < 0 or snapshot.text.find(part, start + 1) >= 0:
        return None
    return Span(start, start + len(part))
