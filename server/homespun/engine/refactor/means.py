"""What refactors need of the engine, of the workspace and of what is around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homespun.config.schema import Settings
from homespun.engine.edit import Editing
from homespun.engine.keeping import Keeping
from homespun.engine.paths import Paths
from homespun.engine.place import Placer
from homespun.engine.ports import Outcome, Review, Workspace
from homespun.engine.refactor.estimate import Speed
from homespun.engine.refactor.way import Way
from homespun.engine.refactor.working import Shown
from homespun.engine.scene import Scene
from homespun.engine.search import Index
from homespun.providers.base import AnsweredBy, Endpoint


@dataclass(frozen=True, slots=True)
class Means:
    """What a refactor works with.

    `keeping` holds what is done of each, so that it can be resumed. `agree` gives the endpoint
    that serves (for the URI of a file, a model's name, who is asked), `ways` a maker of ways to
    it, `at_once` how many answers it gives side by side, `speed` how fast a model was seen to be,
    `take_back` undoes a change, `withheld` tells why a file (absolute path) is not sent.
    """

    workspace: Workspace
    paths: Paths
    index: Index
    keeping: Keeping
    agree: Callable[[str, str | None, Review], Awaitable[Endpoint]]
    ways: Callable[[Endpoint], Callable[[], Awaitable[Way]]]
    at_once: Callable[[Endpoint], Awaitable[int]]
    speed: Callable[[AnsweredBy], Awaitable[Speed | None]]
    placer: Callable[[Workspace, Scene, Shown], Placer]
    editing: Callable[[], Editing]
    settings: Callable[[], Settings]
    take_back: Callable[[str], Awaitable[Outcome]]
    withheld: Callable[[str], str | None]
