"""The language server: what its parts share, and nothing that they can do themselves."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from homespun import __version__
from homespun.core.actions import PRESETS, Action
from homespun.engine.ports import Workspace
from homespun.errors import NothingToDo
from homespun.lsp.capabilities import Client
from homespun.lsp.documents import Documents
from homespun.lsp.explanations import Explanations
from homespun.lsp.failures import message_for_people, report
from homespun.lsp.handlers import install
from homespun.lsp.jobs import Jobs
from homespun.lsp.pages import Pages
from homespun.lsp.protocol import Protocol, converter
from homespun.lsp.workspace import EditorWorkspace, Writer

if TYPE_CHECKING:
    # At run time it brings pydantic, sqlite3 and more, which nobody waits for at the start.
    from homespun.engine.engine import Engine

    Build = Callable[[Workspace, Mapping[str, Any]], Engine]
    """Makes the engine over a workspace, with the editor's settings; called in a thread."""

_CLOSING = 2.0
"""Seconds that the engine gets to close when the editor leaves."""


class Server(LanguageServer):
    """One editor's server. The engine is built after `initialized`, away from the event loop."""

    def __init__(self, build: Build, writer: Callable[[Sequence[str]], Writer]) -> None:
        """`build` makes the engine, `writer` the guarded writer for folders (absolute paths)."""
        super().__init__(  # pyright: ignore[reportUnknownMemberType] - untyped *args
            "homespun", __version__, protocol_cls=Protocol, converter_factory=converter
        )
        self.connection = cast("Protocol", self.protocol)
        self.client = Client()
        self.initialized = False
        self.documents = Documents(sys.platform)
        self.editor = EditorWorkspace(self, writer)
        self.jobs = Jobs(self)
        self.pages = Pages()
        self.explanations = Explanations()
        self.settings: dict[str, Any] = {}
        self.exit_code: asyncio.Future[int] | None = None
        self._build = build
        self._building: asyncio.Task[Engine] | None = None
        self._engine: Engine | None = None
        self._news: dict[str, None] = {}  # paths that changed while it is built, in order

    async def engine(self) -> Engine:
        """The engine, built when first asked for; a build that failed is tried again."""
        if self._building is None or (self._building.done() and self._engine is None):
            self._building = asyncio.create_task(self._make())
        return await asyncio.shield(self._building)

    def actions(self) -> Sequence[Action]:
        """The code actions to offer: the presets, until the engine knows the user's own."""
        return PRESETS if self._engine is None else self._engine.actions()

    def tell_index(self, uris: Sequence[str]) -> None:
        """Files were made, changed or removed on disk, as far as the editor tells."""
        paths = [path for uri in uris if (path := self.editor.path(uri)) is not None]
        if self._engine is not None:
            self._engine.index.changed(paths)
        elif self._building is not None:
            # The index may have been begun, and have read these files before they changed.
            self._news.update(dict.fromkeys(paths))

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Take over the editor's settings; problems with them are shown, and the rest works."""
        self.settings = dict(settings)
        if self._engine is not None:
            self._apply_settings(self._engine)

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def complain(self, error: BaseException) -> None:
        """Show the user what went wrong, and what to do next."""
        self.say(message_for_people(error), types.MessageType.Error)

    async def show_document(self, uri: str) -> bool:
        """Open `uri` in the editor; whether it did, False where it can't."""
        if not self.client.show_document:
            return False
        try:
            params = types.ShowDocumentParams(uri, take_focus=True)
            return bool((await self.window_show_document_async(params)).success)
        except JsonRpcException:
            return False

    async def show_page(self, name: str, text: str) -> bool:
        """Show `text` as a document of its own; False where the editor can't."""
        if not self.client.show_document:
            return False
        return await self.show_document(self.pages.write(name, text))

    async def ask_instruction(self, title: str) -> str:
        """What the user wants done, typed into an input box. Raises `NothingToDo` for nothing."""
        if not self.client.homespun:
            raise NothingToDo(
                "There is no instruction.",
                "Write it as a comment that starts with `homespun:` and run the action on it.",
            )
        answer = await self.connection.send_request_async("homespun/input", {"title": title})
        typed = cast("dict[str, Any]", answer).get("text") if isinstance(answer, dict) else answer
        if not isinstance(typed, str) or not typed.strip():
            raise NothingToDo("Nothing was typed, so nothing is done.")
        return typed.strip()

    async def close(self) -> None:
        """End all jobs, then the engine; bounded in time, for the editor waits for it."""
        await self.jobs.close()
        self.pages.close()
        if self._engine is None:
            return
        engine, self._engine = self._engine, None
        try:
            async with asyncio.timeout(_CLOSING):
                await engine.close()
        except Exception as error:
            # Nothing depends on it: the editor leaves all the same.
            report(error)

    def leave(self, code: int) -> None:
        """End the process with `code`, once the message at hand is done."""
        if self.exit_code is not None and not self.exit_code.done():
            self.exit_code.set_result(code)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log it: pygls would show the user its own words."""
        report(error)

    async def _make(self) -> Engine:
        engine = await asyncio.to_thread(self._build, self.editor, self.settings)
        self._engine = engine
        self._apply_settings(engine)
        # Folders and settings may have changed since the build began.
        await asyncio.to_thread(engine.index.start)
        news, self._news = list(self._news), {}
        await asyncio.to_thread(engine.index.changed, news)
        return engine

    def _apply_settings(self, engine: Engine) -> None:
        for problem in engine.configure(self.settings):
            self.say(f"Homespun: {problem}", types.MessageType.Warning)


def create(build: Build, writer: Callable[[Sequence[str]], Writer]) -> Server:
    """A server with all its handlers; `build` is called once, after the editor is ready."""
    # At INFO it logs every message: that is the user's code.
    logging.getLogger("pygls").setLevel(logging.WARNING)
    server = Server(build, writer)
    install(server)
    return server
