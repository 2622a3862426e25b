"""The page on model servers says what the table of servers and the tests say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("model_servers_page", DOCS / "model_servers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(writer: ModuleType):
    written = (DOCS / "model-servers.md").read_text(encoding="utf-8")
    assert written == writer.page(), "run: .venv/bin/python docs/model_servers.py"
