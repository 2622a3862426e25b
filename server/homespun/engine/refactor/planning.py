"""The plan step: the model chooses among the files and orders them, as far as it makes sense."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from homespun.core.interfaces import signatures
from homespun.core.refactor_prompt import plan_messages, plan_schema
from homespun.engine.compose import Composer
from homespun.engine.ports import Events, Spent
from homespun.engine.propose import Asking
from homespun.engine.refactor.task import SurveyFile
from homespun.errors import ContextOverflow, ReplyError
from homespun.providers.base import ChatMessage, Request

_MOST_FILES = 200
"""Files that a model is asked to order; with more, a small one only loses its way."""
_FREE = Spent()
_MOST_DECISIONS = 12
_LONGEST_DECISION = 300
_LONGEST_SUMMARY = 500
_LEFT_OUT = "the model would leave it as it is"


@dataclass(frozen=True, slots=True)
class Plan:
    """The files in the order in which to work on them, and what holds for all."""

    files: tuple[SurveyFile, ...]
    summary: str = ""
    decisions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    spent: Spent = _FREE


async def planned(
    instruction: str,
    files: Sequence[SurveyFile],
    outlines: Mapping[str, str],
    composer: Composer,
    asking: Asking,
    events: Events,
) -> Plan:
    """The model's plan for `files`; where it gives none of use, they stay as they are.

    `outlines` are the definitions of some files, by path. Raises the `ModelError` family.
    """
    proposal = Plan(tuple(files))
    chosen = [file for file in files if file.chosen]
    if len(chosen) < 2:
        return proposal
    request = await _fitting(instruction, chosen, outlines, composer)
    if request is None:
        return replace(proposal, notes=("There are too many files for the model to plan.",))
    try:
        answer = await asking.put(request, events, _unheard, "plan")
    except (ReplyError, ContextOverflow):
        return replace(proposal, notes=(_NO_PLAN,))
    return read_plan(answer.text, files, answer.spent)


_NO_PLAN = "The model gave no plan, so the files are worked on in the order of their imports."


def read_plan(answer: str, files: Sequence[SurveyFile], spent: Spent) -> Plan:
    """The plan in a model's answer, whatever it says: files that it invents count for nothing."""
    told = _object(answer)
    if told is None:
        return Plan(tuple(files), notes=(_NO_PLAN,), spent=spent)
    known = {file.path: file for file in files if file.chosen}
    steps = [_known(step, known) for step in _lists(told.get("levels"))]
    ordered, seen = _once(steps)
    left = [path for path in _known(told.get("leave_out"), known) if path not in seen]
    if len(left) == len(known):
        # All of them would be no refactor at all: that cannot be meant.
        left = []
    rest = [file for file in files if file.path not in seen and file.path not in left]
    placed = [
        replace(known[path], level=number) for number, step in enumerate(ordered) for path in step
    ]
    placed += _after(rest, len(ordered)) if ordered else rest
    dropped = [_left(known[path]) for path in left]
    summary = told.get("summary")
    return Plan(
        (*placed, *dropped),
        summary[:_LONGEST_SUMMARY] if isinstance(summary, str) else "",
        tuple(one[:_LONGEST_DECISION] for one in _texts(told.get("decisions"))[:_MOST_DECISIONS]),
        () if ordered or left else (_NO_PLAN,),
        spent,
    )


def outline(path: str, text: str, count: Callable[[str], int], budget: int) -> str:
    """The signatures of a file, as many as `budget` tokens hold."""
    lines = [f"DEFINED IN {path}"]
    left = budget - count(lines[0])
    for _, signature in signatures(text):
        left -= count(signature) + 1
        if left < 0:
            lines.append("(more is not shown)")
            break
        lines.append(signature)
    return "\n".join(lines)


async def _fitting(
    instruction: str,
    files: Sequence[SurveyFile],
    outlines: Mapping[str, str],
    composer: Composer,
) -> Request | None:
    """The question with as much of the outlines as fits; None where not even the list does."""
    if len(files) > _MOST_FILES:
        return None
    listed = [(file.path, file.reasons) for file in files]
    for shown in (list(outlines.values()), []):
        messages = plan_messages(instruction, listed, shown)
        said = [ChatMessage(message.role, (message.content,)) for message in messages]
        try:
            request = await composer.chat(said, ())
        except ContextOverflow:
            continue
        room = 16 * len(files) + 256
        if request.max_tokens >= room or not shown:
            return replace(request, schema=plan_schema())
    return None


def _left(file: SurveyFile) -> SurveyFile:
    return replace(file, chosen=False, reasons=(*file.reasons, _LEFT_OUT))


def _after(rest: Sequence[SurveyFile], first: int) -> list[SurveyFile]:
    """Files that the model forgot, after those that it ordered, in the order that they had."""
    numbers = {level: at for at, level in enumerate(sorted({file.level for file in rest}))}
    return [replace(file, level=first + numbers[file.level]) for file in rest]


def _once(steps: Sequence[Sequence[str]]) -> tuple[list[list[str]], set[str]]:
    """The steps with each path where it came first, without those that stay empty."""
    seen: set[str] = set()
    ordered: list[list[str]] = []
    for step in steps:
        fresh = [path for path in dict.fromkeys(step) if path not in seen]
        seen.update(fresh)
        if fresh:
            ordered.append(fresh)
    return ordered, seen


def _object(answer: str) -> dict[str, Any] | None:
    """The JSON object in an answer, wherever in it that is."""
    start, end = answer.find("{"), answer.rfind("}")
    try:
        data: Any = json.loads(answer[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", data) if isinstance(data, dict) else None


def _lists(data: object) -> list[object]:
    if not isinstance(data, list):
        return []
    given = cast("list[object]", data)
    # Some models give one flat list: each file a step of its own would be slow and no worse.
    return [given] if all(isinstance(one, str) for one in given) else given


def _known(data: object, known: Mapping[str, object]) -> list[str]:
    return [path for one in _texts(data) if (path := one.strip().removeprefix("./")) in known]


def _texts(data: object) -> list[str]:
    if not isinstance(data, list):
        return []
    return [one for one in cast("list[object]", data) if isinstance(one, str) and one.strip()]


async def _unheard(piece: str) -> None:
    """Nothing is shown of a plan before it is whole."""
