"""What the journal keeps of one change."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from homespun.journal.refactors import NoRefactors, RefactorKeeper
from homespun.journal.usage import UsageRecord

Kind = Literal[
    "asked", "answered", "refused", "applying", "applied", "partly", "failed", "undoing", "undone",
    "kept", "waiting",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a change: its text before (None: it was not there) and after (None: gone)."""

    uri: str
    action: str
    before: str | None
    after: str | None
    new_uri: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `at` is seconds since 1970, UTC; `status` is the kind of its latest event.

    `instruction` and `reply` are as the caller gave them; `files` and `reply` are filled only
    where a single entry is read.
    """

    change_id: str
    at: float
    folder: str
    title: str
    instruction: str
    model: str
    provider: str
    local: bool
    status: str
    note: str = ""
    reply: str = ""
    usage: Mapping[str, int] = field(default_factory=dict[str, int])
    files: tuple[FileRecord, ...] = ()


class Keeper(Protocol):
    """A journal, or one that keeps nothing. Every method may block on the disk."""

    @property
    def where(self) -> str:
        """Where it is kept, for people."""
        ...

    @property
    def refactors(self) -> RefactorKeeper:
        """The refactors that are not at their end."""
        ...

    def begin(
        self,
        change_id: str,
        folder: str,
        title: str,
        instruction: str,
        model: str,
        provider: str,
        local: bool,
    ) -> None:
        """A change is about to be asked for. Raises `KeepingFailed`, as all of these do."""
        ...

    def answered(self, change_id: str, reply: str, usage: Mapping[str, int]) -> None:
        """The model's reply, whatever becomes of it; `usage` counts tokens."""
        ...

    def proposed(self, change_id: str, files: Sequence[FileRecord]) -> None:
        """The files as they are about to change."""
        ...

    def event(self, change_id: str, kind: Kind, note: str = "") -> None:
        """What became of the change."""
        ...

    def entries(self, folder: str | None, limit: int) -> list[Entry]:
        """The latest changes of a folder (None: of all), newest first, with their files' names."""
        ...

    def get(self, change_id: str) -> Entry | None:
        """One change with its reply and the texts of its files."""
        ...

    def latest(self, folder: str | None, statuses: Sequence[str]) -> Entry | None:
        """The newest change that stands at one of `statuses`, whole."""
        ...

    def hold(self, change_id: str, plan: str) -> None:
        """The change waits for the user's decision; `plan` is all that is needed to go on."""
        ...

    def decided(self, change_id: str, plan: str) -> bool:
        """The waiting change as it is now; False where it does not wait any more."""
        ...

    def release(self, change_id: str) -> bool:
        """The change waits no more; False where it did not, since another process ended it."""
        ...

    def left_waiting(self, folders: Sequence[str]) -> list[tuple[Entry, str]]:
        """The waiting changes of `folders` that no other living process holds: ours from now."""
        ...

    def used(self, record: UsageRecord) -> None:
        """What a request took."""
        ...

    def usage_since(self, since: float) -> list[UsageRecord]:
        """What the requests from `since` on took (seconds since 1970, UTC), oldest first."""
        ...

    def trim(self, days: int, megabytes: int) -> None:
        """Forget what is older than `days`, then the oldest until it is small enough."""
        ...


class NoJournal:
    """Keeps nothing: for users who switched the journal off. There is no undo then."""

    where = "switched off (journal.enabled)"
    refactors = NoRefactors()

    def begin(
        self,
        change_id: str,
        folder: str,
        title: str,
        instruction: str,
        model: str,
        provider: str,
        local: bool,
    ) -> None:
        """Do nothing."""

    def answered(self, change_id: str, reply: str, usage: Mapping[str, int]) -> None:
        """Do nothing."""

    def proposed(self, change_id: str, files: Sequence[FileRecord]) -> None:
        """Do nothing."""

    def event(self, change_id: str, kind: Kind, note: str = "") -> None:
        """Do nothing."""

    def entries(self, folder: str | None, limit: int) -> list[Entry]:
        """Nothing was kept."""
        return []

    def get(self, change_id: str) -> Entry | None:
        """Nothing was kept."""
        return None

    def latest(self, folder: str | None, statuses: Sequence[str]) -> Entry | None:
        """Nothing was kept."""
        return None

    def hold(self, change_id: str, plan: str) -> None:
        """Do nothing: the change waits in memory alone."""

    def decided(self, change_id: str, plan: str) -> bool:
        """Whoever asks holds it in memory."""
        return True

    def release(self, change_id: str) -> bool:
        """Whoever asks holds it in memory."""
        return True

    def left_waiting(self, folders: Sequence[str]) -> list[tuple[Entry, str]]:
        """Nothing was kept."""
        return []

    def used(self, record: UsageRecord) -> None:
        """Do nothing."""

    def usage_since(self, since: float) -> list[UsageRecord]:
        """Nothing was kept."""
        return []

    def trim(self, days: int, megabytes: int) -> None:
        """Do nothing."""


def new_id() -> str:
    """A name for a change that sorts by time: milliseconds in hex, and some chance."""
    return f"{int(time.time() * 1000):011x}{secrets.token_hex(3)}"
