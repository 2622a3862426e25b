"""`homespun context`: what an edit would send to the model, without asking it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from homespun.cli.files import open_file, root_with
from homespun.cli.options import (
    Lines,
    folder_option,
    json_option,
    lines_option,
    model_option,
    review_for,
)
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.cli.task import Scope, scope_option, thought_task_of
from homespun.cli.terminal import Progress

if TYPE_CHECKING:
    from homespun.engine.engine import Engine
    from homespun.engine.preview import Preview


@click.command("context")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("instruction", default="")
@lines_option
@scope_option
@model_option
@folder_option
@json_option
@click.pass_obj
def command(
    session: Session,
    file: Path,
    instruction: str,
    lines: Lines | None,
    scope: Scope | None,
    model: str | None,
    folder: Path | None,
) -> int:
    """Show what `homespun edit FILE INSTRUCTION` would send: every file, and where to.

    The model is not asked; its server may count the tokens, unless it is one that needs your
    consent. With --json all of it is there word for word, as `homespun/context` has it.
    """
    file = file.resolve()
    root = root_with(file, folder)
    with Progress(session.err) as progress:
        review = review_for(session, progress, yes=False)

        async def work(engine: Engine) -> Preview:
            snapshot = await open_file(engine, file)
            task = thought_task_of(snapshot, instruction.strip(), lines, scope)
            return await engine.context(replace(task, model=model), review)

        preview = session.run(root, work)
    _show(session, preview)
    return 0


def _show(session: Session, preview: Preview) -> None:
    # The contract's own form, so that scripts read here what editors read there.
    from homespun.lsp.context_results import context_result, page

    result = context_result(preview, "utf-16")
    if session.as_json:
        session.write_json(result.model_dump(mode="json", by_alias=True))
    else:
        session.write(printable(page(result)))
