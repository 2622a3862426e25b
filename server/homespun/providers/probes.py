"""Where servers tell facts about themselves: data, followed by `probing`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MODEL: Final = "{model}"
"""In a path through JSON: the list's entry for the model that is asked for."""

SERVED: Final = "{served}"
"""The same, or the only entry: a server of one model serves it under any name."""

ANY: Final = "*"
"""In a path through JSON: the first entry of a list."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Where a fact stands: a GET path, and the way through the JSON that it answers."""

    path: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sign:
    """A probe that answers like this on one kind of server only; `value` "" takes any."""

    probe: Probe
    value: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """How a server is asked how many tokens a text has: a POST of `{name: text}` to `path`.

    At the end of `steps` stands their number, or the list of them.
    """

    path: str
    name: str
    steps: tuple[str, ...]
