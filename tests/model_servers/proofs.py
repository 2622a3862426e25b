"""Which tests prove what of which server, and how: the matrix of `docs/model-servers.md`.

A test says so itself: `@pytest.mark.proves("stream", kind="ollama", how="documented")`. Where it
is parametrised with recordings, its kind is that of the recording. Run as a program, it collects
the tests and writes what they prove as JSON: `{"facts": {fact: name}, "proofs": {kind: {fact:
how}}}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

FACTS = {
    "stream": "answers",
    "json": "JSON",
    "window": "real window",
    "refusals": "refusals named",
    "stop": "stops when told",
    "tools": "tools",
}
"""The columns, with what people call them."""

HOW = ("real", "recorded", "documented")
"""Best first."""

RECORDED_KINDS = {
    "litellm": "litellm",
    "llama-cpp-python": "llamacpp_python",
    "llama-server": "llamacpp",
    "mlx-lm": "mlx",
    "transformers": "transformers",
    "vllm": "vllm",
}
"""The kind of server that each folder of recordings is of."""

Proofs = dict[str, dict[str, str]]


def proofs(items: Iterable[pytest.Item]) -> Proofs:
    """The best proof that the tests give of each kind's facts."""
    found: Proofs = {}
    for kind, fact, how in (proof for item in items for proof in _of(item)):
        known = found.setdefault(kind, {})
        if fact not in known or HOW.index(how) < HOW.index(known[fact]):
            known[fact] = how
    return found


def _of(item: pytest.Item) -> Iterator[tuple[str, str, str]]:
    for mark in item.iter_markers("proves"):
        for fact in mark.args:
            if fact not in FACTS or mark.kwargs["how"] not in HOW:
                raise pytest.UsageError(f"{item.nodeid} proves nothing that the matrix knows")
            for kind in [mark.kwargs["kind"]] if "kind" in mark.kwargs else _kinds(item):
                yield kind, fact, mark.kwargs["how"]


def _kinds(item: pytest.Item) -> Sequence[str]:
    """The kinds of the recordings that a test plays."""
    params = item.callspec.params if isinstance(item, pytest.Function) else {}
    names = [str(params[key]) for key in ("name", "server") if key in params]
    return [RECORDED_KINDS[name.split("/")[0]] for name in names]


class _Collector:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.found: Proofs = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.found = proofs(session.items)


def main() -> int:
    """Write the facts, and the proofs of all tests of providers, to standard output."""
    collector, folder = _Collector(), Path(__file__).parents[1] / "providers"
    options = ["--collect-only", "-p", "no:cacheprovider", "-p", "no:terminal", str(folder)]
    if code := pytest.main(options, plugins=[collector]):
        return int(code)
    sys.stdout.write(json.dumps({"facts": FACTS, "proofs": collector.found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
