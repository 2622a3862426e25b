"""From `$/cancelRequest` to the closed socket, which is what stops the model.

The endpoint runs in a thread here, so both moments are read from one clock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import contenders
from tests.benchmarks.endpoint import Endpoint, endless
from tests.benchmarks.language_server import LanguageServer, language_server
from tests.benchmarks.measure import Row, Table

_ROUNDS = 31
_PATIENCE = 30.0
_HUMAN_PACE = 1 / 40  # seconds between two tokens


def run() -> Iterator[Table]:
    for title, pause in (("40 tokens a second", _HUMAN_PACE), ("a flat-out stream", 0.0)):
        rows = [_homespun(pause), _bare_pygls(pause)]
        yield Table(f"Cancel: to the closed socket, at {title}", "ms", rows, percentile=True)


def _homespun(pause: float) -> Row:
    with _serving(contenders.HOMESPUN, pause) as (server, endpoint, folder):
        uri = (folder / "a.py").as_uri()
        server.open(uri, "def a():\n    return 1\n")
        params = {"textDocument": {"uri": uri}, "instruction": "Say words."}
        return Row("homespun/edit", _cancelled(server, endpoint, "homespun/edit", params))


def _bare_pygls(pause: float) -> Row:
    with _serving(contenders.BARE_PYGLS, pause) as (server, endpoint, _):
        params = {"address": endpoint.address}
        name = "a bare pygls server that reads httpx' lines"
        return Row(name, _cancelled(server, endpoint, "bare/stream", params))


@contextmanager
def _serving(
    command: contenders.Command, pause: float
) -> Iterator[tuple[LanguageServer, Endpoint, Path]]:
    with TemporaryDirectory() as name, endless(pause) as endpoint:
        folder = Path(name)
        environment = {
            **contenders.own_files(folder),
            "HOMESPUN_MODEL": "llamacpp/bench",
            "LLAMACPP_BASE_URL": endpoint.address,
        }
        with language_server(command, environment) as server:
            server.initialize(folder)
            server.notify("initialized", {})
            yield server, endpoint, folder


def _cancelled(
    server: LanguageServer, endpoint: Endpoint, method: str, params: object
) -> list[float]:
    taken = [_cancel_once(server, endpoint, method, params) for _ in range(_ROUNDS + 1)]
    return taken[1:]


def _cancel_once(server: LanguageServer, endpoint: Endpoint, method: str, params: object) -> float:
    endpoint.streaming.clear()
    endpoint.hung_up.clear()
    number = server.send(method, params)
    if not endpoint.streaming.wait(_PATIENCE):
        raise TimeoutError("the stream has not begun")
    time.sleep(0.2)  # so that it is in full flow
    begun = time.perf_counter()
    server.notify("$/cancelRequest", {"id": number})
    if not endpoint.hung_up.wait(_PATIENCE):
        raise TimeoutError("the socket was not closed")
    answer = server.answer(number)
    assert answer["error"]["code"] == -32800, answer
    return (endpoint.hung_up_at - begun) * 1e3
