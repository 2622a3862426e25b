"""The composition root: the only place where the classes meet.

What `homespun lsp` needs before it answers `initialize` is imported here by name and nothing more:
the engine and all it stands on comes when the editor is ready.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from homespun.config.live import LiveSettings
    from homespun.config.places import Places
    from homespun.config.schema import Settings
    from homespun.core.nearness import Vector
    from homespun.engine.engine import Engine
    from homespun.engine.nearness import Nearness
    from homespun.engine.outside import Models
    from homespun.engine.ports import Workspace
    from homespun.engine.shelf import Reach
    from homespun.engine.writer import Writer
    from homespun.index.builder import Subject
    from homespun.index.child import Child
    from homespun.index.workspace import WorkspaceIndex
    from homespun.journal.entry import Keeper
    from homespun.providers.base import Endpoint
    from homespun.providers.capabilities import Capabilities
    from homespun.providers.http import Http

_WINDOWS = os.name == "nt"
_PATIENCE = 1.5
"""Seconds that a command waits, once, for the index to be brought up to date."""


def serve() -> int:
    """Serve one editor on standard input and output until it leaves; the exit code."""
    from homespun.lsp.start import run

    return run(
        lambda workspace, settings: build(workspace, os.environ, {}, editor=settings), _writer
    )


@asynccontextmanager
async def open_folder(
    root: str, *, flags: Mapping[str, object], environ: Mapping[str, str]
) -> AsyncGenerator[Engine]:
    """An engine over the folder `root` on disk, for as long as it is entered."""
    from homespun.disk import DiskWorkspace

    engine = build(DiskWorkspace([root]), environ, flags, patience=_PATIENCE)
    try:
        yield engine
    finally:
        await engine.close()


def build_indexes() -> int:
    """Build indexes as standard input orders, until it ends; the exit code."""
    import sys

    from homespun.config.places import of_this_machine
    from homespun.index.child import command
    from homespun.index.worker import work

    return work(sys.stdin.buffer, of_this_machine().indexes, _subject, command("index-helper"))


def build(
    workspace: Workspace,
    environ: Mapping[str, str],
    flags: Mapping[str, object],
    patience: float = 0.0,
    editor: Mapping[str, object] | None = None,
) -> Engine:
    """An engine over `workspace`; `flags` are a layer of settings above all files.

    `patience`: seconds that the first question to the index waits for it to be up to date.
    `editor`: the settings of an editor, whose index is begun at once, while all else is imported;
    any other's waits for a question.
    """
    from homespun.config.places import of_this_machine
    from homespun.index.child import Child, command

    places = of_this_machine()
    child = Child(command("index-worker"), places.indexes, environ)
    if editor is not None:
        child.prepare()

    try:
        live = _live(workspace, places, environ, flags)
        index = _index(workspace, live, places.indexes, child, patience)
        if editor is not None:
            live.configure(editor)
            index.start()
        return _engine(workspace, live, index, places, environ)
    except BaseException:
        child.close()  # Who tries again starts another.
        raise


def _live(
    workspace: Workspace, places: Places, environ: Mapping[str, str], flags: Mapping[str, object]
) -> LiveSettings:
    from homespun.config.live import LiveSettings
    from homespun.config.log import Log

    log = Log(places.log)
    return LiveSettings(
        places,
        lambda: [folder.path for folder in workspace.folders()],
        environ,
        flags,
        heed=lambda settings: log.heed(settings.logging),
    )


def _engine(
    workspace: Workspace,
    live: LiveSettings,
    index: WorkspaceIndex,
    places: Places,
    environ: Mapping[str, str],
) -> Engine:
    from homespun.engine.engine import Engine
    from homespun.engine.paths import Paths
    from homespun.index.syntax import Grammars
    from homespun.journal.formats import FormatRecord
    from homespun.providers.capabilities import Capabilities
    from homespun.providers.http import Http
    from homespun.security.consent import Consents
    from homespun.security.placeholder_key import PlaceholderKey

    withholding = _Withholding(workspace, live)
    http, capabilities = Http(), Capabilities(places.state / "capabilities.json")
    models = _models(http, capabilities, environ, live)
    return Engine(
        workspace,
        Paths(workspace, _WINDOWS),
        live,
        models,
        _journal(places, live),
        withholding,
        Consents(places.consents),
        parse=Grammars().errors,
        formats=FormatRecord(places.state / "formats.json"),
        reach=_reach(http, capabilities, places, environ),
        index=index,
        placeholder_key=PlaceholderKey(places.state / "placeholders.key"),
        nearness=_nearness(http, models, live, places),
    )


class _Withholding:
    """The outward rules for the folders and the settings as they are now."""

    def __init__(self, workspace: Workspace, live: LiveSettings) -> None:
        from homespun.security.ignore import Outward

        self._workspace = workspace
        self._live = live
        self._make = Outward
        self._known: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._outward = Outward([], [])

    def reason(self, path: str) -> str | None:
        """Why the file at this absolute path may not leave; None or "" where it may."""
        now = (
            tuple(folder.path for folder in self._workspace.folders()),
            tuple(self._live.settings().ignore),
        )
        if now != self._known:
            self._known, self._outward = now, self._make(*now)
        return self._outward.reason(path)


def _models(
    http: Http, capabilities: Capabilities, environ: Mapping[str, str], live: LiveSettings
) -> Models:
    from homespun.config.secrets import Secrets
    from homespun.engine.models import choose
    from homespun.engine.outside import Models
    from homespun.providers.connect import Connector
    from homespun.providers.parallel import at_once

    secrets = Secrets()

    def chosen(settings: Settings, choice: str | None) -> Endpoint:
        from_user_file = live.origins().get("model") == "user file"
        origin = "user file" if from_user_file else ""
        return choose(settings, environ, choice, secrets.resolve, origin)

    return Models(
        chosen,
        Connector(http, capabilities).connect,
        http.close,
        lambda endpoint: at_once(http, endpoint),
    )


def _reach(
    http: Http, capabilities: Capabilities, places: Places, environ: Mapping[str, str]
) -> Reach:
    from homespun.config.profiles import Profiles
    from homespun.engine.shelf import Reach
    from homespun.providers.connect import Connector
    from homespun.providers.discovery import discover

    return Reach(
        http,
        capabilities,
        Profiles(places.user_file),
        lambda: discover(http),
        lambda endpoint, learned: Connector(http, learned).connect(endpoint),
        environ.get("LOCAL_LLM_ENABLE_PULL", "").strip().lower() in ("1", "true", "yes", "on"),
    )


def _index(
    workspace: Workspace,
    live: LiveSettings,
    cache: Path,
    child: Child,
    patience: float,
) -> WorkspaceIndex:
    from homespun.index.workspace import Wanted, WorkspaceIndex

    def wanted() -> Wanted:
        settings = live.settings()
        return Wanted(
            tuple(folder.path for folder in workspace.folders()),
            tuple(settings.ignore),
            workspace.unwatched(),
            settings.context.index,
        )

    return WorkspaceIndex(wanted, cache, child, patience)


def _nearness(http: Http, models: Models, live: LiveSettings, places: Places) -> Nearness:
    from homespun.engine.nearness import Nearness
    from homespun.index.vectors import VectorFile
    from homespun.providers.embedding import Embedder

    async def embed(endpoint: Endpoint, texts: Sequence[str]) -> Sequence[Vector]:
        return await Embedder(endpoint, http).embed(texts)

    vectors = VectorFile(places.indexes / "embeddings.db")
    return Nearness(live.settings, models.choose, embed, vectors)


def _subject(folder: str, ignore: Sequence[str]) -> Subject:
    """What of a folder is indexed: what may leave, for nothing else is ever looked for."""
    from homespun.index.builder import Subject
    from homespun.index.scan import limits
    from homespun.security.descent import Descent
    from homespun.security.ignore import Outward

    outward = Outward([folder], ignore)
    bounds = limits(folder, os.path.expanduser("~"))
    return Subject(folder, bounds, Descent(folder, ignore), lambda path: not outward.reason(path))


def _journal(places: Places, live: LiveSettings) -> Keeper:
    from homespun.journal.entry import NoJournal
    from homespun.journal.store import Journal

    return Journal(places.journal) if live.settings().journal.enabled else NoJournal()


def _writer(folders: Sequence[str]) -> Writer:
    from homespun.engine.writer import Writer

    return Writer(folders)
