"""A terminal that a program runs in, by tmux: keys in, the screen out, as text and as a picture."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

COLUMNS, ROWS = 100, 36

# Neovim's own ground, for tmux leaves out the cells that show nothing else; it names its colours.
_THEME = TerminalTheme((20, 22, 27), (224, 226, 234), [(128, 128, 128)] * 8)


class Terminal:
    """One tmux server of its own, with one window."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ("tmux", "-S", str(socket))

    def start(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        size = ("-x", str(COLUMNS), "-y", str(ROWS))
        colours = ("set", "-ga", "terminal-overrides", ",*:Tc")
        self._do("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder),
                 "env", "-i", *(f"{key}={value}" for key, value in environ.items()),
                 "TERM=tmux-256color", "COLORTERM=truecolor", *command,
                 ";", *colours)  # fmt: skip

    def keys(self, *keys: str) -> None:
        """Press keys, each by tmux's name for it."""
        self._do("send-keys", *keys)

    def type(self, text: str) -> None:
        self._do("send-keys", "-l", text)

    def screen(self, *, colours: bool = False) -> str:
        return self._do("capture-pane", "-p", *(["-e"] if colours else []))

    def wait(self, words: str, seconds: float = 60.0) -> None:
        self.wait_for(lambda: words in self.screen(), words, seconds)

    def wait_for(self, test: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not test():
            assert time.monotonic() < deadline, f"waited for {what!r}:\n{self.screen()}"
            time.sleep(0.05)

    def end(self) -> None:
        subprocess.run((*self._tmux, "kill-server"), capture_output=True)

    def _do(self, *words: str) -> str:
        run = subprocess.run((*self._tmux, *words), check=True, capture_output=True, text=True)
        return run.stdout

    def picture(self, title: str) -> str:
        """The screen as SVG."""
        console = Console(
            record=True, force_terminal=True, color_system="truecolor", width=COLUMNS,
            file=StringIO(),
        )  # fmt: skip
        console.print(Text.from_ansi(self.screen(colours=True)), no_wrap=True, crop=True)
        svg = console.export_svg(title=title, theme=_THEME, unique_id="terminal")
        # No font from another origin: the reader's own will do.
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
        return svg.replace(
            "font-family: Fira Code, monospace", "font-family: ui-monospace, monospace"
        )


@contextmanager
def terminal(folder: Path) -> Generator[Terminal]:
    """A terminal whose socket lies in `folder`."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Terminal(folder / "tmux")
    try:
        yield made
    finally:
        made.end()
