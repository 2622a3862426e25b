"""Profiles that come and go by an editor's word: kept in the user's settings file."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from homespun.config.profiles import Profile, Profiles
from homespun.engine.outside import Configuration
from homespun.errors import BadSetting
from homespun.providers.address import parse
from homespun.providers.kind_names import checked_kind

# A message to the server may not name a program to run: only the user's own hand writes `command:`.
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|keyring:[\w.@-]+")


class Roster:
    """Adds and removes profiles; a server that runs heeds it at once."""

    def __init__(self, configuration: Configuration, profiles: Profiles) -> None:
        """`configuration` is told where what serves is taken away."""
        self._configuration = configuration
        self._profiles = profiles

    async def add(self, profile: Profile) -> str:
        """Keep a profile, whose type may be in any spelling; the file that it is in now.

        Raises `BadSetting` for a type, address, key or name that cannot be or is taken, and what
        writing the file raises.
        """
        if profile.endpoint:
            parse(profile.endpoint)
        _check_key(profile.api_key)
        checked = replace(profile, type=checked_kind(profile.type))
        await asyncio.to_thread(self._profiles.add, [checked])
        return str(self._profiles.file)

    async def remove(self, name: str) -> bool:
        """Take a profile away, but not its key; whether it served.

        Raises `BadSetting` where there is none of that name, and what writing the file raises.
        """
        serves = self._configuration.settings().model.partition("/")[0] == name
        was_kept = await asyncio.to_thread(self._profiles.remove, name)
        if serves:
            self._configuration.unselect()
        return serves or was_kept


def _check_key(reference: str) -> None:
    """Raises `BadSetting`, which never repeats what may be a key."""
    if reference and not _REFERENCE.fullmatch(reference):
        raise BadSetting(
            "A key is taken only as `env:NAME` or `keyring:NAME`, never itself.",
            "Put it into an environment variable, or: `homespun model add NAME --key`.",
        )
