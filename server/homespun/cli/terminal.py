"""The engine's events and questions on a terminal, and without one."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console
from rich.status import Status
from rich.text import Text

from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.core.counting import counted, part
from homespun.core.patch import patch
from homespun.core.plan import ChangePlan, FileChange
from homespun.engine.ports import Stage

if TYPE_CHECKING:
    from homespun.engine.refactor.task import FilesState

_STAGES: dict[Stage, str] = {
    "waiting": "Waiting for the model",
    "loading": "The model is loading",
    "reading": "The model is reading",
    "thinking": "The model is thinking",
    "writing": "The model is writing",
    "checking": "Checking the reply",
    "applying": "Applying",
}

_LOOK = 0.2
"""Seconds between two looks whether Ctrl-C was pressed, while an answer is waited for."""

Hear = Callable[[str], None]


class Progress:
    """The `Events` port: one living line on a terminal, a line for each stage elsewhere."""

    def __init__(self, console: Console, hear: Hear | None = None) -> None:
        """`hear` is given the words of an explanation as they come."""
        self.standing: FilesState | None = None
        """How the files of a refactor stand; None before and after the model works on them."""
        self._planned: Callable[[], ChangePlan] | None = None
        self._console = console
        self._hear = hear
        self._stage: Stage = "waiting"
        self._detail = ""
        self._told = False
        self._begun = time.monotonic()
        self._status = Status("", console=console) if console.is_terminal else None

    def __enter__(self) -> Self:
        """Show the line."""
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        self.pause()

    def stage(self, stage: Stage, detail: str = "") -> None:
        """The job has come to `stage`."""
        if self._told and (stage, detail) == (self._stage, self._detail):
            return
        self._stage, self._detail, self._told = stage, detail, True
        if stage in ("applying", "done"):
            self.standing = None
        if self._status is None:
            self._say_stage()
        elif stage in ("reviewing", "done"):
            self.pause()
        else:
            self._status.start()
            self._show("")

    def progress(self, tokens: int, tokens_per_second: float) -> None:
        """How far the reply is."""
        self._show(f"{counted(tokens, 'token')} · {tokens_per_second:.0f} a second")

    def text(self, piece: str) -> None:
        """The next words of an explanation."""
        if self._hear is not None:
            self._hear(piece)

    def growing(self, plan: Callable[[], ChangePlan]) -> None:
        """There is more to see of the change."""
        self._planned = plan

    def files(self, state: FilesState) -> None:
        """How the files of a refactor stand."""
        self.standing = state
        words = [part(state.over, state.total, "file")]
        words += [f"{state.failed} failed"] if state.failed else []
        if state.seconds_left is not None:
            words.append(f"about {state.seconds_left:.0f} s left")
        self._detail = ", ".join(words)
        self._show("")

    def plan(self, plan: ChangePlan) -> None:
        """The change as a whole."""
        self._planned = lambda: plan

    @property
    def planned(self) -> ChangePlan | None:
        """The change as far as it is known."""
        return None if self._planned is None else self._planned()

    def pause(self) -> None:
        """Take the line away until the next stage."""
        if self._status is not None:
            self._status.stop()

    def _say_stage(self) -> None:
        if self._stage in _STAGES:
            self._console.print(self._words(), markup=False, highlight=False, soft_wrap=True)

    def _show(self, speed: str) -> None:
        if self._status is None:
            return
        line = Text(self._words())
        passed = f"{time.monotonic() - self._begun:.0f} s"
        line.append("  " + " · ".join(part for part in (speed, passed) if part), style="dim")
        self._status.update(line)

    def _words(self) -> str:
        words = _STAGES.get(self._stage, "")
        if self._stage == "waiting" and self._detail:
            return printable(self._detail).capitalize()  # it is not the model that is waited for
        return f"{words}: {printable(self._detail)}" if self._detail else words


class _Alone:
    """Where nobody is to be asked: the careful answer to every question.

    `shown` is the change that should have been looked at, None where there was no need.
    """

    def __init__(self) -> None:
        self.shown: ChangePlan | None = None

    async def confirm(self, question: str, yes: str) -> bool:
        """No."""
        return False


class Unasked(_Alone):
    """The `Review` port without a person: what should be looked at is dropped."""

    async def choose(self, plan: ChangePlan) -> ChangePlan | None:
        """Drop it."""
        self.shown = plan
        return None


class Agreeing(_Alone):
    """The `Review` port under `--yes`: takes the change as it is.

    What reaches further than this change (a cloud model, a protected file) still needs a person.
    """

    async def choose(self, plan: ChangePlan) -> ChangePlan | None:
        """All of it."""
        self.shown = plan
        return plan


class Asking:
    """The `Review` port with a person at the terminal."""

    def __init__(self, session: Session, progress: Progress) -> None:
        """Questions go to the session's `err`; the living line of `progress` makes room."""
        self.shown: ChangePlan | None = None
        self._session = session
        self._progress = progress

    async def confirm(self, question: str, yes: str) -> bool:
        """Whether the answer is yes; Enter alone is no."""
        self._progress.pause()
        self._session.say(f"{printable(question)}", style="bold")
        return self._agrees(f"{printable(yes)}?")

    async def choose(self, plan: ChangePlan) -> ChangePlan | None:
        """The plan as the person wants it, whole or hunk by hunk."""
        self._progress.pause()
        show_plan(self._session.err, plan)
        self.shown = plan
        match self._ask("Apply this? [y]es, [N]o, [s]ome of it: "):
            case "y":
                return plan
            case "s":
                self.shown = self._some(plan)
                return self.shown
            case _:
                return None

    def _some(self, plan: ChangePlan) -> ChangePlan:
        for file in plan.offered:
            plan = plan.with_file(self._part(file))
        return plan

    def _part(self, file: FileChange) -> FileChange:
        if file.action != "edit" or len(file.hunks) < 2:
            taken = self._agrees(f"{file.action.capitalize()} {printable(file.path)}?")
            return replace(file, accepted=taken)
        for index in range(len(file.hunks)):
            alone = replace(file, hunks=(file.hunks[index],))
            show_patch(self._session.err, patch(ChangePlan("", "", "", (alone,))))
            taken = self._agrees(f"Take this? Hunk {index + 1} of {len(file.hunks)}.")
            file = file.with_hunk(index, accepted=taken)
        return file

    def _agrees(self, question: str) -> bool:
        return self._ask(f"{question} [y/N] ") == "y"

    def _ask(self, question: str) -> str:
        """The first letter of the answer, small; "" where there is none."""
        return self.line(question).lower()[:1]

    def line(self, question: str) -> str:
        """The person's answer to `question`, "" for Enter alone."""
        stdin = self._session.stdin
        with _stoppable(stdin):
            self._session.err.print(question, end="", markup=False, highlight=False)
            _wait_for_line(stdin)
            return stdin.readline().strip()


