"""A refactor's survey on the command line: shown, and changed by who sits there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.cli.terminal import Agreeing, Asking, Progress, Unasked
from homespun.core.counting import counted
from homespun.core.globs import matches
from homespun.core.plan import ChangePlan
from homespun.engine.ports import Choice
from homespun.engine.refactor.estimate import in_words
from homespun.engine.refactor.task import Survey, SurveyFile

_WIDEST = 60
"""Characters of a path that the others are lined up by."""
_NUMBERS = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
_HOW = "Which? Numbers and globs, as 1-3 7 app/**; with - before one it stays out, as -2: "


class Surveyed:
    """The `Review` of a refactor: shows the list of files, and asks a person about it.

    Where nobody is to be asked, the files are those that are proposed: whoever called has named
    them, or the globs. All other questions go to `review`.
    """

    def __init__(
        self, session: Session, progress: Progress, review: Asking | Agreeing | Unasked
    ) -> None:
        """The list goes to the session's `err`; the living line of `progress` makes room."""
        self.review = review
        self.seen: Survey | None = None
        """The list as it was agreed to; None where there was none, as in a resume."""
        self._session = session
        self._progress = progress

    async def confirm(self, question: str, yes: str) -> bool:
        """See the port."""
        return await self.review.confirm(question, yes)

    async def choose(self, plan: ChangePlan) -> Choice:
        """See the port."""
        return await self.review.choose(plan)

    async def survey(self, survey: Survey) -> Sequence[str] | None:
        """The files that are to be changed; None for none."""
        self._progress.pause()
        show_survey(self._session.err, survey)
        if isinstance(self.review, Asking):
            chosen = self._asked(survey, self.review)
            if chosen is None:
                return None
            survey = chosen
        self.seen = survey
        return [file.uri for file in survey.chosen]

    def _asked(self, survey: Survey, person: Asking) -> Survey | None:
        while True:
            files = counted(len(survey.chosen), "file")
            match person.line(f"Refactor {files}? [y]es, [N]o, [s]ome: ")[:1].lower():
                case "y" if survey.chosen:
                    return survey
                case "s":
                    survey = self._changed(survey, person.line(_HOW))
                case _:
                    return None

    def _changed(self, survey: Survey, said: str) -> Survey:
        uris, strange = picked(survey, said.split())
        for word in strange:
            self._session.say(f"Nothing in the list is meant by {printable(word)}.", "yellow")
        survey = survey.choosing(uris)
        show_survey(self._session.err, survey)
        return survey


def picked(survey: Survey, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The URIs that `words` choose of a survey, and those words that mean nothing in it.

    Numbers count from 1, `2-4` is a range, all else is a glob; with `-` before it, it leaves out.
    Without a word that takes in, those that are chosen already are taken.
    """
    meant = {word: _meant(survey, word.removeprefix("-")) for word in words}
    strange = [word for word, files in meant.items() if not files]
    taking = [files for word, files in meant.items() if files and not word.startswith("-")]
    leaving = [files for word, files in meant.items() if word.startswith("-")]
    taken = [uri for files in taking for uri in files] or [file.uri for file in survey.chosen]
    out = {uri for files in leaving for uri in files}
    return [uri for uri in dict.fromkeys(taken) if uri not in out], strange


def _meant(survey: Survey, word: str) -> list[str]:
    if numbers := _NUMBERS.fullmatch(word):
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        return [file.uri for file in survey.files[max(0, first - 1) : last]] if first else []
    return [file.uri for file in survey.files if word and matches(file.path, [word])]


def show_survey(console: Console, survey: Survey) -> None:
    """The files that a refactor would work on, why, and what they cost."""
    if survey.summary:
        _say(console, printable(survey.summary), "bold")
    for decision in survey.decisions:
        _say(console, f"decided: {printable(decision)}")
    width = min(_WIDEST, max((len(file.path) for file in survey.files), default=0))
    _say(console, f"{'':>4}  step  tokens  {'file':{width}}  why", "dim")
    for number, file in enumerate(survey.files, 1):
        _say(console, _row(number, file, width), "" if file.chosen else "dim")
    for note in survey.notes:
        _say(console, printable(note), "yellow")
    _say(console, in_words(survey.cost))


def _row(number: int, file: SurveyFile, width: int) -> str:
    step = str(file.level + 1) if file.chosen else "-"
    why = file.refusal or "; ".join(file.reasons)
    path = f"{printable(file.path):{width}}"
    return f"{number:>4}  {step:>4}  {file.tokens:>6}  {path}  {printable(why)}"


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)


def as_data(survey: Survey) -> dict[str, object]:
    """A survey for programs; `step` counts from 1 and is null for what is not worked on."""
    cost = survey.cost
    return {
        "files": [
            {
                "path": file.path,
                "step": file.level + 1 if file.chosen else None,
                "tokens": file.tokens,
                "reasons": list(file.reasons),
                "refusal": file.refusal,
            }
            for file in survey.files
        ],
        "tokens": cost.tokens,
        "seconds": cost.seconds,
        "tokensPerSecond": cost.tokens_per_second,
        "summary": survey.summary,
        "decisions": list(survey.decisions),
        "notes": list(survey.notes),
    }
