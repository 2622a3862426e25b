"""Code actions: answered from the open text alone; each starts a job by its command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from homespun.core.actions import Action
from homespun.core.comments import InstructionComment, comment_at
from homespun.core.definitions import enclosing
from homespun.core.text import Snapshot, Span
from homespun.lsp.convert import from_lsp_range, to_diagnostic, to_lsp_range

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_FIX = "quickfix.homespun"
_REWRITE = "refactor.rewrite.homespun"
_WORKSPACE = f"{_REWRITE}.workspace"
_EXPLAIN = "homespun.explain"
_CONTEXT = "homespun.context"
KINDS = (_FIX, _REWRITE, _EXPLAIN, _CONTEXT)
_TITLE = 60
"""Characters of a problem or an instruction that a title shows."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What code actions are asked for: the place, and `label`, what the user would call it.

    `label` is "" where the place is neither a selection nor in a definition.
    """

    snapshot: Snapshot
    range: types.Range
    span: Span
    label: str
    comment: InstructionComment | None
    problems: Sequence[types.Diagnostic]


def code_actions(
    ls: Server, params: types.CodeActionParams
) -> Sequence[types.CodeAction | types.Command]:
    """Everything that can be done at the place, of the kinds that were asked for."""
    snapshot = ls.documents.snapshot(params.text_document.uri)
    if snapshot is None:
        return []
    asked = _look(ls, snapshot, params)
    only = params.context.only
    found = [action for action in _offers(ls, asked) if _wanted(action.kind, only)]
    if ls.client.action_literals:
        return found
    return [action.command for action in found if action.command is not None]


def _look(ls: Server, snapshot: Snapshot, params: types.CodeActionParams) -> _Asked:
    encoding = ls.client.encoding
    problems = params.context.diagnostics
    ls.editor.learn(snapshot, [to_diagnostic(snapshot, one, encoding) for one in problems])
    span = snapshot.span(from_lsp_range(params.range), encoding)
    first, last = snapshot.line_at(span.start), snapshot.line_at(span.end)
    comment = comment_at(snapshot, first, last)
    label = "selection" if span.end > span.start else _definition(snapshot, first)
    return _Asked(snapshot, params.range, span, label, comment, problems)


def _definition(snapshot: Snapshot, line: int) -> str:
    found = enclosing(snapshot, line, line)
    return "" if found is None else found.name or "this definition"


def _offers(ls: Server, asked: _Asked) -> Iterator[types.CodeAction]:
    yield from (_fix(asked, problem) for problem in asked.problems)
    if asked.comment is not None:
        yield _comment(ls, asked, asked.comment)
    if ls.client.homespun:
        arguments = _arguments(asked, source="input")
        yield _action(f"Edit {asked.label or 'here'} ...", _REWRITE, "homespun.edit", arguments)
        yield _workspace(asked)
    yield from (_preset(asked, action) for action in ls.actions() if _fits(asked, action))
    if asked.label:
        arguments = _arguments(asked)
        yield _action(f"Explain ({asked.label})", _EXPLAIN, "homespun.explain", arguments)
    title = f"Show what the model would see ({asked.label or 'this file'})"
    yield _action(title, _CONTEXT, "homespun.context", _arguments(asked))


def _fix(asked: _Asked, problem: types.Diagnostic) -> types.CodeAction:
    arguments = _arguments(
        asked,
        range=_plain(types.Range(problem.range.start, problem.range.start)),
        instruction="Fix this problem, and change nothing else.",
        diagnostics=[problem.message],
        # The cure may stand elsewhere in the file, such as an import.
        scope="file",
    )
    title = f"fix {_short(problem.message)}"
    action = _action(title, _FIX, "homespun.edit", arguments)
    action.diagnostics = [problem]
    return action


def _comment(ls: Server, asked: _Asked, comment: InstructionComment) -> types.CodeAction:
    place = to_lsp_range(asked.snapshot.range(_start(comment.span), ls.client.encoding))
    arguments = _arguments(asked, range=_plain(place), source="comment")
    title = f"do “{_short(comment.instruction)}”"
    return _action(title, f"{_REWRITE}.comment", "homespun.edit", arguments)


def _workspace(asked: _Asked) -> types.CodeAction:
    """Many files by one instruction, which the user types; the symbol at the place is a hint."""
    arguments = _arguments(asked, position=_plain(asked.range)["start"])
    del arguments["range"]
    title = "Refactor across the workspace ..."
    return _action(title, _WORKSPACE, "homespun.refactor", arguments)


def _preset(asked: _Asked, action: Action) -> types.CodeAction:
    label = asked.label or "this file"
    arguments = _arguments(asked, action=action.name)
    title = f"{action.title} ({label})"
    return _action(title, f"{_REWRITE}.{action.name}", "homespun.edit", arguments)


def _fits(asked: _Asked, action: Action) -> bool:
    return bool(asked.label) or action.scope == "file"


def _action(title: str, kind: str, command: str, arguments: dict[str, Any]) -> types.CodeAction:
    whole = f"Homespun: {title}"
    return types.CodeAction(
        whole, kind=kind, command=types.Command(whole, command, arguments=[arguments])
    )


def _arguments(asked: _Asked, **more: Any) -> dict[str, Any]:
    document = {"uri": asked.snapshot.uri, "version": asked.snapshot.version}
    return {"textDocument": document, "range": _plain(asked.range), **more}


def _plain(range_: types.Range) -> dict[str, Any]:
    return {
        "start": {"line": range_.start.line, "character": range_.start.character},
        "end": {"line": range_.end.line, "character": range_.end.character},
    }


def _start(span: Span) -> Span:
    return Span(span.start, span.start)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def _wanted(kind: object, only: Sequence[str] | None) -> bool:
    """Whether a kind, or one above it, was asked for; without a filter all are."""
    if not only:
        return True
    return any(not one or kind == one or str(kind).startswith(f"{one}.") for one in only)


def install(server: Server) -> None:
    """Serve code actions."""
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION)(code_actions)
