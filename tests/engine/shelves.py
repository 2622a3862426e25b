"""A shelf over real settings files and the scripted endpoint, with nothing of this machine's."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from homespun.config.live import LiveSettings
from homespun.config.places import Places
from homespun.config.profiles import Profiles
from homespun.config.schema import Settings
from homespun.engine.models import choose
from homespun.engine.outside import Models
from homespun.engine.shelf import Reach, Shelf
from homespun.providers.base import Endpoint
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import Connector
from homespun.providers.discovery import Found
from homespun.providers.http import Http


@dataclass
class Surroundings:
    """What is around a shelf, and what its user has been asked."""

    live: LiveSettings
    capabilities: Capabilities
    file: Path
    running: list[Found] = field(default_factory=list[Found])
    looks: int = 0
    yes: bool = True
    questions: list[str] = field(default_factory=list[str])

    async def discover(self) -> Sequence[Found]:
        self.looks += 1
        return self.running

    async def confirm(self, question: str, yes: str) -> bool:
        self.questions.append(question)
        return self.yes

    async def choose(self, plan: object) -> None:
        raise AssertionError("nothing is changed here")


@asynccontextmanager
async def shelf(
    tmp_path: Path,
    text: str = "",
    environ: Mapping[str, str] | None = None,
    *,
    may_pull: bool = False,
    is_cloud: bool = False,
) -> AsyncGenerator[tuple[Shelf, Surroundings]]:
    """A shelf whose user's settings file says `text`; `is_cloud`: as if no address were local."""
    file = tmp_path / "config.toml"
    file.write_text(text)
    live = LiveSettings(
        Places(file, tmp_path, tmp_path / "log", tmp_path / "cache"), lambda: [], environ or {}, {}
    )
    http, capabilities = Http(), Capabilities()
    around = Surroundings(live, capabilities, file)

    def chosen(settings: Settings, choice: str | None) -> Endpoint:
        endpoint = choose(settings, environ or {}, choice)
        return replace(endpoint, local=False) if is_cloud else endpoint

    models = Models(
        chosen,
        Connector(http, capabilities).connect,
        http.close,
    )
    reach = Reach(
        http,
        capabilities,
        Profiles(file),
        around.discover,
        lambda endpoint, learned: Connector(http, learned).connect(endpoint),
        may_pull,
    )
    try:
        yield Shelf(live, models, reach), around
    finally:
        await http.close()
