"""mlx_lm.server, real, on the processor, with a model of random weights that never ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model_servers.peers import this_machine
from model_servers.process import ModelServer, free_port, running

ITS_MODEL = "default_model"
"""What it calls the model that it was started with."""


@contextmanager
def mlx_server(folder: Path) -> Iterator[ModelServer]:
    """The server, ready (2 to 6 s) and without a way to download; `folder` takes its log."""
    peers, port = this_machine(), free_port()
    # Without this folder its list of models is a 200 with an empty body.
    (folder / "hub").mkdir(exist_ok=True)
    environment = {**os.environ, "HF_HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    command = [peers.mlx_server(), "--model", peers.tiny_mlx_model(), "--host", "127.0.0.1"]
    command += ["--port", str(port)]
    log = folder / f"mlx-{port}.log"
    with running("mlx_lm.server", command, port, log, environment=environment) as server:
        server.wait_until_ready("/health")
        yield server
