"""`homespun model import`: model servers as other tools describe them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from homespun.cli.commands.model import shared
from homespun.cli.options import json_option
from homespun.cli.safe import printable
from homespun.cli.session import Session
from homespun.config.files import Unusable, read_bytes
from homespun.config.importing import Imported, Known, read
from homespun.config.profiles import Profile
from homespun.errors import BadSetting
from homespun.providers.kind_names import kind_of
from homespun.providers.kinds import KINDS


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    type=click.Choice(["keyring", "env"]),
    default="keyring",
    show_default=True,
    help="Where the file's keys go: the system's keyring, or variables that you set yourself.",
)
@json_option
@click.pass_obj
def import_(session: Session, file: Path, keys: str) -> int:
    """Add the model servers in FILE: a HelixCode-style YAML (or JSON) file, or a `.env` file.

    All of them, or none where anything in it is not understood. No key is written to your settings
    file.
    """
    found = _read(file)
    with shared.KeptKeys(found.keys if keys == "keyring" else dict[str, str]()) as kept:
        added = [_with_key(profile, found, kept) for profile in found.profiles]
        shared.profiles().add(added, found.model)
    _tell(session, added, found, keys)
    return 0


def _read(file: Path) -> Imported:
    prefixes = {kind.env: kind.id for kind in KINDS.values() if kind.id != "scripted"}
    try:
        data = read_bytes(file)
    except (OSError, Unusable) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadSetting(f"{file} cannot be read: {reason}.", "Check its name.") from error
    return read(file.name, data, Known(kind_of, prefixes))


def _with_key(profile: Profile, found: Imported, kept: dict[str, str]) -> Profile:
    if profile.name not in found.keys:
        return profile
    in_variable = f"env:{shared.variable(profile.name)}"
    return replace(profile, api_key=kept.get(profile.name, in_variable))


def _tell(session: Session, added: list[Profile], found: Imported, keys: str) -> None:
    variables = [shared.variable(name) for name in found.keys] if keys == "env" else []
    if session.as_json:
        names = [profile.name for profile in added]
        told = {"added": names, "model": found.model, "setThese": variables}
        session.write_json({**told, "notes": list(found.notes)})
        return
    for profile in added:
        session.say(f"{profile.name}: {profile.type} {printable(profile.endpoint)}".rstrip())
    for note in found.notes:
        session.say(printable(note), style="dim")
    if variables:
        session.say(f"Set these variables to the keys: {', '.join(variables)}", style="yellow")
    session.say(f"Kept in {shared.profiles().file}.", style="bold")
    if found.model:
        shared.tell_choice(session, printable(found.model))
