"""The engine over a folder on disk, with the index that servers have and a model over HTTP."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from engine.world import FixedConfiguration
from homespun.config.profiles import Profiles
from homespun.config.schema import Settings
from homespun.disk import DiskWorkspace
from homespun.engine.engine import Engine
from homespun.engine.outside import Models
from homespun.engine.paths import Paths
from homespun.engine.shelf import Reach
from homespun.index.child import Child, command
from homespun.index.syntax import Grammars
from homespun.index.workspace import Wanted, WorkspaceIndex
from homespun.journal.store import Journal
from homespun.providers import parallel
from homespun.providers.base import Endpoint, Provider
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import Connector
from homespun.providers.discovery import Found
from homespun.providers.http import Http
from homespun.security.consent import Consents
from homespun.security.ignore import Outward


def local(address: str, kind: str = "vllm", name: str = "") -> Endpoint:
    """The endpoint of a model on this machine."""
    name = name or kind
    return Endpoint(
        kind=kind, name=name, base_url=address, model="scripted", local=True, max_retries=0
    )


def engine_at(root: Path, endpoint: Endpoint, at_once: int = 4, longest: int = 8192) -> Engine:
    """The engine over `root`, one file to a request; what it keeps lies beside that folder."""
    workspace = DiskWorkspace([str(root)])
    state = root.parent / "state"
    http, capabilities = Http(), Capabilities()
    connect = Connector(http, capabilities).connect

    def connect_with(endpoint: Endpoint, learned: Capabilities) -> Provider:
        return Connector(http, learned).connect(endpoint)

    settings = {
        "edit_format": "hunks",
        "generation": {"max_output_tokens": longest},
        "refactor": {"files_in_a_request": 1, "at_once": at_once},
    }
    return Engine(
        workspace,
        Paths(workspace, windows=False),
        FixedConfiguration(Settings.model_validate(settings)),
        Models(
            lambda _, __: endpoint,
            connect,
            http.close,
            lambda one: parallel.at_once(http, one),
        ),
        Journal(state / "journal.db"),
        Outward([str(root)], []),
        Consents(state / "consents.json"),
        parse=Grammars().errors,
        reach=Reach(http, capabilities, Profiles(state / "config.toml"), _nobody, connect_with),
        index=index_of(root),
    )


def index_of(root: Path) -> WorkspaceIndex:
    """The index of `root`, built by a process of its own, as for the command line."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(root.parent / "cache")}
    cache = root.parent / "cache" / "homespun" / "index"
    wanted = Wanted((str(root),), (), watch=False)
    return WorkspaceIndex(lambda: wanted, cache, Child(command("index-worker"), cache, environ))


async def _nobody() -> Sequence[Found]:
    return ()
