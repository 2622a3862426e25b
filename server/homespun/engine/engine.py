"""The use cases, one method each: what editors and the command line call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from homespun.engine.ports import (
    Check,
    EditTask,
    Events,
    Explanation,
    HistoryEntry,
    Outcome,
    Place,
    Review,
    Workspace,
)


class Engine:
    """Asks models and lands their edits in one workspace."""

    workspace: Workspace

    async def edit(self, task: EditTask, events: Events, review: Review) -> Outcome:
        """Ask the model for the change and land it. A refused change is an `Outcome`, no error."""
        raise NotImplementedError

    async def explain(
        self, place: Place, question: str, events: Events, review: Review
    ) -> Explanation:
        """Explain a place; the words go to `events.text` as they come."""
        raise NotImplementedError

    async def history(self, limit: int = 50) -> Sequence[HistoryEntry]:
        """The latest changes of this workspace, newest first."""
        raise NotImplementedError

    async def undo(self, change_id: str | None, review: Review) -> Outcome:
        """Take back a change, the latest applied one where none is named."""
        raise NotImplementedError

    async def reapply(self, change_id: str | None, events: Events, review: Review) -> Outcome:
        """Place a kept reply again, against the text as it is now, without asking the model."""
        raise NotImplementedError

    def checks(self) -> AsyncIterator[Check]:
        """The doctor's checks, as they are done."""
        raise NotImplementedError
