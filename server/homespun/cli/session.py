"""One run of the command line: where it reads and writes, and how it gets an engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeVar

from rich.console import Console

from homespun.cli.safe import printable
from homespun.errors import HomespunError

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

T = TypeVar("T")


class OpenFolder(Protocol):
    """`app.open_folder`: an engine over a folder on disk, for as long as it is entered."""

    def __call__(
        self, root: str, *, flags: Mapping[str, object], environ: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Engine]:
        """`flags` are a layer of settings above all files."""
        ...


@dataclass
class Session:
    """What every command is given. Results go to `out`, everything said to people to `err`."""

    open_folder: OpenFolder
    out: Console
    err: Console
    stdin: TextIO
    environ: Mapping[str, str]
    asks: bool = False
    """Whether there is a person at a terminal who can be asked."""
    as_json: bool = False
    """Whether the result is wanted as one JSON object."""

    def run(
        self, root: Path, work: Callable[[Engine], Coroutine[Any, Any, T]], **flags: object
    ) -> T:
        """Do `work` with an engine over the folder `root`; Ctrl-C cancels it and its model.

        What is wrong with the settings is said first.
        """

        async def warned(engine: Engine) -> T:
            self._warn(engine)
            return await work(engine)

        return self.run_unwarned(root, warned, **flags)

    def run_unwarned(
        self, root: Path, work: Callable[[Engine], Coroutine[Any, Any, T]], **flags: object
    ) -> T:
        """The same for `work` that tells of the settings itself."""
        given = {name: value for name, value in flags.items() if value is not None}

        async def opened() -> T:
            async with self.open_folder(str(root), flags=given, environ=self.environ) as engine:
                return await work(engine)

        return asyncio.run(opened())

    def _warn(self, engine: Engine) -> None:
        # No editor's settings are taken away by this: the command line has none.
        for problem in engine.configure({}):
            self.say(f"settings: {printable(problem)}", style="yellow")

    def write(self, text: str) -> None:
        """Put `text` on `out` as it is: not wrapped, not coloured, nothing added."""
        self.out.file.write(text)
        self.out.file.flush()

    def write_json(self, result: Mapping[str, Any]) -> None:
        """Put the result on `out` as one JSON object."""
        self.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")

    def report(self, error: HomespunError) -> int:
        """Tell what went wrong; the exit code."""
        if self.as_json:
            told = {"code": error.code, "message": error.message, "hint": error.hint}
            self.write_json({"error": told})
        self.say(error.message, style="bold red")
        if error.hint:
            self.say(error.hint)
        return error.exit_code

    def say(self, message: str, style: str = "") -> None:
        """Tell people something, on `err`."""
        self.err.print(message, style=style or None, markup=False, highlight=False, soft_wrap=True)
