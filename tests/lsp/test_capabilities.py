"""What is read out of what clients announce, garbage included."""

import pytest

from homespun.lsp.capabilities import Client, read_client
from lsp.editor import capabilities

FILES = frozenset({"create", "rename", "delete"})


@pytest.mark.parametrize(
    ("name", "encoding", "document_changes", "operations", "configuration"),
    [
        ("vscode_1.139.1_languageclient_11", "utf-16", True, FILES, True),
        ("neovim_0.11.4", "utf-8", False, FILES, True),
        ("neovim_0.12.4", "utf-8", False, FILES, True),
        ("emacs_30.1_eglot_1.17", "utf-32", True, frozenset(), True),
        ("helix_25.07", "utf-8", True, FILES, True),
        ("vim_9.0_ale_3.3", "utf-16", False, frozenset(), False),
    ],
)
def test_real_clients(
    name: str, encoding: str, document_changes: bool, operations: frozenset[str],
    configuration: bool,
) -> None:  # fmt: skip
    client = read_client(capabilities(name))
    assert client.encoding == encoding
    assert client.document_changes == document_changes
    assert client.operations == operations
    assert client.configuration == configuration
    assert client.action_literals and not client.homespun


@pytest.mark.parametrize(
    "announced",
    [None, {}, [], {"general": None}, {"general": {"positionEncodings": "utf-8"}},
     {"workspace": {"workspaceEdit": {"resourceOperations": [1, None]}}},
     {"general": {"positionEncodings": ["ebcdic"]}, "experimental": True}],
)  # fmt: skip
def test_what_is_not_understood_counts_as_not_announced(announced: object) -> None:
    assert read_client(announced) == Client()


def test_our_own_clients_say_so() -> None:
    assert read_client({"experimental": {"homespun": True}}).homespun
