"""LiteLLM's proxy, real, with two deployments behind one name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from model_servers.peers import this_machine
from model_servers.process import ModelServer, free_port, running

MASTER_KEY = "sk-homespun-tests"
SETTINGS = Template(Path(__file__).with_name("litellm.yaml").read_text())
# It neither fetches prices nor tells anyone that it runs; its web pages take long to load.
QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    "DISABLE_ADMIN_UI": "True",
    "NO_DOCS": "True",
}


@contextmanager
def litellm_proxy(folder: Path, first: ModelServer, second: ModelServer) -> Iterator[ModelServer]:
    """The proxy, ready (5 to 8 s), before two servers that need no key.

    The model `balanced` is either of them, `first` always the first, `dead` none. `folder` takes
    its settings and its log.
    """
    text = SETTINGS.substitute(FIRST=first.address, SECOND=second.address, MASTER_KEY=MASTER_KEY)
    with proxy_by(text, folder) as server:
        yield server


@contextmanager
def proxy_by(settings: str, folder: Path) -> Iterator[ModelServer]:
    """The proxy with these settings, ready; its key is `MASTER_KEY` in the environment as well."""
    port = free_port()
    file = folder / f"litellm-{port}.yaml"
    file.write_text(settings)
    command = [this_machine().litellm(), "--config", file, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--telemetry", "False"]
    log = folder / f"litellm-{port}.log"
    environment = {**os.environ, **QUIET, "LITELLM_MASTER_KEY": MASTER_KEY}
    with running("litellm", command, port, log, key=MASTER_KEY, environment=environment) as server:
        server.wait_until_ready("/health/liveliness")
        yield server
