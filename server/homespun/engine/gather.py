"""What the model should see of the workspace: here the simple way, by what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from homespun.core.context import Candidate
from homespun.core.text import Snapshot, Span
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace


@dataclass(frozen=True, slots=True)
class Subject:
    """The file that a task is about, as the model is to see it, and the part that matters."""

    snapshot: Snapshot
    path: str
    focus: Span | None


class Gatherer(Protocol):
    """Finds what else the model must see."""

    async def gather(self, subject: Subject) -> list[tuple[str, Candidate]]:
        """Candidates with their absolute paths ("" where a document has none).

        The subject is among them, required. The order is stable from one request to the next,
        wherever the cursor is.
        """
        ...


class OpenFiles:
    """Gathers the subject and the other open documents, unsaved text and all."""

    def __init__(self, workspace: Workspace, paths: Paths) -> None:
        """`paths` names the files of `workspace`."""
        self._workspace = workspace
        self._paths = paths

    async def gather(self, subject: Subject) -> list[tuple[str, Candidate]]:
        """The open documents in the order of opening, so that prompts share a long prefix."""
        found: list[tuple[str, Candidate]] = []
        seen = False
        for rank, snapshot in enumerate(self._workspace.open_documents()):
            if snapshot.uri == subject.snapshot.uri:
                found.append(self._subject(subject))
                seen = True
                continue
            if not self._paths.inside(snapshot.uri):
                continue
            shown = self._paths.relative(snapshot.uri)
            path = self._paths.absolute(snapshot.uri)
            found.append((path, Candidate(snapshot, shown, "open in the editor", rank)))
        return found if seen else [*found, self._subject(subject)]

    def _subject(self, subject: Subject) -> tuple[str, Candidate]:
        candidate = Candidate(
            subject.snapshot,
            subject.path,
            "what the task is about",
            required=True,
            focus=subject.focus,
        )
        return self._paths.absolute(subject.snapshot.uri), candidate
