"""Questions and progress, on a terminal that is a string."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from homespun.cli.session import Session
from homespun.cli.terminal import Agreeing, Asking, Progress, Unasked
from homespun.core.plan import ChangePlan, FileChange, hunks_between
from homespun.engine.ports import Review

BEFORE = "".join(f"line {n}\n" for n in range(30))
AFTER = BEFORE.replace("line 3\n", "three\n").replace("line 25\n", "twenty-five\n")


def plan(summary: str = "Name the numbers.") -> ChangePlan:
    edited = FileChange(
        "file:///w/a", "a", "edit", BEFORE, hunks_between(BEFORE, AFTER), risks=("large",)
    )
    created = FileChange("file:///w/b", "b", "create", None, hunks_between("", "new\n"))
    return ChangePlan("id", "title", summary, (edited, created))


class Terminal:
    """A session whose person answers `answers`; what it was told is in `told`."""

    def __init__(self, answers: str, *, colours: bool = False) -> None:
        self._err = io.StringIO()
        console = Console(
            file=self._err, force_terminal=colours, width=100, color_system="standard"
        )
        self.session = Session(
            open_folder=lambda *_, **__: pytest.fail("no engine is needed here"),
            out=Console(file=io.StringIO()),
            err=console,
            stdin=io.StringIO(answers),
            environ={},
            asks=True,
        )
        self.asking = Asking(self.session, Progress(console))

    @property
    def told(self) -> str:
        return self._err.getvalue()


@pytest.mark.parametrize(("answer", "taken"), [("y\n", True), ("Yes\n", True), ("n\n", False)])
async def test_a_yes_takes_all(answer: str, taken: bool) -> None:
    chosen = await Terminal(answer).asking.choose(plan())
    assert chosen == (plan() if taken else None)


@pytest.mark.parametrize("answer", ["", "\n", "x\n", "apply\n"])
async def test_no_clear_yes_is_a_no(answer: str) -> None:
    assert await Terminal(answer).asking.choose(plan()) is None
    assert await Terminal(answer).asking.confirm("Send it?", "Send") is False


async def test_some_of_it_goes_hunk_by_hunk() -> None:
    terminal = Terminal("s\nn\ny\nn\n")
    chosen = await terminal.asking.choose(plan())
    assert chosen is not None
    assert [file.path for file in chosen.offered] == ["a"]
    assert chosen.offered[0].after == BEFORE.replace("line 25\n", "twenty-five\n")
    assert "Hunk 2 of 2" in terminal.told


async def test_shows_the_diff_and_why_to_look() -> None:
    terminal = Terminal("n\n")
    await terminal.asking.choose(plan())
    for part in ("Name the numbers.", "-line 3", "+three", "+++ b/a", "look at this: a: large"):
        assert part in terminal.told


async def test_a_plan_cannot_command_the_terminal() -> None:
    terminal = Terminal("n\n")
    await terminal.asking.choose(plan("\x1b[2J[bold]gone[/bold]"))
    assert "\x1b[2J" not in terminal.told
    assert "␛[2J[bold]gone[/bold]" in terminal.told


@pytest.mark.parametrize(("review", "takes"), [(Unasked(), False), (Agreeing(), True)])
async def test_without_a_person_only_the_change_itself_can_be_agreed_to(
    review: Review, takes: bool
) -> None:
    assert (await review.choose(plan()) is not None) is takes
    assert await review.confirm("Send it to the cloud?", "Send") is False


def test_progress_is_a_line_a_stage_where_nothing_moves() -> None:
    told = io.StringIO()
    with Progress(Console(file=told)) as progress:
        for stage in ("waiting", "reading", "writing", "writing", "done"):
            progress.stage(stage)
            progress.progress(5, 2.0)
    assert told.getvalue().splitlines() == [
        "Waiting for the model",
        "The model is reading",
        "The model is writing",
    ]


def test_what_takes_long_before_the_model_is_asked_is_said_once() -> None:
    told = io.StringIO()
    with Progress(Console(file=told)) as progress:
        progress.stage("waiting")
        for _ in range(3):
            progress.stage("waiting", "looking through the workspace")
        progress.stage("reading")
    assert told.getvalue().splitlines() == [
        "Waiting for the model",
        "Looking through the workspace",
        "The model is reading",
    ]


def test_progress_shows_the_speed_on_a_terminal_and_goes_away() -> None:
    told = io.StringIO()
    with Progress(Console(file=told, force_terminal=True, width=80)) as progress:
        progress.stage("writing")
        progress.progress(42, 17.4)
        progress.stage("checking", "asking the model to mend its reply")
        progress.pause()
    assert told.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")


def test_words_go_to_whoever_hears_them() -> None:
    heard: list[str] = []
    progress = Progress(Console(file=io.StringIO()), heard.append)
    progress.text("so ")
    progress.text("it is")
    assert "".join(heard) == "so it is"
