"""A refactor's survey on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from homespun.cli.safe import printable
from homespun.engine.refactor.estimate import in_words
from homespun.engine.refactor.task import Survey


def show_survey(console: Console, survey: Survey) -> None:
    """The files that a refactor would work on, why, and what they cost."""
    if survey.summary:
        console.print(Text(printable(survey.summary), style="bold"))
    for decision in survey.decisions:
        console.print(Text(f"decided: {printable(decision)}"))
    for file in survey.files:
        style = "" if file.chosen else "dim"
        why = file.refusal or "; ".join(file.reasons)
        mark = f"{file.level + 1:>3}" if file.chosen else "  -"
        console.print(Text(f"{mark}  {printable(file.path)}  {printable(why)}", style=style))
    for note in survey.notes:
        console.print(Text(printable(note), style="yellow"))
    console.print(Text(in_words(survey.cost)))
