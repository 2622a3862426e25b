"""What a file of another tool was found to hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from homespun.config.profiles import Profile
from homespun.errors import BadSetting

_SHOWN = 8
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+))")
_REFERENCE = re.compile(r"(?:env|keyring):[\w.-]+")


@dataclass(frozen=True, slots=True)
class Imported:
    """Profiles without their keys; `keys` holds those that stood in the file, by profile.

    `model` is the one that the file wants to serve. `notes` say what was left alone.
    """

    profiles: tuple[Profile, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    model: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What an importer must know of the kinds of servers.

    `type_of` gives the kind that a name in any spelling means, None for none. `prefixes` are the
    variables' prefixes (`OLLAMA` for `OLLAMA_BASE_URL`) with their kinds.
    """

    type_of: Callable[[str], str | None]
    prefixes: Mapping[str, str]

    def refusal(self, file: str, problems: Sequence[str]) -> BadSetting:
        """The error for a file of which nothing is imported."""
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        return BadSetting(
            f"Nothing was imported from {file}: {'; '.join(problems[:_SHOWN])}{more}.",
            "Mend the file; docs/models.md says what is understood.",
        )


def reference(written: str) -> str:
    """The reference that a key as written is (`${NAME}`, `env:NAME`); "" for a key itself."""
    if found := _VARIABLE.fullmatch(written):
        return f"env:{found['braced'] or found['bare']}"
    return written if _REFERENCE.fullmatch(written) else ""
