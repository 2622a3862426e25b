"""Runs the command line, and turns every end of it into an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

import click
from rich.console import Console

from homespun import app
from homespun.cli.session import Session
from homespun.errors import HomespunError

COMMANDS = {
    "config": "Show the settings, where they come from, and their schema.",
    "context": "Show what an edit would send to the model, and where to.",
    "demo": "See an edit from start to undo, in a small project made for it.",
    "doctor": "Check the settings, the model and everything in between.",
    "edit": "Change a file by an instruction.",
    "explain": "Explain a file, or some lines of it.",
    "health": "Show how each model server stands.",
    "history": "List the changes of this workspace.",
    "lsp": "Run the language server on stdio, as editors do.",
    "model": "Keep named model servers, switch, test, and manage Ollama's models.",
    "reapply": "Place a kept reply again, without asking the model.",
    "refactor": "Change many files by one instruction, as one change.",
    "undo": "Take back a change.",
    "usage": "Sum up tokens, time and cost.",
}
"""The commands with their one-line help, here so that `--help` imports none of them."""

INTERRUPTED = 130
"""What shells expect after Ctrl-C: 128 and the signal's number."""


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"homespun.cli.commands.{cmd_name}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="homespun", prog_name="homespun")
def homespun() -> None:
    """Edits from your own model, in any editor and here."""


def run(arguments: Sequence[str], session: Session | None = None) -> int:
    """Run one command; the exit code. `session` is that of this process where none is given."""
    session = session or _session()
    try:
        code = homespun.main(list(arguments), "homespun", standalone_mode=False, obj=session)
    except HomespunError as error:
        return session.report(error)
    except click.ClickException as error:
        error.show(session.err.file)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        session.say("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    return code if isinstance(code, int) else 0


def _session() -> Session:
    for stream in (sys.stdout, sys.stderr):
        _speak_anything(stream)
    return Session(
        open_folder=app.open_folder,
        out=Console(),
        err=Console(stderr=True),
        stdin=sys.stdin,
        environ=os.environ,
        asks=sys.stdin.isatty() and sys.stderr.isatty(),
    )


def _speak_anything(stream: Any) -> None:
    """A letter that the terminal's encoding does not have must not end the command."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _reader_gone() -> int:
    """Whoever read our output has closed it (`| head`); write nothing more, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + 13
