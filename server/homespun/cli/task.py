"""What `edit` and `context` are asked to do, as a task of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import click

from homespun.cli.options import Lines, span_of
from homespun.core.comments import comment_at
from homespun.core.text import Snapshot
from homespun.engine.ports import EditTask, Place
from homespun.errors import NothingToDo

F = TypeVar("F", bound=Callable[..., Any])
Scope = Literal["selection", "file", "workspace"]


def scope_option(command: F) -> F:
    """`--scope`."""
    return click.option(
        "--scope",
        type=click.Choice(["selection", "file", "workspace"]),
        help="What may change. Default: the lines if they are given, else the file.",
    )(command)


def task_of(
    snapshot: Snapshot, instruction: str, lines: Lines | None, scope: Scope | None
) -> EditTask:
    """What the command line asks for, without its model and review.

    Without `instruction`, what the file's `homespun:` comment says. Raises `NothingToDo` where
    there is none.
    """
    task = _of_comment(snapshot, lines, scope) if not instruction else None
    if task is None and not instruction:
        raise NothingToDo(
            "There is no instruction, and no `homespun:` comment that would be one.",
            'Say what is to be changed: homespun edit FILE "use pathlib".',
        )
    return task or _said(snapshot, instruction, lines, scope)


def thought_task_of(
    snapshot: Snapshot, instruction: str, lines: Lines | None, scope: Scope | None
) -> EditTask:
    """The same, but for a task that may lack an instruction."""
    task = None if instruction else _of_comment(snapshot, lines, scope)
    return task or _said(snapshot, instruction, lines, scope)


def _said(
    snapshot: Snapshot, instruction: str, lines: Lines | None, scope: Scope | None
) -> EditTask:
    span = None if lines is None else span_of(snapshot, lines)
    scope = scope or ("file" if span is None else "selection")
    return EditTask(instruction, Place(snapshot.uri, span), scope)


def _of_comment(snapshot: Snapshot, lines: Lines | None, scope: Scope | None) -> EditTask | None:
    first, last = lines or (1, len(snapshot.lines))
    comment = comment_at(snapshot, first - 1, last - 1)
    if comment is None:
        return None
    place = Place(snapshot.uri, comment.span)
    return EditTask(comment.instruction, place, scope or "selection", remove_comment=comment.span)
