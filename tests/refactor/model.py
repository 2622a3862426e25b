"""A model over real HTTP that does its part of a refactor: rightly, or wrongly on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from homespun.providers.scripted import Script, ScriptedEndpoint, Turn

Answer = Callable[[str, list[str]], str | Turn]
"""From the last message and the paths of the files in it (none: the plan) to what is said."""

_PART = re.compile(r"^- ([^\s:]+\.\w+)(?:: |$)|but in ([^\s:]+) something is left", re.MULTILINE)


class Answers:
    """Stands where a script would: each turn is made when it is asked for."""

    model = "scripted"
    key = ""
    refuses: tuple[str, ...] = ()
    routes: Mapping[str, Any] = {}

    def __init__(
        self, answer: Answer, window: int = 32_768, tokens_per_second: float = 0.0
    ) -> None:
        self.window = window
        self.tokens_per_second = tokens_per_second
        self.turns: dict[int, Turn] = {}
        self._answer = answer

    def turn_for(self, message: str, served: Mapping[int, int]) -> int:
        said = self._answer(message, paths_of(message))
        turn = Turn(reply=said) if isinstance(said, str) else said
        number = len(self.turns)
        self.turns[number] = replace(turn, piece=turn.piece or 500)
        return number

    def refused(self, body: Mapping[str, Any]) -> str | None:
        return None


def answering(
    answer: Answer, window: int = 32_768, tokens_per_second: float = 0.0
) -> ScriptedEndpoint:
    """A server whose model gives `answer`."""
    return ScriptedEndpoint(cast(Script, Answers(answer, window, tokens_per_second)))


def paths_of(message: str) -> list[str]:
    """The paths of the files that a message asks to be worked on."""
    _, task, said = message.rpartition("\nTASK\n")
    return [one or other for one, other in _PART.findall(said)] if task else []


def shown(message: str, path: str) -> str:
    """The text of a file as a message shows it."""
    start = message.index(f"FILE {path}\n") + len(f"FILE {path}\n")
    fence = message[start : message.index("\n", start)]
    start += len(fence) + 1
    return message[start : message.index(f"\n{fence}\n", start) + 1]
