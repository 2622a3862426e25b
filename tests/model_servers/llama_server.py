"""llama.cpp's server, real, with a model of random weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from model_servers.peers import this_machine
from model_servers.process import ModelServer, free_port, running

ENDLESS = "root ::= [a-z] root"
"""A grammar of letters without an end: only the limit of tokens or a cancel stops the model."""


@dataclass(frozen=True, slots=True)
class Options:
    """How llama-server is run.

    `context` is in tokens and shared by `parallel` slots. `batch` (tokens) bounds how long a
    cancel waits while a prompt is read. `grammar` (GBNF) decides what a chat without a
    `response_format` says: `root ::= "exact text"` makes it say that. `more` goes to the command
    line as it is.
    """

    api_key: str = ""
    parallel: int = 2
    context: int = 16384
    batch: int = 256
    grammar: str = ""
    more: tuple[str, ...] = ()

    def command(self, port: int) -> list[str | Path]:
        """The command line that runs it on this port of loopback."""
        peers = this_machine()
        command = [peers.llama_server(), "--model", peers.tiny_model(), "--alias", "tiny-random"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--offline", "--no-ui"]
        # One thread: on a busy machine more of them wait for each other, tenfold slower.
        command += ["--threads", "1", "--parallel", str(self.parallel)]
        command += ["--ctx-size", str(self.context), "--batch-size", str(self.batch)]
        command += ["--slots", "--metrics"]
        command += ["--api-key", self.api_key] if self.api_key else []
        command += ["--grammar", self.grammar] if self.grammar else []
        return [*command, *self.more]


USUAL = Options()


@contextmanager
def starting_llama_server(folder: Path, options: Options = USUAL) -> Iterator[ModelServer]:
    """A llama-server that may still be loading its model; `folder` takes its log."""
    port = free_port()
    log = folder / f"llama-server-{port}.log"
    command = options.command(port)
    with running("llama-server", command, port, log, key=options.api_key) as server:
        yield server


@contextmanager
def llama_server(folder: Path, options: Options = USUAL) -> Iterator[ModelServer]:
    """A llama-server that is ready to answer; `folder` takes its log."""
    with starting_llama_server(folder, options) as server:
        server.wait_until_ready("/health")
        yield server
