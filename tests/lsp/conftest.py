"""The scripted server in this process, for what needs no process of its own."""

import pytest

from homespun.lsp.server import Server, create
from lsp.scripted_server import PlainWriter, ScriptedEngine


@pytest.fixture
def server() -> Server:
    return create(ScriptedEngine, lambda _: PlainWriter())
