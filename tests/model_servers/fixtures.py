"""The real servers as fixtures: one of each a session, started when first asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from model_servers.litellm_proxy import litellm_proxy
from model_servers.llama_server import Options, llama_server
from model_servers.mlx_server import mlx_server
from model_servers.process import ModelServer


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """A llama-server that needs no key: two slots, 16,384 tokens of context."""
    with llama_server(tmp_path_factory.mktemp("llama")) as server:
        yield server


@pytest.fixture(scope="session")
def litellm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """LiteLLM's proxy before two llama-servers that say `first` and `second`."""
    folder = tmp_path_factory.mktemp("litellm")
    with (
        llama_server(folder, Options(grammar='root ::= "first"')) as first,
        llama_server(folder, Options(grammar='root ::= "second"')) as second,
        litellm_proxy(folder, first, second) as proxy,
    ):
        yield proxy


@pytest.fixture(scope="session")
def mlx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """An mlx_lm.server whose model never ends its answer."""
    with mlx_server(tmp_path_factory.mktemp("mlx")) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the servers' logs with a test that failed."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for server in item.funcargs.values():
            if isinstance(server, ModelServer):
                report.sections.append((f"log of {server.name}", server.log_tail()))
    return report
