"""What the composition root hands to the engine: the settings, and the way to models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from homespun.config.schema import Settings
from homespun.providers.base import Endpoint, Provider


class Configuration(Protocol):
    """The settings as they are now, and the edge's own layer of them."""

    def settings(self) -> Settings:
        """The settings in force; cheap, reloaded where a file has changed."""
        ...

    @property
    def log(self) -> str:
        """Where the log is, for people."""
        ...

    def problems(self) -> Sequence[str]:
        """What is wrong with any layer, for people: file, key and reason."""
        ...

    def configure(self, editor_settings: Mapping[str, object]) -> None:
        """Take in the editor's settings."""
        ...

    def select(self, model: str) -> None:
        """Let `model` serve for this session, before what all layers say."""
        ...

    def unselect(self) -> None:
        """Take back what `select` said."""
        ...


async def one_at_a_time(endpoint: Endpoint) -> int:
    """What any server does well."""
    return 1


@dataclass(frozen=True, slots=True)
class Models:
    """Which model serves, and how to reach it. `close` lets go of every connection.

    `at_once` tells how many answers an endpoint gives side by side.
    """

    choose: Callable[[Settings, str | None], Endpoint]
    connect: Callable[[Endpoint], Provider]
    close: Callable[[], Awaitable[None]]
    at_once: Callable[[Endpoint], Awaitable[int]] = one_at_a_time
