"""Start: what the editor can do, its folders, and the engine, built once the editor is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types

from homespun.core import uri as uris
from homespun.errors import HomespunError
from homespun.lsp.capabilities import read_client
from homespun.lsp.failures import report
from homespun.lsp.handlers.settings import pull, register

if TYPE_CHECKING:
    from homespun.lsp.server import Server


def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Learn who the editor is and what is open in it; anything slow waits for `initialized`."""
    ls.client = read_client(params)
    ls.documents.encoding = ls.client.encoding
    ls.settings = _options(params.initialization_options)
    for uri, name in _folders(params):
        ls.editor.add_folder(uri, name)
    ls.initialized = True


async def initialized(ls: Server, params: types.InitializedParams) -> None:
    """Fetch the settings and build the engine, so that the first job finds it ready."""
    try:
        await register(ls)
        await pull(ls)
        await ls.engine()
    except HomespunError as error:
        ls.complain(error)
    except Exception as error:
        # The first job tries again, and tells the user.
        report(error)


def install(server: Server) -> None:
    """Serve the start."""
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)


def _options(options: object) -> dict[str, Any]:
    """Settings that came with `initialize`, bare or under our name."""
    if not isinstance(options, Mapping):
        return {}
    plain = cast("Mapping[str, Any]", options)
    own = plain.get("homespun", plain)
    return dict(cast("Mapping[str, Any]", own)) if isinstance(own, Mapping) else {}


def _folders(params: types.InitializeParams) -> list[tuple[str, str]]:
    """The folders by URI and name: as LSP has them now, or in one of its two older ways."""
    if params.workspace_folders:
        return [(folder.uri, folder.name) for folder in params.workspace_folders]
    if params.root_uri:
        return [(params.root_uri, "")]
    if params.root_path:
        return [(uris.from_path(params.root_path, windows="\\" in params.root_path), "")]
    return []
