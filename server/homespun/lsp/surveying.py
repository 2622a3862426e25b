"""Asking which files a refactor may change: in our clients' own list, elsewhere by a message."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcException

from homespun.core.counting import counted
from homespun.engine.refactor.estimate import in_words
from homespun.lsp.review import EditorReview

if TYPE_CHECKING:
    from homespun.engine.refactor.task import Survey
    from homespun.lsp.server import Server

_SHOW, _CANCEL = "Show the list", "Cancel"
_NAMED = 5
"""Files that a message names."""


async def ask_files(server: Server, review: EditorReview, survey: Survey) -> Sequence[str] | None:
    """The URIs of the files to work on; None for none, and where nobody answers."""
    if server.client.survey:
        with suppress(JsonRpcException):
            return await _in_a_list(server, survey)
        # It announced more than it does: a message is better than nothing.
    refactor = f"Refactor {counted(len(survey.chosen), 'file')}"
    question = _question(survey)
    while (answer := await review.pick(question, (refactor, _SHOW, _CANCEL))) == _SHOW:
        page = _page(survey)
        if not await server.show_page("refactor.md", page):
            server.say(page)
    return [file.uri for file in survey.chosen] if answer == refactor else None


async def _in_a_list(server: Server, survey: Survey) -> Sequence[str] | None:
    from homespun.lsp.refactor_wire import chosen, survey_params

    told = survey_params(survey)
    return chosen(await server.connection.send_request_async("homespun/survey", told))


def _question(survey: Survey) -> str:
    names = [file.path for file in survey.chosen[:_NAMED]]
    more = ", ..." if len(survey.chosen) > _NAMED else ""
    lines = [
        f"Homespun: {survey.instruction}",
        f"{', '.join(names)}{more}",
        in_words(survey.cost),
        *survey.notes,
    ]
    return "\n".join(lines)


def _page(survey: Survey) -> str:
    """The whole list as a document."""
    lines = [f"# {' '.join(survey.instruction.split())}", "", in_words(survey.cost)]
    lines += ["", *([survey.summary, ""] if survey.summary else [])]
    lines += [f"- {decision}" for decision in survey.decisions]
    lines += ["", "| file | step | tokens | why |", "|--|--|--|--|"]
    for file in survey.files:
        why = "; ".join(file.reasons)
        told = file.refusal or ("" if file.chosen else "left out: ") + why
        step = str(file.level + 1) if file.chosen else ""
        lines.append(f"| {_cell(file.path)} | {step} | {file.tokens} | {_cell(told)} |")
    return "\n".join([*lines, *([""] if survey.notes else []), *survey.notes]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
