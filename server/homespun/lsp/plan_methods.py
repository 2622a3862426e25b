"""The part of the wire contract that is about plans that are held for review.

Its methods stand in `methods`, what the server sends by itself in `FROM_SERVER`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from homespun.lsp.refactor_methods import JobFiles, Survey, SurveyResult
from homespun.lsp.wire import Params, Token, Wire

PlanId = Annotated[str, Field(min_length=1, description="As `homespun/plan` told it.")]
FileName = Annotated[str, Field(min_length=1, description="The file's `uri` or `path`.")]


class PlansParams(Params):
    """Nothing to choose."""


class DecideParams(Params):
    """What to take or leave: one hunk of a file, a whole file, or without `file` all of it."""

    plan_id: PlanId
    accept: bool
    file: FileName | None = None
    hunk: Annotated[int, Field(ge=0)] | None = Field(None, description="The hunk's `index`.")


class ProposedParams(Params):
    """Which file of which plan."""

    plan_id: PlanId
    file: FileName


class FinishParams(Params):
    """How the plan is to end."""

    plan_id: PlanId
    apply: bool = Field(description="Make what was accepted, or drop all of it.")


class PlanHunk(Wire):
    """One run of changed lines; what is not `accepted`, or has a `refusal`, is not made."""

    index: int = Field(description="Stays the same while the plan waits.")
    start: int = Field(description="The first line that goes, from 0, in the text as it is now.")
    end: int = Field(description="The line after the last one that goes.")
    before: str = Field(description="The lines that go, with their ends.")
    after: str = Field(description="The lines that come.")
    accepted: bool
    refusal: str = Field(description="Why it cannot be made any more; empty where it can.")


class PlanFile(Wire):
    """One file of a plan. A `protected` one waits for an `accept` of its own."""

    uri: str = Field(description="Empty for a path that leads nowhere, which is refused.")
    path: str = Field(description="As people call it.")
    action: Literal["edit", "create", "delete", "rename"]
    new_uri: str = Field(description="What a rename makes of it.")
    version: int | None = Field(description="Of the open document that the lines are those of.")
    added: int = Field(description="Lines, by what is accepted now.")
    removed: int
    risks: tuple[str, ...] = Field(description="Why to look at it first.")
    protected: bool
    accepted: bool
    refusal: str = Field(description="Why it cannot be changed; empty where it can.")
    hunks: tuple[PlanHunk, ...] = Field(
        description="While the plan grows, those that are settled: also of a file whose end is not"
        " there yet, and each as it may still change."
    )


class Plan(Wire):
    """A change as it is now; once it waits, what is risky comes first."""

    plan_id: str = Field(description="Also the change's id in the history.")
    state: Literal["growing", "waiting", "closed"] = Field(
        description="The reply still streams; it waits for `homespun/finish`; it is over."
    )
    title: str
    summary: str
    reasons: tuple[str, ...] = Field(description="Why parts of it cannot be made.")
    files: tuple[PlanFile, ...]


class PlansResult(Wire):
    """The plans that wait, also those that an editor which is gone has left."""

    plans: tuple[Plan, ...]


class ProposedResult(Wire):
    """The text that the file would have if the plan were finished now."""

    text: str


class JobNote(Wire):
    """How a job is doing."""

    id: str
    stage: Literal[
        "waiting",
        "loading",
        "reading",
        "thinking",
        "writing",
        "checking",
        "reviewing",
        "applying",
        "done",
    ]
    tokens: int = Field(description="Written so far.")
    tokens_per_second: float
    work_done_token: Token = Field(description="Under which the job's progress is told.")
    files: JobFiles | None = Field(None, description="For a refactor: how its files stand.")


class InputParams(Wire):
    """What the user is asked for."""

    title: str


class InputResult(Wire):
    """What was typed; empty for nothing."""

    text: str


class SaveParams(Wire):
    """The files to save."""

    uris: tuple[str, ...]


class SaveResult(Wire):
    """Nothing: what could not be saved, the editor tells its user."""


@dataclass(frozen=True, slots=True)
class FromServer:
    """One message that the server sends by itself: a request where `result` is set."""

    name: str
    needs: str
    params: type[Wire]
    result: type[Wire] | None
    doc: str


_TABLE = (
    FromServer(
        "homespun/plan",
        "review",
        Plan,
        None,
        "A plan as it grows, then as it waits, and that it is over; at most forty a second, fewer"
        " where telling it takes long.",
    ),
    FromServer("homespun/job", "", JobNote, None, "How a job is doing."),
    FromServer(
        "homespun/survey",
        "survey",
        Survey,
        SurveyResult,
        "Show the files that a refactor would work on, with their cost, and let the user choose.",
    ),
    FromServer("homespun/input", "", InputParams, InputResult, "Ask the user for an instruction."),
    FromServer(
        "homespun/save",
        "save",
        SaveParams,
        SaveResult,
        "Save the files of a change; sent after a command where the user said so.",
    ),
)
FROM_SERVER: Mapping[str, FromServer] = MappingProxyType({one.name: one for one in _TABLE})
