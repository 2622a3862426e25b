"""The engine's values as results of the wire contract, and as sentences for the user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from homespun.core.counting import counted
from homespun.engine.health import Listed
from homespun.engine.ports import (
    Check,
    Explanation,
    HistoryDetails,
    HistoryEntry,
    Outcome,
    Spent,
)
from homespun.engine.switching import Switched
from homespun.lsp import methods, model_methods, wire


def edit_result(outcome: Outcome) -> wire.EditResult:
    """How a change ended, for the wire."""
    return wire.EditResult(
        change_id=outcome.change_id,
        status=outcome.status,
        summary=outcome.summary,
        reasons=outcome.reasons,
        files=tuple(
            wire.ChangedFile(
                uri=file.uri, action=file.action, added=file.added, removed=file.removed
            )
            for file in outcome.files
        ),
        answered_by=answered_by(outcome.provider, outcome.model, local=outcome.local),
        usage=used(outcome.spent),
        unsaved=outcome.unsaved,
        obstacle=outcome.obstacle,
    )


def explain_result(explanation: Explanation) -> methods.ExplainResult:
    """An explanation, for the wire."""
    return methods.ExplainResult(
        markdown=explanation.markdown,
        answered_by=answered_by(explanation.provider, explanation.model, local=explanation.local),
        usage=used(explanation.spent),
    )


def answered_by(provider: str, model: str, *, local: bool) -> wire.AnsweredBy:
    """Who answered, for the wire."""
    return wire.AnsweredBy(provider=provider, model=model, local=local)


def used(spent: Spent) -> wire.Usage:
    """What it took, for the wire."""
    return wire.Usage(
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        seconds=spent.seconds,
        first_token_seconds=spent.first_token,
        tokens_per_second=spent.tokens_per_second,
        cost=spent.cost,
    )


def history_result(entries: Sequence[HistoryEntry]) -> methods.HistoryResult:
    """The history, for the wire."""
    return methods.HistoryResult(
        entries=tuple(
            methods.HistoryEntry(
                change_id=entry.change_id,
                at=entry.at,
                title=entry.title,
                status=entry.status,
                summary=entry.summary,
                files=entry.files,
                model=entry.model,
                local=entry.local,
            )
            for entry in entries
        )
    )


def details_result(details: HistoryDetails) -> methods.HistoryResult:
    """One change with what it did, for the wire."""
    listed = history_result([details.entry])
    return listed.model_copy(update={"diff": details.patch})


def health_result(checks: Sequence[Check]) -> methods.HealthResult:
    """The doctor's checks, for the wire."""
    return methods.HealthResult(checks=_checks(checks))


def trial_result(checks: Sequence[Check]) -> model_methods.TestModelResult:
    """What a model's test saw, for the wire."""
    return model_methods.TestModelResult(checks=_checks(checks))


def models_result(listed: Sequence[Listed]) -> model_methods.ModelsResult:
    """The providers and their models, for the wire."""
    return model_methods.ModelsResult.model_validate(
        {"providers": tuple(asdict(one) for one in listed)}
    )


def select_result(switched: Switched) -> model_methods.SelectModelResult:
    """How a switch ended, for the wire."""
    return model_methods.SelectModelResult.model_validate(asdict(switched))


def _checks(checks: Sequence[Check]) -> tuple[wire.HealthCheck, ...]:
    return tuple(
        wire.HealthCheck(
            name=check.name,
            status=check.status,
            found=check.found,
            hint=check.hint,
            details=dict(check.details),
        )
        for check in checks
    )


def sentence(result: wire.EditResult) -> str:
    """How a change ended and who answered, in one line for the end of its progress."""
    return " · ".join(filter(None, (_ending(result), answered(result.answered_by, result.usage))))


def answered(by: wire.AnsweredBy, usage: wire.Usage) -> str:
    """Who answered, how much, how fast: "" where no model was asked."""
    if not by.model:
        return ""
    words = [f"{by.provider}/{by.model} ({'local' if by.local else 'cloud'})"]
    if usage.completion_tokens:
        words.append(counted(usage.completion_tokens, "token"))
    if usage.tokens_per_second:
        words.append(f"{usage.tokens_per_second:.0f} a second")
    if usage.first_token_seconds:
        words.append(f"the first after {usage.first_token_seconds:.1f} s")
    if usage.seconds:
        words.append(f"{usage.seconds:.1f} s in all")
    if usage.cost is not None:
        words.append(f"${usage.cost:.4f}")
    return ", ".join(words)


def _ending(result: wire.EditResult) -> str:
    added, removed = (sum(getattr(f, name) for f in result.files) for name in ("added", "removed"))
    count = counted(len(result.files), "file")
    match result.status:
        case "applied":
            return f"Changed {count}, +{added} -{removed}"
        case "partly":
            return f"Changed {count}, +{added} -{removed}, the rest was left out"
        case "rejected":
            return "Nothing was changed"
        case "nothing":
            return "There was nothing to change"
