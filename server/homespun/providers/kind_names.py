"""The kinds of servers as people write them: `LM-Studio`, `lmstudio` and `lm_studio` are one.

So are a server's id, its title, and what its program or its package is called.
"""

from __future__ import annotations

import re

from homespun.errors import BadSetting
from homespun.providers.kinds import KINDS

_OTHERWISE = {
    "mlxlm": "mlx",
    "llamaserver": "llamacpp",
    "oobabooga": "textgen",
    "kobold": "koboldcpp",
}


def kind_of(name: str) -> str | None:
    """The kind of server that a name in any spelling means; None for none."""
    plain = _plain(name)
    if plain in _OTHERWISE:
        return _OTHERWISE[plain]
    rows = KINDS.values()
    return next((row.id for row in rows if plain in (_plain(row.id), _plain(row.title))), None)


def checked_kind(name: str) -> str:
    """The kind of server that a name means. Raises `BadSetting` that lists the known ones."""
    if found := kind_of(name):
        return found
    known = ", ".join(sorted(one for one in KINDS if one != "scripted"))
    raise BadSetting(f"There is no kind of server called {name!r}.", f"Known: {known}.")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
