"""What the messages of the wire contract are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Token = int | str


class Wire(BaseModel):
    """A JSON object with camelCase keys. Unknown keys are errors: a typo is told, not ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Params(Wire):
    """What every method takes."""

    work_done_token: Token | None = Field(None, description="Progress is told under this token.")
    wait: bool = Field(
        False, description="As a command only: answer when done, as the request does."
    )


class Position(Wire):
    """A place in a document, as LSP has it."""

    line: Annotated[int, Field(ge=0)]
    character: Annotated[int, Field(ge=0)]


class Range(Wire):
    """Two places in a document, `end` exclusive."""

    start: Position
    end: Position


class HealthCheck(Wire):
    """One of the doctor's checks: what was looked at, what was found, what to do."""

    name: str
    status: Literal["ok", "warning", "error"]
    found: str
    hint: str
    details: Mapping[str, Any]


class AnsweredBy(Wire):
    """Who answered; all empty where no model was asked."""

    provider: str
    model: str
    local: bool


class Usage(Wire):
    """What the answer took: tokens as the server counted them, 0 where it did not say; seconds."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    first_token_seconds: float = Field(0.0, description="Until the first words came.")
    tokens_per_second: float = 0.0
    cost: float | None = Field(None, description="US dollars, where the user has set a price.")


class Started(Wire):
    """What a command that does not wait answers."""

    job: str = Field(description="The job's id, as `homespun/job` tells it.")


class Piece(Wire):
    """The next words of an answer, told under its `partialResultToken`."""

    text: str


class Failure(Wire):
    """The `data` of an error that has its reason: for programs, and what to do next."""

    code: str
    hint: str


class TextDocument(Wire):
    """A document. A range is one of the `version`, else of the text at the call.

    What is typed meanwhile moves it; where its text was replaced, or its version is not known any
    more, the call is refused.
    """

    uri: Annotated[str, Field(min_length=1)]
    version: int | None = None


class ChangedFile(Wire):
    """What became of a file; `added` and `removed` count lines."""

    uri: str
    action: Literal["edit", "create", "delete", "rename"]
    added: int
    removed: int


class EditResult(Wire):
    """How a change ended; a refused one is no error but `rejected`, with `reasons`."""

    change_id: str
    status: Literal["applied", "partly", "rejected", "nothing"]
    summary: str
    reasons: tuple[str, ...]
    files: tuple[ChangedFile, ...]
    answered_by: AnsweredBy
    usage: Usage
    unsaved: tuple[str, ...] = Field(
        default=(), description="URIs of changed files that are not on disk yet."
    )
    obstacle: str = Field(
        default="",
        description="A unified diff of the later edits that stand in the way of an undo.",
    )
