"""Parameters of a call to the engine's task: which text, which place, which instruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from homespun.core.actions import Action
from homespun.core.comments import InstructionComment, comment_at
from homespun.core.following import followed
from homespun.core.text import Position, Range, Snapshot, Span
from homespun.engine.ports import Diagnostic, EditTask, Place
from homespun.errors import InputError, NothingToDo, Stale, UnknownFile

if TYPE_CHECKING:
    from homespun.lsp import methods, wire
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

    Raises `NothingToDo` without an instruction, `InputError` for an unknown action, and as `place`.
    """
    snapshot, where = await place(server, params.text_document, params.range)
    instruction = _instruction(server, snapshot, where, params)
    if instruction is None:
        typed = await server.ask_instruction("What should be changed?")
        instruction = Instruction(typed, "Edit", _default_scope(params))
        snapshot, where = await place(server, params.text_document, params.range)
    return _task(server, where, params, instruction)


async def thought_task(server: Server, params: methods.ContextParams) -> EditTask:
    """The task that `params` mean, which may lack an instruction: nobody is asked for one.

    Raises as `edit_task`.
    """
    snapshot, where = await place(server, params.text_document, params.range)
    instruction = _instruction(server, snapshot, where, params)
    blank = Instruction("", "Edit", _default_scope(params))
    return _task(server, where, params, instruction or blank)


def _task(
    server: Server, where: Place, params: methods.EditParams, instruction: Instruction
) -> EditTask:
    return EditTask(
        instruction=instruction.text,
        place=where,
        scope=params.scope or instruction.scope,
        title=instruction.title,
        remove_comment=None if instruction.comment is None else instruction.comment.span,
        review=params.review,
        model=params.model,
        diagnostics=_problems(server, where, params),
    )


async def place(
    server: Server, document: wire.TextDocument, range_: wire.Range | None
) -> tuple[Snapshot, Place]:
    """A document as it is now, and what `range_` names of it: moved with what was typed since.

    The open document is had at once, else the file on disk is read. Without a range, all of it is
    meant, whatever was typed. Raises `Stale` where the range cannot be followed from the version
    that it is of, `UnknownFile`.
    """
    snapshot = server.documents.snapshot(document.uri) or await server.editor.read(document.uri)
    if snapshot is None:
        raise UnknownFile(f"There is no file {document.uri}.", "Open it, or save it first.")
    if range_ is None:
        return snapshot, Place(snapshot.uri)
    now = _followed(server, document, _core_range(range_))
    return snapshot, Place(snapshot.uri, snapshot.span(now, server.client.encoding))


def _followed(server: Server, document: wire.TextDocument, range_: Range) -> Range:
    if document.version is None:
        return range_
    changes = server.documents.since(document.uri, document.version)
    if changes is None:
        reason = "The text has changed since this was asked for, so its places are no longer known."
        raise Stale(reason, "Ask again.")
    now = followed(range_, changes)
    if now is None:
        raise Stale("What this was asked for has been replaced meanwhile.", "Ask again.")
    return now


def _instruction(
    server: Server, snapshot: Snapshot, where: Place, params: methods.EditParams
) -> Instruction | None:
    """What to do: given, a named action's, or the comment's in the range; None: ask for it."""
    if params.instruction and params.instruction.strip():
        title = "Fix a problem" if params.diagnostics else "Edit"
        return Instruction(params.instruction.strip(), title, _default_scope(params))
    if params.action is not None:
        action = _named(server.actions(), params.action)
        return Instruction(action.prompt, action.title, cast("Scope", action.scope))
    comment = None if params.source == "input" else _comment(snapshot, where.span)
    if comment is not None:
        return Instruction(comment.instruction, "Do as the comment says", "selection", comment)
    if params.source == "comment":
        raise NothingToDo("The `homespun:` comment is gone, so there is nothing to do.")
    return None


def _named(actions: Sequence[Action], name: str) -> Action:
    for action in actions:
        if action.name == name:
            return action
    known = ", ".join(action.name for action in actions)
    raise InputError(f"There is no action {name!r}.", f"There are: {known}.")


def _comment(snapshot: Snapshot, span: Span | None) -> InstructionComment | None:
    if span is None:
        return None
    return comment_at(snapshot, snapshot.line_at(span.start), snapshot.line_at(span.end))


def _default_scope(params: methods.EditParams) -> Scope:
    return "file" if params.range is None else "selection"


def _problems(server: Server, where: Place, params: methods.EditParams) -> tuple[Diagnostic, ...]:
    """The problems to fix, with their places where the editor told them."""
    known = server.editor.diagnostics(where.uri)
    found = tuple(problem for problem in known if problem.message in params.diagnostics)
    missing = set(params.diagnostics) - {problem.message for problem in found}
    span = where.span or Span(0, 0)
    return (*found, *(Diagnostic(span, message) for message in sorted(missing)))


def _core_range(range_: wire.Range) -> Range:
    start, end = range_.start, range_.end
    return Range(Position(start.line, start.character), Position(end.line, end.character))
