"""A refactor's values for the wire, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from homespun.core.counting import part
from homespun.engine.refactor.task import FilesState, Refactored, Survey, Unfinished
from homespun.lsp import refactor_methods as wire
from homespun.lsp.results import edit_result


def refactor_result(refactored: Refactored) -> wire.RefactorResult:
    """How a refactor ended, for the wire."""
    ended = edit_result(refactored.outcome).model_dump()
    return wire.RefactorResult(
        **ended,
        diff=refactored.diff,
        left=refactored.left,
        unseen=refactored.unseen,
        kept=refactored.kept,
    )


def refactors_result(unfinished: Sequence[Unfinished]) -> wire.RefactorsResult:
    """What can be resumed, for the wire."""
    return wire.RefactorsResult(
        refactors=tuple(
            wire.UnfinishedRefactor(
                id=one.change_id,
                at=one.at,
                instruction=one.instruction,
                files=one.files,
                done=one.done,
                running=one.running,
            )
            for one in unfinished
        )
    )


def survey_params(survey: Survey) -> Any:
    """A survey as plain JSON."""
    told = wire.Survey(
        id=survey.change_id,
        instruction=survey.instruction,
        files=tuple(wire.SurveyFile(**asdict(file)) for file in survey.files),
        cost=wire.SurveyCost(**asdict(survey.cost)),
        summary=survey.summary,
        decisions=survey.decisions,
        notes=survey.notes,
    )
    return told.model_dump(mode="json", by_alias=True)


def chosen(answer: object) -> Sequence[str] | None:
    """The URIs that the user chose; None where the answer is a no, or none that is understood."""
    if not isinstance(answer, dict):
        return None
    uris = cast("dict[str, object]", answer).get("chosen")
    if not isinstance(uris, list):
        return None
    return [uri for uri in cast("list[object]", uris) if isinstance(uri, str)]


def files_note(state: FilesState) -> dict[str, Any]:
    """How the files stand, as plain JSON."""
    return {
        "id": state.change_id,
        "done": state.done,
        "failed": state.failed,
        "waiting": state.waiting,
        "running": [{"uri": file.uri, "path": file.path} for file in state.running],
        "secondsLeft": None if state.seconds_left is None else round(state.seconds_left, 1),
    }


def files_words(state: FilesState) -> str:
    """How the files stand, in words."""
    words = [part(state.over, state.total, "file")]
    words += [f"{state.failed} failed"] if state.failed else []
    words += [file.path for file in state.running[:3]]
    if state.seconds_left is not None:
        words.append(f"about {state.seconds_left:.0f} s left")
    return " · ".join(words)
