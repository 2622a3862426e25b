"""What the engine learns of a model's replies: a port, for it is kept for the next start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from homespun.core.formats import Ending, Tried
from homespun.core.reply import ReplyFormat
from homespun.providers.base import AnsweredBy


class Formats(Protocol):
    """Which formats have worked with which model (provider and name)."""

    def tried(self, model: str) -> Mapping[ReplyFormat, Tried]:
        """How the replies of `model` ended, by format."""
        ...

    def note(self, model: str, shape: ReplyFormat, ending: Ending) -> None:
        """One more reply of `model` has ended."""
        ...


class Forgetful:
    """Learns nothing."""

    def tried(self, model: str) -> Mapping[ReplyFormat, Tried]:
        """Nothing is known."""
        return {}

    def note(self, model: str, shape: ReplyFormat, ending: Ending) -> None:
        """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class FormatsOf:
    """The same for one model."""

    formats: Formats
    by: AnsweredBy

    def tried(self) -> Mapping[ReplyFormat, Tried]:
        """How its replies ended, by format."""
        return self.formats.tried(f"{self.by.provider}/{self.by.model}")

    def note(self, shape: ReplyFormat, ending: Ending) -> None:
        """One more of its replies has ended."""
        self.formats.note(f"{self.by.provider}/{self.by.model}", shape, ending)
