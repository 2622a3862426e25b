"""What the commands about models share: the user's file, and keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from homespun.cli.session import Session
from homespun.config.places import of_this_machine
from homespun.config.profiles import Profiles
from homespun.config.secrets import Secrets
from homespun.errors import HomespunError


def profiles() -> Profiles:
    """The profiles in the user's settings file."""
    return Profiles(of_this_machine().user_file)


class KeptKeys:
    """Keys that go into the keyring, and out of it again where what they are for fails."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys` by the profile's name."""
        self._keys = keys
        self._secrets = Secrets()
        self._kept: list[str] = []

    def __enter__(self) -> dict[str, str]:
        """Keep them all; their references by the profile's name. Raises `BadSetting`."""
        try:
            return {name: self._keep(name, key) for name, key in self._keys.items()}
        except HomespunError:
            self._forget()
            raise

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Forget them where the rest failed."""
        if error is not None:
            self._forget()

    def _keep(self, name: str, key: str) -> str:
        self._kept.append(name)
        return self._secrets.keep(name, key)

    def _forget(self) -> None:
        for name in self._kept:
            with suppress(HomespunError):
                self._secrets.forget(name)


def variable(name: str) -> str:
    """The variable that a profile's key is looked for in: `WORKSTATION_API_KEY`."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper()) + "_API_KEY"


def tell_choice(session: Session, model: str) -> None:
    """Say which model the user's file names now, and what has more weight than it."""
    session.say(f"{model} serves from now on; running editors notice it.", style="bold")
    if other := session.environ.get("HOMESPUN_MODEL", "").strip():
        session.say(f"HOMESPUN_MODEL is set to {other} and has more weight.", style="yellow")
