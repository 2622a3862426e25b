"""`homespun explain`: what a file, or some lines of it, do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markdown import Markdown

from homespun.cli import spending
from homespun.cli.files import open_file, root_with
from homespun.cli.options import (
    Lines,
    folder_option,
    json_option,
    lines_option,
    model_option,
    review_for,
    span_of,
)
from homespun.cli.results import answered_by
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.cli.terminal import Progress
from homespun.engine.ports import Explanation, Place

if TYPE_CHECKING:
    from homespun.engine.engine import Engine


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("question", default="")
@lines_option
@model_option
@folder_option
@json_option
@click.pass_obj
def command(
    session: Session,
    file: Path,
    question: str,
    lines: Lines | None,
    model: str | None,
    folder: Path | None,
) -> int:
    """Explain FILE, or answer a QUESTION about it.

    Where the output is piped, the words come as the model writes them.
    FILE lies in the workspace; for one that lies elsewhere, name its folder with --folder.
    """
    file = file.resolve()
    root = root_with(file, folder)
    streams = not session.as_json and not session.out.is_terminal
    with Progress(session.err, session.write if streams else None) as progress:
        review = review_for(session, progress, yes=False)

        async def work(engine: Engine) -> Explanation:
            snapshot = await open_file(engine, file)
            place = Place(snapshot.uri, None if lines is None else span_of(snapshot, lines))
            return await engine.explain(place, question, progress, review)

        explanation = session.run(root, work, model=model)
    _show(session, explanation)
    return 0


def _show(session: Session, explanation: Explanation) -> None:
    if session.as_json:
        session.write_json(_as_data(explanation))
        return
    if session.out.is_terminal:
        # Links are written out: where one leads is for the reader to see.
        session.out.print(Markdown(printable(explanation.markdown), hyperlinks=False))
    elif not explanation.markdown.endswith("\n"):
        session.write("\n")
    who = answered_by(explanation.provider, explanation.model, local=explanation.local)
    session.say(f"{who} · {spending.in_words(explanation.spent)}", style="dim")


def _as_data(explanation: Explanation) -> dict[str, object]:
    return {
        "markdown": explanation.markdown,
        "answeredBy": {
            "provider": explanation.provider,
            "model": explanation.model,
            "local": explanation.local,
        },
        "usage": spending.as_data(explanation.spent),
    }
