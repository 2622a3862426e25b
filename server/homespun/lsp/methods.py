"""The wire contract: Homespun's own requests, each also a command (`homespun/edit` is the
command `homespun.edit`) that takes the same JSON object as its only argument.

This module is the reference: clients' types and the protocol's page are made from `METHODS`.
Positions count code units of the encoding agreed on at `initialize`. It loads pydantic, so the
server imports it when the first of these methods is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from homespun.lsp.chat_methods import ChatParams, ChatResult
from homespun.lsp.context_methods import ContextResult
from homespun.lsp.model_methods import (
    AddModelParams,
    AddModelResult,
    KeptModelResult,
    ModelParams,
    ModelsParams,
    ModelsResult,
    RemoveModelParams,
    RemoveModelResult,
    SelectModelParams,
    SelectModelResult,
    TestModelResult,
)
from homespun.lsp.plan_methods import (
    DecideParams,
    FinishParams,
    Plan,
    PlansParams,
    PlansResult,
    ProposedParams,
    ProposedResult,
)
from homespun.lsp.refactor_methods import (
    CancelFileParams,
    CancelFileResult,
    DropRefactorParams,
    DropRefactorResult,
    RefactorParams,
    RefactorResult,
    RefactorsParams,
    RefactorsResult,
)
from homespun.lsp.wire import (
    AnsweredBy,
    EditResult,
    Failure,
    HealthCheck,
    Params,
    Piece,
    Range,
    Started,
    TextDocument,
    Token,
    Usage,
    Wire,
)


class EditParams(Params):
    """What to change. Without `instruction` or `action`, a `homespun:` comment in `range` is it."""

    text_document: TextDocument
    range: Range | None = Field(None, description="Empty: the definition around it.")
    instruction: Annotated[str | None, Field(max_length=100_000)] = None
    action: str | None = Field(None, description="The name of a preset or of one of the user's.")
    source: Literal["comment", "input"] | None = Field(
        None, description="Where the instruction comes from, if it isn't given."
    )
    diagnostics: tuple[str, ...] = Field((), description="Messages of the problems to fix.")
    scope: Literal["selection", "file", "workspace"] | None = Field(
        None, description="Default: `selection` where a range is given, else `file`."
    )
    review: Literal["never", "risky", "always"] | None = None
    model: str | None = None


class ContextParams(EditParams):
    """The change that is thought of, as `homespun/edit` takes it; it may lack an instruction."""


class Exchange(Wire):
    """A question about a place, and how it was answered; "" asks for an explanation."""

    question: Annotated[str, Field(max_length=100_000)]
    answer: Annotated[str, Field(max_length=1_000_000)]


class ExplainParams(Params):
    """What to explain; the words are streamed on `partialResultToken` as `{"text": "..."}`."""

    text_document: TextDocument
    range: Range | None = None
    question: Annotated[str, Field(max_length=100_000)] = ""
    earlier: Annotated[tuple[Exchange, ...], Field(max_length=100)] = Field(
        (), description="What was asked and answered about this place before, the oldest first."
    )
    partial_result_token: Token | None = None


class HistoryParams(Params):
    """How much of the history to give: the latest changes, or one with all that it did."""

    change_id: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class ChangeParams(Params):
    """Which change; without `changeId`, the latest."""

    change_id: str | None = None


class HealthParams(Params):
    """What to check: without `provider`, all that the doctor does."""

    provider: str | None = Field(None, description="One of the settings', or a preset.")


class ExplainResult(Wire):
    """An explanation."""

    markdown: str
    answered_by: AnsweredBy
    usage: Usage


class HistoryEntry(Wire):
    """A change in the journal; `at` is seconds since 1970, UTC."""

    change_id: str
    at: float
    title: str
    status: str
    summary: str
    files: tuple[str, ...]
    model: str
    local: bool


class HistoryResult(Wire):
    """The latest changes, newest first."""

    entries: tuple[HistoryEntry, ...]
    diff: str = Field(default="", description="What the one change did that was asked for.")


class HealthResult(Wire):
    """All of the doctor's checks, in the order in which they were done."""

    checks: tuple[HealthCheck, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One request of the contract."""

    name: str
    params: type[Params]
    result: type[Wire]
    doc: str

    @property
    def command(self) -> str:
        """The command of the same meaning."""
        return self.name.replace("/", ".")


_TABLE = (
    Method("homespun/edit", EditParams, EditResult, "Ask the model for a change, and land it."),
    Method(
        "homespun/context",
        ContextParams,
        ContextResult,
        "Exactly what `homespun/edit` would send to the model, without asking it.",
    ),
    Method("homespun/explain", ExplainParams, ExplainResult, "Explain a place in the code."),
    Method(
        "homespun/chat",
        ChatParams,
        ChatResult,
        "The user's model for other plugins, through the same choice, limits and outward gate.",
    ),
    Method("homespun/history", HistoryParams, HistoryResult, "The latest changes."),
    Method("homespun/undo", ChangeParams, EditResult, "Take back a change."),
    Method(
        "homespun/reapply",
        ChangeParams,
        EditResult,
        "Place a kept reply again, on the text as it is now, without asking the model.",
    ),
    Method(
        "homespun/refactor",
        RefactorParams,
        RefactorResult,
        "Change many files by one instruction, as one change; or go on with one that was left.",
    ),
    Method(
        "homespun/cancelFile",
        CancelFileParams,
        CancelFileResult,
        "Leave one file out of a refactor that runs.",
    ),
    Method(
        "homespun/refactors",
        RefactorsParams,
        RefactorsResult,
        "The refactors that were left before their end, newest first.",
    ),
    Method(
        "homespun/dropRefactor",
        DropRefactorParams,
        DropRefactorResult,
        "Forget a refactor that was left, with the answers that are kept of it.",
    ),
    Method("homespun/plans", PlansParams, PlansResult, "The changes that wait for a decision."),
    Method("homespun/decide", DecideParams, Plan, "Take or leave parts of a waiting change."),
    Method(
        "homespun/proposed",
        ProposedParams,
        ProposedResult,
        "What a file would become, for a diff editor.",
    ),
    Method("homespun/finish", FinishParams, EditResult, "End a waiting change."),
    Method("homespun/health", HealthParams, HealthResult, "The doctor's checks."),
    Method("homespun/models", ModelsParams, ModelsResult, "The models that there are."),
    Method(
        "homespun/selectModel",
        SelectModelParams,
        SelectModelResult,
        "Switch to another model, which is asked for one token first.",
    ),
    Method(
        "homespun/testModel",
        ModelParams,
        TestModelResult,
        "Put a model to the test; what is seen is kept for its endpoint.",
    ),
    Method(
        "homespun/addModel",
        AddModelParams,
        AddModelResult,
        "Keep a model server by name in the user's settings file.",
    ),
    Method(
        "homespun/removeModel",
        RemoveModelParams,
        RemoveModelResult,
        "Take a model server out of the user's settings file.",
    ),
    Method("homespun/pullModel", ModelParams, KeptModelResult, "Download a model to Ollama."),
    Method("homespun/deleteModel", ModelParams, KeptModelResult, "Delete a model from Ollama."),
)
METHODS: Mapping[str, Method] = MappingProxyType({method.name: method for method in _TABLE})

BESIDE: tuple[type[Wire], ...] = (Started, Piece, Failure)
"""What is sent beside parameters and results; made by hand, since it is sent often or early."""
