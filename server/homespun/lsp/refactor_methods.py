"""The part of the wire contract that is about refactors of many files.

Its methods stand in `methods`, what the server asks for by itself in `plan_methods.FROM_SERVER`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from homespun.lsp.wire import EditResult, Params, Position, TextDocument, Wire

RefactorId = Annotated[
    str, Field(min_length=1, description="The `changeId` of a result, or the `id` of a survey.")
]
Globs = tuple[Annotated[str, Field(min_length=1, max_length=1000)], ...]


class RefactorParams(Params):
    """What to change in how many files ever. Without `instruction` the user is asked for it."""

    instruction: Annotated[str | None, Field(max_length=100_000)] = None
    text_document: TextDocument | None = None
    position: Position | None = Field(
        None, description="With `textDocument`: the symbol there is a hint."
    )
    include: Globs = Field(
        (),
        description="Only files that one of these globs names, such as `src/**/*.py`; a folder "
        "stands for all in it. Empty: all.",
    )
    exclude: Globs = Field((), description="No files that one of these names.")
    review: Literal["never", "risky", "always"] | None = None
    model: str | None = None
    dry_run: bool = Field(
        False, description="Make nothing: the result has the `diff`, and can be resumed."
    )
    resume: RefactorId | None = Field(
        None,
        description="Go on with this one, which says all the rest; `exclude` leaves files out.",
    )
    finished: bool = Field(
        False, description="With `resume`: only what is done by now; the model is asked nothing."
    )


class RefactorResult(EditResult):
    """How a refactor ended; see `homespun/edit`. A dry run is `rejected`, and has a `diff`."""

    diff: str = Field(default="", description="What would be made, as a patch: a dry run's.")
    left: tuple[str, ...] = Field(
        default=(),
        description="What the last check found: names left behind, or that nothing defines.",
    )
    unseen: tuple[str, ...] = Field(
        default=(),
        description="Paths of files that belong to some of those that were worked on, and had no "
        "room beside them in the model's window.",
    )
    kept: bool = Field(
        default=False, description="The answers are kept: it can be resumed, or dropped."
    )


class CancelFileParams(Params):
    """Which file of which running refactor."""

    id: RefactorId
    file: Annotated[str, Field(min_length=1, description="The file's `uri` or `path`.")]


class CancelFileResult(Wire):
    """Whether it was still to be done."""

    cancelled: bool


class RefactorsParams(Params):
    """Nothing to choose."""


class UnfinishedRefactor(Wire):
    """A refactor that was left; `at` is seconds since 1970, UTC."""

    id: str
    at: float
    instruction: str
    files: int = Field(description="All that were chosen.")
    done: int = Field(description="Those whose answers are kept.")
    running: bool = Field(description="It runs right now, here or in another process.")


class RefactorsResult(Wire):
    """All that can be resumed, or dropped."""

    refactors: tuple[UnfinishedRefactor, ...]


class DropRefactorParams(Params):
    """Which one."""

    id: RefactorId


class DropRefactorResult(Wire):
    """Whether there was one."""

    dropped: bool


class SurveyFile(Wire):
    """One file that may matter."""

    uri: str
    path: str = Field(description="As people call it.")
    reasons: tuple[str, ...] = Field(description="Why it may matter.")
    tokens: int = Field(description="About what it costs to read.")
    level: int = Field(
        description="From 0: files of a later one see what changed in those of the earlier ones."
    )
    chosen: bool
    refusal: str = Field(description="Why it cannot be changed; empty where it can.")


class SurveyCost(Wire):
    """What the chosen files take."""

    files: int
    tokens: int = Field(description="Read and written, about.")
    seconds: float | None = Field(
        description="By the speed that was measured of this model; null where none was."
    )
    tokens_per_second: float | None = Field(description="That speed, of writing.")


class Survey(Wire):
    """The files that a refactor would work on, in that order; those without a refusal can be
    chosen."""

    id: str
    instruction: str
    files: tuple[SurveyFile, ...]
    cost: SurveyCost
    summary: str = Field(description="How the model would go about it; empty where unknown.")
    decisions: tuple[str, ...] = Field(description="What it decided for all files.")
    notes: tuple[str, ...] = Field(description="What else to know.")


class SurveyResult(Wire):
    """The user's choice."""

    chosen: tuple[str, ...] | None = Field(
        None, description="The URIs of the files to work on; null to leave all as it is."
    )


class RunningFile(Wire):
    """A file that the model works on."""

    uri: str
    path: str


class JobFiles(Wire):
    """How the files of a refactor stand; `homespun/cancelFile` leaves one out."""

    id: str = Field(description="The refactor's, for `homespun/cancelFile`.")
    done: int
    failed: int
    waiting: int
    running: tuple[RunningFile, ...]
    seconds_left: float | None = Field(description="About; null while it cannot be told.")
