"""Where Homespun's own files are on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WORKSPACE_FILE = ".homespun.toml"


@dataclass(frozen=True, slots=True)
class Places:
    """The user's settings file, and the folders for what Homespun itself keeps, logs and caches."""

    user_file: Path
    state: Path
    logs: Path
    cache: Path

    @property
    def journal(self) -> Path:
        """The record of changes."""
        return self.state / "journal.db"

    @property
    def log(self) -> Path:
        """The log."""
        return self.logs / "homespun.log"

    @property
    def indexes(self) -> Path:
        """The folder of what is known of workspaces' files, which can be made anew at any time."""
        return self.cache / "index"

    @property
    def consents(self) -> Path:
        """What the user agreed to send where."""
        return self.state / "consents.json"


def of_this_machine() -> Places:
    """The places that the platform wants (XDG folders, `Library`, `AppData`)."""
    import platformdirs

    return Places(
        user_file=platformdirs.user_config_path("homespun", appauthor=False) / "config.toml",
        state=platformdirs.user_state_path("homespun", appauthor=False),
        logs=platformdirs.user_log_path("homespun", appauthor=False),
        cache=platformdirs.user_cache_path("homespun", appauthor=False),
    )
