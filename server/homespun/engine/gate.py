"""The outward gate: what may leave for a model. Every request to one passes here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from homespun.core.context import Candidate, LeftOut
from homespun.core.prompt import Message
from homespun.core.reply import FileUpdate, FindReplace
from homespun.errors import InputError
from homespun.security.secret_scan import redact, restore


class Withholding(Protocol):
    """Which files stay on this machine."""

    def reason(self, path: str) -> str | None:
        """Why the file at this absolute path may not leave; None or "" where it may."""
        ...


@dataclass
class OutwardGate:
    """One request's way out, and its reply's way back in.

    Files that must not leave are kept out, secrets inside files become placeholders, and the
    placeholders that come back in a reply become the secrets again.
    """

    withholding: Withholding
    hidden: dict[str, str] = field(default_factory=dict[str, str])

    def admit(
        self, candidates: Sequence[tuple[str, Candidate]]
    ) -> tuple[list[Candidate], list[LeftOut]]:
        """The candidates, given with their absolute paths, that may leave, and those that not.

        Raises `InputError` where a required one may not.
        """
        admitted: list[Candidate] = []
        left: list[LeftOut] = []
        for path, candidate in candidates:
            reason = self.withholding.reason(path) if path else None
            if not reason:
                admitted.append(candidate)
            elif candidate.required:
                raise InputError(
                    f"{candidate.path} is not sent to a model: {reason}",
                    "A line `!name` in .homespunignore lets an ignored file through;"
                    " files that hold secrets are never sent.",
                )
            else:
                left.append(LeftOut(candidate.path, reason))
        return admitted, left

    def outward(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """`messages` with every secret replaced by a placeholder."""
        return tuple(replace(message, content=self._hide(message.content)) for message in messages)

    def inward(self, update: FileUpdate) -> FileUpdate:
        """`update` with every placeholder replaced by its secret."""
        if not self.hidden:
            return update
        hunks = tuple(
            FindReplace(restore(h.find, self.hidden), restore(h.replace, self.hidden))
            for h in update.hunks
        )
        return replace(update, hunks=hunks, text=restore(update.text, self.hidden))

    def remember(self, texts: Iterable[str]) -> None:
        """Know the secrets of `texts` again, for a reply that was given to an earlier request."""
        for text in texts:
            self._hide(text)

    def _hide(self, text: str) -> str:
        hidden, found = redact(text)
        self.hidden.update(found)
        return hidden
