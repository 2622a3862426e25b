"""What several commands take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from homespun.cli.session import Session
from homespun.cli.terminal import Agreeing, Asking, Progress, Unasked
from homespun.core.counting import counted
from homespun.core.text import Snapshot, Span
from homespun.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])

Lines = tuple[int, int]
"""The first and the last of some lines, from 1, both included."""


def json_option(command: F) -> F:
    """`--json`."""
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_wants_json,
        help="One JSON object on stdout; messages stay on stderr.",
    )(command)


def folder_option(command: F) -> F:
    """`--folder`."""
    return click.option(
        "--folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The workspace. Default: the repository around the current folder, else that folder.",
    )(command)


def lines_option(command: F) -> F:
    """`--lines`: `A-B`, or `A` for one line."""
    return click.option(
        "--lines", metavar="A-B", callback=_lines, help="Only these lines, counted from 1."
    )(command)


def model_option(command: F) -> F:
    """`--model`."""
    return click.option("--model", metavar="PROVIDER/MODEL", help="This model, this time.")(command)


def yes_option(command: F) -> F:
    """`--yes`."""
    return click.option("--yes", "-y", is_flag=True, help="Make risky changes without asking.")(
        command
    )


def review_for(session: Session, progress: Progress, *, yes: bool) -> Asking | Agreeing | Unasked:
    """Who decides about a change: the `--yes`, the person at the terminal, or caution."""
    if yes:
        return Agreeing()
    return Asking(session, progress) if session.asks else Unasked()


def span_of(snapshot: Snapshot, lines: Lines) -> Span:
    """The part of the text that `lines` are. Raises `InputError` where it has not that many."""
    first, last = lines
    if last > len(snapshot.lines):
        raise InputError(
            f"The file has {counted(len(snapshot.lines), 'line')}, so there is no line {last}.",
            "Lines are counted from 1.",
        )
    return snapshot.line_span(first - 1, last - 1)


def _wants_json(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.ensure_object(Session).as_json = value


def _lines(ctx: click.Context, param: click.Parameter, value: str | None) -> Lines | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", value.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last:
        raise click.BadParameter(f"'{value}' are no lines; write for example 10-20, or 7.")
    return first, last
