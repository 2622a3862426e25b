"""Makes the README's picture from a real run of the demo: `python docs/images/picture.py`."""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from homespun import app
from homespun.cli.run import run
from homespun.cli.session import Session

_WIDTH = 84
_THEME = TerminalTheme(
    (24, 26, 31),
    (205, 210, 220),
    [
        (24, 26, 31),
        (240, 113, 120),
        (155, 205, 130),
        (230, 190, 110),
        (110, 165, 240),
        (200, 150, 230),
        (90, 200, 205),
        (205, 210, 220),
    ],
)


def picture() -> str:
    """The demo as a terminal shows it, as SVG."""
    # Not interactive: what moves would be recorded frame by frame.
    console = Console(
        record=True,
        force_terminal=True,
        force_interactive=False,
        color_system="truecolor",
        width=_WIDTH,
        file=io.StringIO(),
    )
    session = Session(
        open_folder=app.open_folder,
        out=console,
        err=Console(stderr=True),
        stdin=sys.stdin,
        environ=os.environ,
    )
    if run(["demo"], session) != 0:
        raise SystemExit("The demo failed, so there is no picture of it.")
    svg = console.export_svg(title="homespun demo", theme=_THEME, unique_id="demo")
    # No font from another origin: the reader's own will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("font-family: Fira Code, monospace", "font-family: ui-monospace, monospace")


if __name__ == "__main__":
    Path(__file__).with_name("demo.svg").write_text(picture(), encoding="utf-8")
