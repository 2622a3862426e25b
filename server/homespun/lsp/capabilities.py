"""What the editor can do, as it announced it, and what the server offers it in return.

Both are plain JSON on purpose: turning `initialize` into lsprotocol's objects and back takes 30 ms
of the time in which the editor waits for its first answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from homespun.core.text import Encoding

_ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
_INCREMENTAL = 2
"""LSP's `TextDocumentSyncKind.Incremental`."""
_ALL_FILES = {"filters": [{"scheme": "file", "pattern": {"glob": "**/*"}}]}


@dataclass(frozen=True, slots=True)
class Client:
    """One editor's abilities. The defaults are those of an editor that announces nothing.

    `operations` are the file operations that a workspace edit may hold (`create`, `rename`,
    `delete`). `homespun`: it is one of our own clients, or speaks like one; then `review`: it shows
    plans and decides on them, `save`: it saves files when asked to, `survey`: it lets the user
    choose the files of a refactor, `refactors`: it lists those that were left, to go on with.
    """

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
    review: bool = False
    save: bool = False
    survey: bool = False
    refactors: bool = False


def read_client(announced: object) -> Client:
    """The abilities in `announced`, the `capabilities` of an `initialize` request."""
    return Client(
        encoding=_encoding(_strings(_get(announced, "general.positionEncodings"))),
        document_changes=_has(announced, "workspace.workspaceEdit.documentChanges"),
        operations=frozenset(
            _strings(_get(announced, "workspace.workspaceEdit.resourceOperations"))
        ),
        progress=_has(announced, "window.workDoneProgress"),
        show_document=_has(announced, "window.showDocument.support"),
        configuration=_has(announced, "workspace.configuration"),
        register_configuration=_has(
            announced, "workspace.didChangeConfiguration.dynamicRegistration"
        ),
        register_watchers=_has(announced, "workspace.didChangeWatchedFiles.dynamicRegistration"),
        action_literals=_get(announced, "textDocument.codeAction.codeActionLiteralSupport")
        is not None,
        markdown_hover="markdown" in _strings(_get(announced, "textDocument.hover.contentFormat")),
        homespun=_has(announced, "experimental.homespun"),
        review=_does(announced, "review"),
        save=_does(announced, "save"),
        survey=_does(announced, "survey"),
        refactors=_does(announced, "refactors"),
    )


def offered(encoding: Encoding, commands: Sequence[str], kinds: Sequence[str]) -> dict[str, Any]:
    """The server's own capabilities; `kinds` are those of its code actions."""
    return {
        "positionEncoding": encoding,
        "textDocumentSync": {"openClose": True, "change": _INCREMENTAL, "save": True},
        "codeActionProvider": {"codeActionKinds": list(kinds)},
        "hoverProvider": True,
        "executeCommandProvider": {"commands": list(commands)},
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": {
                "didCreate": _ALL_FILES,
                "didRename": _ALL_FILES,
                "didDelete": _ALL_FILES,
            },
        },
    }


def _get(plain: object, path: str) -> object:
    for key in path.split("."):
        if not isinstance(plain, Mapping):
            return None
        plain = cast("Mapping[str, object]", plain).get(key)
    return plain


def _has(plain: object, path: str) -> bool:
    return bool(_get(plain, path))


def _does(announced: object, ability: str) -> bool:
    """Whether a client of ours has this ability; a bare `true` names all of them."""
    own = _get(announced, "experimental.homespun")
    return own is True or _has(own, ability)


def _strings(plain: object) -> tuple[str, ...]:
    if not isinstance(plain, list):
        return ()
    return tuple(one for one in cast("list[object]", plain) if isinstance(one, str))


def _encoding(wanted: Sequence[str]) -> Encoding:
    """The client's first choice that we know: Neovim's utf-8, Emacs' utf-32, else utf-16."""
    for name in wanted:
        for known in _ENCODINGS:
            if name == known:
                return known
    return "utf-16"