def show_plan(console: Console, plan: ChangePlan) -> None:
    """The whole change for people: what it is, why it should be looked at, and the diff."""
    if plan.summary:
        console.print(Text(printable(plan.summary), style="bold"))
    show_patch(console, patch(plan))
    for reason in plan.reasons:
        console.print(Text(f"refused: {printable(reason)}", style="red"))
    for risk in plan.risks:
        console.print(Text(f"look at this: {printable(risk)}", style="yellow"))


def show_patch(console: Console, text: str) -> None:
    """A patch in colours."""
    for line in patch_lines(text):
        console.print(line, soft_wrap=True)


def patch_lines(text: str) -> list[Text]:
    """The lines of a patch, in colours and safe to show."""
    lines = text.removesuffix("\n").split("\n") if text else []
    return [Text(printable(line), style=_style(line)) for line in lines]


def _style(line: str) -> str:
    if line.startswith(("diff ", "--- ", "+++ ", "rename ", "new file", "deleted file")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan", "\\": "dim"}.get(line[:1], "")


def _wait_for_line(stdin: TextIO) -> None:
    """Wait until a line was typed.

    A Ctrl-C that comes in the moment before `read` begins would not be seen until there is a line.
    """
    # Windows can only wait so for sockets.
    while os.name != "nt" and stdin.isatty() and not select.select([stdin], [], [], _LOOK)[0]:
        pass


@contextmanager
def _stoppable(stdin: TextIO) -> Generator[None]:
    """Let Ctrl-C end a question.

    asyncio answers the first Ctrl-C by cancelling the task, which cannot be while it waits here.
    """
    if not stdin.isatty():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
