"""`homespun config`: the settings, where they come from, and their schema."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from homespun.cli.files import root_of
from homespun.cli.options import folder_option, json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.config.layers import Loaded, load
from homespun.config.places import WORKSPACE_FILE, of_this_machine
from homespun.config.show import Shown, json_schema, shown
from homespun.errors import BadSetting


@click.group("config")
def command() -> None:
    """Show the settings, where they come from, and their schema."""


@command.command("show")
@click.option("--all", "everything", is_flag=True, help="The defaults too.")
@folder_option
@json_option
@click.pass_obj
def show(session: Session, folder: Path | None, everything: bool) -> int:
    """Show each setting with the layer that it comes from; keys stay hidden."""
    root = root_of(folder)
    loaded = load(user_file=of_this_machine().user_file, folders=[root], environ=session.environ)
    wanted = [one for one in shown(loaded) if everything or one.layer != "default"]
    if session.as_json:
        session.write_json(_as_data(wanted, loaded))
    elif session.out.is_terminal:
        session.out.print(_table(wanted))
    else:
        session.write("".join(f"{one.key} = {_toml(one.value)}  # {one.layer}\n" for one in wanted))
    return _report_problems(session, loaded)


@command.command("path")
@json_option
@click.pass_obj
def path(session: Session) -> int:
    """Print where the user's settings file is, or would be; with --json the log's place too."""
    places = of_this_machine()
    file = str(places.user_file)
    if session.as_json:
        log = str(places.log)
        session.write_json({"path": file, "workspaceFile": WORKSPACE_FILE, "log": log})
    else:
        session.write(f"{file}\n")
    return 0


@command.command("schema")
@click.pass_obj
def schema(session: Session) -> int:
    """Print the JSON schema of a settings file, for editors that complete and check TOML."""
    session.write_json(json_schema())
    return 0


def _as_data(wanted: list[Shown], loaded: Loaded) -> dict[str, object]:
    return {
        "settings": [{"key": one.key, "value": one.value, "layer": one.layer} for one in wanted],
        "problems": [
            {"file": problem.file, "key": problem.key, "reason": problem.reason}
            for problem in loaded.problems
        ],
    }


def _table(wanted: list[Shown]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("setting", "value", "from"):
        table.add_column(name, overflow="fold")
    for one in wanted:
        table.add_row(one.key, Text(printable(_toml(one.value))), Text(one.layer, style="dim"))
    return table


def _toml(value: object) -> str:
    """As it would stand in a settings file; there JSON and TOML write the same."""
    return json.dumps(value, ensure_ascii=False)


def _report_problems(session: Session, loaded: Loaded) -> int:
    """Say what was dropped; the exit code."""
    for problem in loaded.problems:
        where = f"{problem.file}: {problem.key}" if problem.key else problem.file
        session.say(printable(f"{where}: {problem.reason}"), style="red")
    return BadSetting.exit_code if loaded.problems else 0
