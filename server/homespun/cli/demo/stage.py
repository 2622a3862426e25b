"""How the demo shows what happens: moving colours on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.syntax import Syntax
from rich.text import Text

from homespun.cli.safe import printable
from homespun.cli.terminal import patch_lines
from homespun.core.counting import counted

_WORDS = {
    "waiting": "waiting",
    "loading": "loading the model",
    "reading": "the model reads",
    "thinking": "the model thinks",
    "writing": "the model writes",
    "checking": "checking the reply",
    "applying": "one edit, applied",
}


class Stage:
    """Where the demo plays. Everything is indented below its numbered headings."""

    def __init__(self, console: Console) -> None:
        """`console`: where to show it."""
        self.console = console
        self._steps = 0

    def title(self, words: str, aside: str) -> None:
        """What all this is."""
        self.console.print()
        self.console.print(Text(words, style="bold"))
        self.console.print(Text(aside, style="dim"))

    def step(self, words: str, aside: str = "") -> None:
        """The next of the numbered headings."""
        self._steps += 1
        number = (f"{self._steps}  ", "bold cyan")
        self.console.print()
        self.console.print(Text.assemble(number, (words, "bold"), "  ", (aside, "dim")))

    def line(self, words: str = "", style: str = "") -> None:
        """A line below the heading."""
        self.console.print(Text(f"   {printable(words)}".rstrip(), style=style), soft_wrap=True)

    def result(self, words: str, *, good: bool) -> None:
        """A line that says that something is well, or is not."""
        sign, style = ("✓", "green") if good else ("✗", "red")
        self.line(f"{sign} {words}", style)

    def code(self, text: str, first_line: int) -> None:
        """A part of a Python file."""
        if self.console.is_terminal:
            shown = Syntax(
                text,
                "python",
                theme="ansi_dark",
                line_numbers=True,
                start_line=first_line,
                background_color="default",
            )
            self.console.print(Padding(shown, (0, 0, 0, 2)))
            return
        for number, line in enumerate(text.splitlines(), first_line):
            self.line(f"{number:4}  {line}")

    def choices(self, titles: Sequence[str], chosen: int) -> None:
        """A menu, with the mark at what is chosen."""
        for index, title in enumerate(titles):
            picked = index == chosen
            self.line(f"{'>' if picked else ' '} {title}", "bold" if picked else "dim")

    def patch(self, text: str) -> None:
        """A diff."""
        for line in patch_lines(text):
            self.console.print(Text("   ").append_text(line), soft_wrap=True)


class Stages:
    """The stages of a job as `homespun/job` tells them, each with the time that it took."""

    def __init__(self, console: Console) -> None:
        """Moving while it is entered, on a terminal."""
        self._console = console
        self._live = Live(console=console, refresh_per_second=12, transient=True)
        self._spinner = Spinner("dots")
        self._playing = False
        self._name = ""
        self._tokens = ""
        self._begun = time.monotonic()
        self._done: list[Text] = []

    def __enter__(self) -> Stages:
        """Begin to show it."""
        self._playing = True
        if self._console.is_interactive:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the finished stages in place."""
        self._finish()
        self._playing = False
        if self._console.is_interactive:
            self._live.stop()
            for line in self._done:
                self._console.print(line)

    def hear(self, job: Mapping[str, Any]) -> None:
        """Take in a notification; outside of the moving part it is of no interest."""
        if not self._playing:
            return
        name = str(job["stage"])
        if name != self._name:
            self._finish()
            self._name, self._tokens, self._begun = name, "", time.monotonic()
        if job["tokens"] and name in ("writing", "thinking"):
            written = counted(job["tokens"], "token")
            self._tokens = f"{written}, {job['tokensPerSecond']:.0f} a second"
        self._show()

    def _finish(self) -> None:
        if self._name not in _WORDS:
            return
        line = self._line(("✓ ", "green"))
        self._done.append(line)
        if not self._console.is_interactive:
            self._console.print(line)
        self._name = ""

    def _show(self) -> None:
        if self._console.is_interactive and self._name in _WORDS:
            self._spinner.update(text=self._line(("", "")))
            self._live.update(Group(*self._done, Padding(self._spinner, (0, 0, 0, 3))))

    def _line(self, sign: tuple[str, str]) -> Text:
        indent = "   " if sign[0] else ""
        passed = f"{time.monotonic() - self._begun:5.1f} s"
        words = f"{_WORDS[self._name]:<20}"
        return Text.assemble(indent, sign, words, (f"{passed}  {self._tokens}".rstrip(), "dim"))
