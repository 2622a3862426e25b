"""Start: what the editor can do, its folders, and the engine, built once the editor is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types

from homespun.core import uri as uris
from homespun.errors import HomespunError
from homespun.lsp.capabilities import offered, read_client
from homespun.lsp.failures import report
from homespun.lsp.handlers import code_action, review, settings

if TYPE_CHECKING:
    from homespun.lsp.server import Server


def initialize(ls: Server, params: Mapping[str, Any]) -> dict[str, Any]:
    """Learn who the editor is and what is open in it; anything slow waits for `initialized`.

    `params` and the result are plain JSON, see `capabilities`.
    """
    ls.client = read_client(params.get("capabilities"))
    ls.documents.encoding = ls.client.encoding
    ls.settings = _options(params.get("initializationOptions"))
    for uri, name in _folders(params):
        ls.editor.add_folder(uri, name)
    ls.initialized = True
    capabilities = offered(ls.client.encoding, tuple(ls.connection.commands), code_action.KINDS)
    return {
        "capabilities": capabilities,
        "serverInfo": {"name": ls.name, "version": ls.version},
    }


async def initialized(ls: Server, params: types.InitializedParams) -> None:
    """Fetch the settings and build the engine, so that the first job finds it ready."""
    try:
        await settings.register(ls)
        await settings.pull(ls)
        await ls.engine()
        await review.offer(ls)
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


def _folders(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The folders by URI and name: as LSP has them now, or in one of its two older ways."""
    if folders := params.get("workspaceFolders"):
        return [(folder["uri"], folder["name"]) for folder in folders]
    if root := params.get("rootUri"):
        return [(root, "")]
    if path := params.get("rootPath"):
        return [(uris.from_path(path, windows="\\" in path), "")]
    return []
