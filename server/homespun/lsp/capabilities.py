"""What the editor can do, as it announced it: asked for here, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder, get_capability

from homespun.core.text import Encoding


@dataclass(frozen=True, slots=True)
class Client:
    """One editor's abilities. The defaults are those of an editor that announces nothing.

    `operations` are the file operations that a workspace edit may hold (`create`, `rename`,
    `delete`). `homespun`: it is one of our own clients, or speaks like one.
    """

    name: str = ""
    encoding: Encoding = "utf-16"
    document_changes: bool = False
    operations: frozenset[str] = frozenset()
    progress: bool = False
    show_document: bool = False
    configuration: bool = False
    register_configuration: bool = False
    register_watchers: bool = False
    action_literals: bool = False
    markdown_hover: bool = False
    homespun: bool = False


def read_client(params: types.InitializeParams) -> Client:
    """The abilities that `params`, an `initialize` request, announces."""
    announced = params.capabilities
    edit = get_capability(announced, "workspace.workspace_edit")
    hover = get_capability(announced, "text_document.hover.content_format") or ()
    return Client(
        name=params.client_info.name if params.client_info else "",
        encoding=_encoding(announced),
        document_changes=bool(edit and edit.document_changes),
        operations=frozenset(str(kind.value) for kind in (edit and edit.resource_operations) or ()),
        progress=_has(get_capability(announced, "window.work_done_progress")),
        show_document=_has(get_capability(announced, "window.show_document.support")),
        configuration=_has(get_capability(announced, "workspace.configuration")),
        register_configuration=_has(
            get_capability(announced, "workspace.did_change_configuration.dynamic_registration")
        ),
        register_watchers=_has(
            get_capability(announced, "workspace.did_change_watched_files.dynamic_registration")
        ),
        action_literals=(
            get_capability(announced, "text_document.code_action.code_action_literal_support")
            is not None
        ),
        markdown_hover=types.MarkupKind.Markdown in hover,
        homespun=_speaks_homespun(announced.experimental),
    )


def _has(value: bool | None) -> bool:
    return bool(value)


def _encoding(announced: types.ClientCapabilities) -> Encoding:
    """The client's first choice that we know; the server announces the same one."""
    chosen = ServerCapabilitiesBuilder.choose_position_encoding(announced)
    return cast("Encoding", getattr(chosen, "value", chosen))


def _speaks_homespun(experimental: object) -> bool:
    if not isinstance(experimental, Mapping):
        return False
    return bool(cast("Mapping[str, object]", experimental).get("homespun"))
