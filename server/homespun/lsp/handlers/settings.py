"""The editor's settings, section `homespun`: pulled where it can be asked, taken where it sends."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_log = logging.getLogger(__name__)
_SECTION = "homespun"
_WATCHED = "**/*"
"""All files: the settings among them, and what the index is made of."""


async def pull(ls: Server) -> None:
    """Ask for the settings; those that came with `initialize` stay where it says nothing."""
    if not ls.client.configuration:
        return
    params = types.ConfigurationParams([types.ConfigurationItem(section=_SECTION)])
    try:
        answer = await ls.workspace_configuration_async(params)
    except JsonRpcException as error:
        _log.warning("The editor gave no settings (error %d).", error.code)
        return
    _take(ls, answer[0] if answer else None)


async def register(ls: Server) -> None:
    """Ask to be told of settings and of files on disk, where that must be asked for."""
    wanted: list[types.Registration] = []
    if ls.client.register_configuration:
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        options = types.DidChangeConfigurationRegistrationOptions(section=_SECTION)
        wanted.append(types.Registration("homespun-settings", method, options))
    if ls.client.register_watchers:
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        watchers = [types.FileSystemWatcher(_WATCHED)]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        wanted.append(types.Registration("homespun-files", method, options))
    if not wanted:
        return
    try:
        await ls.client_register_capability_async(types.RegistrationParams(wanted))
    except JsonRpcException as error:
        _log.warning("The editor tells no news of settings or files (error %d).", error.code)


async def changed(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    """Take what was sent, or ask: clients that can be asked often send nothing."""
    if ls.client.configuration:
        await pull(ls)
        return
    sent: object = params.settings
    if isinstance(sent, Mapping):
        _take(ls, cast("Mapping[str, Any]", sent).get(_SECTION))


def install(server: Server) -> None:
    """Serve changes of settings."""
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(changed)


def _take(ls: Server, section: object) -> None:
    if isinstance(section, Mapping):
        ls.configure({**ls.settings, **cast("Mapping[str, Any]", section)})
