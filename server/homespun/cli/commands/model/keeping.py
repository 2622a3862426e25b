"""`homespun model add` and `remove`."""

from __future__ import annotations

import json
import os
import shlex
from contextlib import suppress

import click

from homespun.cli.commands.model import shared
from homespun.cli.commands.model.using import switch
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.config.profiles import Profile
from homespun.config.secrets import COMMAND, KEYRING, Secrets
from homespun.errors import HomespunError, InputError
from homespun.providers.address import parse
from homespun.providers.kind_names import checked_kind


@click.command("add")
@click.argument("name")
@click.option("--type", "type_", required=True, help="The kind of server, such as `ollama`.")
@click.option("--endpoint", default="", help="Its address; left out, the usual one of its type.")
@click.option("--model", "models", multiple=True, help="A model it serves; may be repeated.")
@click.option("--key-env", metavar="VARIABLE", help="Its key is in this environment variable.")
@click.option("--key-command", metavar="COMMAND", help="This program prints its key.")
@click.option("--key", "ask_key", is_flag=True, help="Ask for its key, for the system's keyring.")
@click.option("--use", "used", is_flag=True, help="Let it serve from now on, if it answers.")
@json_option
@click.pass_obj
def add(
    session: Session,
    name: str,
    type_: str,
    endpoint: str,
    models: tuple[str, ...],
    key_env: str | None,
    key_command: str | None,
    ask_key: bool,
    used: bool,
) -> int:
    """Keep a model server under NAME in your settings file.

    The key itself is never written there. With `--key` it is read from the terminal, or from
    standard input.
    """
    if used and not models:
        raise InputError("Nothing says which model is to serve.", "Name it with --model.")
    if endpoint:
        parse(endpoint)
    reference = _reference(key_env, key_command)
    keys = {name: _read_key(session)} if ask_key else {}
    with shared.KeptKeys(keys) as kept:
        profile = Profile(name, checked_kind(type_), endpoint, kept.get(name, reference), models)
        shared.profiles().add([profile], "")
    session.say(f"{name} is kept in {shared.profiles().file}.", style="bold")
    if used:
        return switch(session, f"{name}/{models[0]}")
    if session.as_json:
        session.write_json({"added": name, "table": profile.table()})
    else:
        session.say(f"To let it serve: homespun model use {name}")
    return 0


@click.command("remove")
@click.argument("name")
@json_option
@click.pass_obj
def remove(session: Session, name: str) -> int:
    """Take the model server NAME out of your settings file, and its key out of the keyring."""
    profiles = shared.profiles()
    reference = _kept_reference(name)
    served = profiles.remove(name)
    if reference.startswith(KEYRING):
        with suppress(HomespunError):
            Secrets().forget(reference.removeprefix(KEYRING))
    if session.as_json:
        session.write_json({"removed": name, "served": served})
        return 0
    session.say(f"{printable(name)} is gone from {profiles.file}.", style="bold")
    if served:
        session.say("It served, so no model is set now: homespun model use NAME", style="yellow")
    return 0


def _reference(variable: str | None, command: str | None) -> str:
    if variable and command:
        raise InputError("A key comes from one place.", "Give --key-env or --key-command.")
    if command:
        return COMMAND + json.dumps(shlex.split(command, posix=os.name != "nt"))
    return f"env:{variable}" if variable else ""


def _read_key(session: Session) -> str:
    """The key, typed without being shown, or the first line of standard input."""
    if session.asks:
        key = str(click.prompt("Key", hide_input=True, err=True))
    else:
        key = session.stdin.readline()
    if not key.strip():
        raise InputError("No key was given.", "Type it, or pipe it into this command.")
    return key.strip()


def _kept_reference(name: str) -> str:
    from homespun.config.layers import load

    own = load(user_file=shared.profiles().file).settings.providers.get(name)
    return own.api_key.get_secret_value() if own else ""
