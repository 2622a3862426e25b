"""Parameters of a call to the engine's task: which text, which place, which instruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from homespun.core.actions import Action
from homespun.core.comments import InstructionComment, comment_at
from homespun.core.diff import edits, moved
from homespun.core.text import Position, Range, Snapshot, Span
from homespun.engine.ports import Diagnostic, EditTask, Place
from homespun.errors import InputError, NothingToDo, UnknownFile
from homespun.lsp.dispatch import stale

if TYPE_CHECKING:
    from homespun.engine.engine import Engine
    from homespun.lsp import methods, wire
    from homespun.lsp.server import Server

Scope = Literal["selection", "file", "workspace"]
_Call = TypeVar("_Call", bound="methods.EditParams | methods.ExplainParams")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do, under which title, and the comment that said so (it goes away with the edit)."""

    text: str
    title: str
    scope: Scope
    comment: InstructionComment | None = None


async def with_engine(server: Server, params: _Call) -> tuple[Engine, _Call]:
    """The engine, and the call on the text as it is by then.

    The first call has to wait until the engine is built: what was typed meanwhile does not refuse
    it, and moves its range. Raises `Stale` where the text was another one when the call came,
    `UnknownFile`.
    """
    asked = await text_of(server, params.text_document)
    engine = await server.engine()
    now = server.documents.snapshot(asked.uri)
    if now is None or now.version == asked.version:
        return engine, params
    document = params.text_document.model_copy(update={"version": now.version})
    range_ = params.range and _followed(server, params.range, asked, now)
    return engine, params.model_copy(update={"text_document": document, "range": range_})


async def edit_task(server: Server, params: methods.EditParams) -> EditTask:
    """The task that `params` mean.

    Raises `NothingToDo` without an instruction, `InputError` for an unknown action, `Stale` where
    the text has changed since the call, `UnknownFile`.
    """
    snapshot = await text_of(server, params.text_document)
    instruction = _instruction(server, snapshot, params)
    if instruction is None:
        typed = await server.ask_instruction("What should be changed?")
        instruction = Instruction(typed, "Edit", _default_scope(params))
        snapshot = await text_of(server, params.text_document)
    return _task(server, snapshot, params, instruction)


async def thought_task(server: Server, params: methods.ContextParams) -> EditTask:
    """The task that `params` mean, which may lack an instruction: nobody is asked for one.

    Raises as `edit_task`.
    """
    snapshot = await text_of(server, params.text_document)
    instruction = _instruction(server, snapshot, params)
    blank = Instruction("", "Edit", _default_scope(params))
    return _task(server, snapshot, params, instruction or blank)


def _task(
    server: Server, snapshot: Snapshot, params: methods.EditParams, instruction: Instruction
) -> EditTask:
    return EditTask(
        instruction=instruction.text,
        place=place(server, snapshot, params.range),
        scope=params.scope or instruction.scope,
        title=instruction.title,
        remove_comment=None if instruction.comment is None else instruction.comment.span,
        review=params.review,
        model=params.model,
        diagnostics=_problems(server, snapshot, params),
    )


async def text_of(server: Server, document: wire.TextDocument) -> Snapshot:
    """The open document as it is, at once, else the file on disk.

    Raises `Stale` where the version is no longer the one that the call was pinned to,
    `UnknownFile` where there is neither.
    """
    snapshot = server.documents.snapshot(document.uri)
    if snapshot is not None and document.version not in (None, snapshot.version):
        raise stale()
    snapshot = snapshot or await server.editor.read(document.uri)
    if snapshot is None:
        raise UnknownFile(f"There is no file {document.uri}.", "Open it, or save it first.")
    return snapshot


def place(server: Server, snapshot: Snapshot, range_: wire.Range | None) -> Place:
    """The part of a file that `range_` names, its whole where there is none."""
    if range_ is None:
        return Place(snapshot.uri)
    return Place(snapshot.uri, snapshot.span(_core_range(range_), server.client.encoding))


def _instruction(
    server: Server, snapshot: Snapshot, params: methods.EditParams
) -> Instruction | None:
    """What to do: given, a named action's, or the comment's in the range; None: ask for it."""
    if params.instruction and params.instruction.strip():
        title = "Fix a problem" if params.diagnostics else "Edit"
        return Instruction(params.instruction.strip(), title, _default_scope(params))
    if params.action is not None:
        action = _named(server.actions(), params.action)
        return Instruction(action.prompt, action.title, cast("Scope", action.scope))
    comment = None if params.source == "input" else _comment(server, snapshot, params.range)
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


def _comment(
    server: Server, snapshot: Snapshot, range_: wire.Range | None
) -> InstructionComment | None:
    span = place(server, snapshot, range_).span
    if span is None:
        return None
    return comment_at(snapshot, snapshot.line_at(span.start), snapshot.line_at(span.end))


def _default_scope(params: methods.EditParams) -> Scope:
    return "file" if params.range is None else "selection"


def _problems(
    server: Server, snapshot: Snapshot, params: methods.EditParams
) -> tuple[Diagnostic, ...]:
    """The problems to fix, with their places where the editor told them."""
    known = server.editor.diagnostics(snapshot.uri)
    found = tuple(problem for problem in known if problem.message in params.diagnostics)
    missing = set(params.diagnostics) - {problem.message for problem in found}
    span = place(server, snapshot, params.range).span or Span(0, 0)
    return (*found, *(Diagnostic(span, message) for message in sorted(missing)))


def _core_range(range_: wire.Range) -> Range:
    start, end = range_.start, range_.end
    return Range(Position(start.line, start.character), Position(end.line, end.character))


def _followed(server: Server, range_: wire.Range, before: Snapshot, now: Snapshot) -> wire.Range:
    """A range of the text `before`, in the text of `now`."""
    encoding = server.client.encoding
    span = moved(before.span(_core_range(range_), encoding), edits(before.text, now.text))
    found = now.range(span, encoding)
    ends = ((range_.start, found.start), (range_.end, found.end))
    start, end = (
        old.model_copy(update={"line": new.line, "character": new.character}) for old, new in ends
    )
    return range_.model_copy(update={"start": start, "end": end})
