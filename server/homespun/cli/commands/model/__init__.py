"""`homespun model`: named model servers, which model serves, and Ollama's models."""

from __future__ import annotations

import click

from homespun.cli.commands.model.importing import import_
from homespun.cli.commands.model.keeping import add, remove
from homespun.cli.commands.model.listing import list_
from homespun.cli.commands.model.ollama import delete, pull
from homespun.cli.commands.model.testing import test
from homespun.cli.commands.model.using import use

__all__ = ["command"]


@click.group("model")
def command() -> None:
    """Keep named model servers, choose which model serves, put it to the test."""


for one in (add, list_, use, remove, test, import_, pull, delete):
    command.add_command(one)
