"""Parameters of a call to the engine's task: which text, which place, which instruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from homespun.core.actions import Action
from homespun.core.comments import InstructionComment, comment_at
from homespun.core.text import Position, Range, Snapshot, Span
from homespun.engine.ports import Diagnostic, EditTask, Place
from homespun.errors import InputError, NothingToDo
from homespun.lsp.dispatch import stale

if TYPE_CHECKING:
    from homespun.lsp import methods
    from homespun.lsp.server import Server

Scope = Literal["selection", "file", "workspace"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do, under which title, and the comment that said so (it goes away with the edit)."""

    text: str
    title: str
    scope: Scope
    comment: InstructionComment | None = None


async def edit_task(server: Server, params: methods.EditParams) -> EditTask:
    """The task that `params` mean.

    Raises `NothingToDo` without an instruction, `InputError` for an unknown action, `Stale` where
    the text has changed since the call.
    """
    instruction = await _instruction(server, params)
    snapshot = current(server, params.text_document)
    comment = None if instruction.comment is None else _comment(server, snapshot, params.range)
    return EditTask(
        instruction=instruction.text,
        place=place(server, snapshot, params.text_document.uri, params.range),
        scope=_scope(params, instruction),
        title=instruction.title,
        remove_comment=None if comment is None else comment.span,
        review=params.review,
        model=params.model,
        diagnostics=_problems(server, snapshot, params),
    )


def current(server: Server, document: methods.TextDocument) -> Snapshot | None:
    """The open document as it is, None for one that is not open. Raises `Stale`."""
    snapshot = server.documents.snapshot(document.uri)
    if snapshot is not None and document.version not in (None, snapshot.version):
        raise stale()
    return snapshot


def place(
    server: Server, snapshot: Snapshot | None, uri: str, range_: methods.Range | None
) -> Place:
    """The part of a file that `range_` names; the whole of one whose text isn't at hand."""
    if range_ is None or snapshot is None:
        return Place(uri)
    return Place(uri, snapshot.span(_core_range(range_), server.client.encoding))


async def _instruction(server: Server, params: methods.EditParams) -> Instruction:
    """What to do: given, a named action's, the comment's in the range, or asked for."""
    if params.instruction and params.instruction.strip():
        title = "Fix a problem" if params.diagnostics else "Edit"
        return Instruction(params.instruction.strip(), title, _default_scope(params))
    if params.action is not None:
        action = _named(server.actions(), params.action)
        return Instruction(action.prompt, action.title, cast("Scope", action.scope))
    if params.source != "input":
        comment = _comment(server, current(server, params.text_document), params.range)
        if comment is not None:
            return Instruction(comment.instruction, "Do as the comment says", "selection", comment)
    if params.source == "comment":
        raise NothingToDo("The `homespun:` comment is gone, so there is nothing to do.")
    return Instruction(
        await server.ask_instruction("What should be changed?"), "Edit", _default_scope(params)
    )


def _named(actions: Sequence[Action], name: str) -> Action:
    for action in actions:
        if action.name == name:
            return action
    known = ", ".join(action.name for action in actions)
    raise InputError(f"There is no action {name!r}.", f"There are: {known}.")


def _comment(
    server: Server, snapshot: Snapshot | None, range_: methods.Range | None
) -> InstructionComment | None:
    if snapshot is None or range_ is None:
        return None
    span = snapshot.span(_core_range(range_), server.client.encoding)
    return comment_at(snapshot, snapshot.line_at(span.start), snapshot.line_at(span.end))


def _scope(params: methods.EditParams, instruction: Instruction) -> Scope:
    return params.scope or instruction.scope


def _default_scope(params: methods.EditParams) -> Scope:
    return "file" if params.range is None else "selection"


def _problems(
    server: Server, snapshot: Snapshot | None, params: methods.EditParams
) -> tuple[Diagnostic, ...]:
    """The problems to fix, with their places where the editor told them."""
    if snapshot is None or not params.diagnostics:
        return ()
    known = server.editor.diagnostics(snapshot.uri)
    found = tuple(problem for problem in known if problem.message in params.diagnostics)
    missing = set(params.diagnostics) - {problem.message for problem in found}
    span = place(server, snapshot, snapshot.uri, params.range).span or Span(0, 0)
    return (*found, *(Diagnostic(span, message) for message in sorted(missing)))


def _core_range(range_: methods.Range) -> Range:
    start, end = range_.start, range_.end
    return Range(Position(start.line, start.character), Position(end.line, end.character))
