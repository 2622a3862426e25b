"""What works and what does not, each with the next step: for `homespun doctor` and editors."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict

from homespun import __version__
from homespun.config.schema import Settings
from homespun.core.counting import counted
from homespun.core.prompt import Message
from homespun.core.symbols import IndexState
from homespun.engine.health import Health
from homespun.engine.keeping import Keeping
from homespun.engine.nearness import Nearness
from homespun.engine.outside import Configuration, Models
from homespun.engine.ports import Check
from homespun.engine.search import Index
from homespun.errors import HomespunError, NoModel
from homespun.providers.base import Endpoint, Provider, Request
from homespun.providers.discovery import Found, discover


async def examine(
    configuration: Configuration,
    models: Models,
    keeping: Keeping,
    health: Health,
    index: Index,
    nearness: Nearness | None = None,
) -> AsyncIterator[Check]:
    """Each check as it is done; what depends on a failed one is left out."""
    yield Check("homespun", "ok", f"{__version__} on Python {platform.python_version()}")
    problems = configuration.problems()
    yield Check(
        "settings",
        "warning" if problems else "ok",
        "; ".join(problems) or "all understood",
        "`homespun config show` tells where each value comes from." if problems else "",
    )
    yield await _journal(keeping)
    yield Check("log", "ok", configuration.log)
    await index.words(())  # As a first question, it gives a command's index a moment to be made.
    yield _index(await index.state())
    embeddings = await nearness.check() if nearness is not None else None
    if embeddings is not None:
        yield embeddings
    endpoint = _chosen(configuration.settings(), models)
    if isinstance(endpoint, NoModel):
        yield Check("model", "error", endpoint.message, endpoint.hint)
        yield _running(await discover())
        return
    where = "local" if endpoint.local else "cloud"
    yield Check("model", "ok", f"{endpoint.name}/{endpoint.model} at {endpoint.base_url} ({where})")
    if endpoint.exposes_key:
        yield Check(
            "key",
            "warning",
            f"the key of {endpoint.name} travels by plain http, for all in between to read",
            "Use an https address, or a tunnel such as `ssh -L`.",
        )
    for check in await health.checks():
        yield check
    provider = models.connect(endpoint)
    yield await _answer(provider)
    yield await _window(provider)


def _chosen(settings: Settings, models: Models) -> Endpoint | NoModel:
    try:
        return models.choose(settings, None)
    except NoModel as none:
        return none
    except HomespunError as error:
        return NoModel(error.message, error.hint)


async def _journal(keeping: Keeping) -> Check:
    try:
        torn = await keeping.interrupted(None)
    except HomespunError as error:
        return Check("journal", "error", error.message, error.hint)
    if torn is not None:
        return Check(
            "journal",
            "warning",
            f"change {torn.change_id} was interrupted in its midst: {', '.join(torn.files)}",
            f"Look at these files; the journal ({keeping.where}) has their text before.",
        )
    return Check("journal", "ok", keeping.where)


def _index(state: IndexState) -> Check:
    """What of the workspace is searchable; a part that is still to come is nothing wrong."""
    details = asdict(state)
    if state.problem:
        return Check("index", "warning", f"none: {state.problem}", details=details)
    ready = "words and symbols" if state.symbols else "words" if state.words else "not all yet"
    reasons = Counter(one.reason for one in state.skipped).most_common(3)
    skipped = f"; {state.skipped_count} skipped" if state.skipped_count else ""
    why = f" ({'; '.join(reason for reason, _ in reasons)})" if reasons else ""
    found = f"{counted(state.files, 'file')}, {ready}, {state.size / 1e6:.1f} MB at {state.place}"
    return Check("index", "ok", f"{found}{skipped}{why}", details=details)


async def _answer(provider: Provider) -> Check:
    """Ask for a word: it shows connection, key, model and speed at once."""
    began = time.monotonic()
    request = Request((Message("user", "Answer with the word: ready"),), max_tokens=16)
    try:
        async with aclosing(provider.stream(request)) as chunks:
            async for chunk in chunks:
                if chunk.text or chunk.reasoning or chunk.finish:
                    break
    except HomespunError as error:
        return Check("answer", "error", error.message, error.hint)
    return Check("answer", "ok", f"first words after {time.monotonic() - began:.1f} s")


async def _window(provider: Provider) -> Check:
    try:
        window = await provider.window()
    except HomespunError as error:
        return Check("context window", "error", error.message, error.hint)
    if window.guessed:
        return Check(
            "context window",
            "warning",
            f"{window.tokens} tokens, a guess: the server does not say",
            "Set the provider's `window` to what the server really has.",
        )
    return Check("context window", "ok", f"{window.tokens} tokens, by {window.by}")


def _running(found: list[Found]) -> Check:
    if not found:
        return Check(
            "model servers",
            "warning",
            "none of the known ones answers on this machine",
            "Start one (such as Ollama, llama-server or LM Studio), then run this again.",
        )
    named = "; ".join(
        f"{f.kind} at {f.base_url}: {', '.join(f.models[:5]) or 'no models'}" for f in found
    )
    first = found[0]
    model = first.models[0] if first.models else "MODEL"
    return Check("model servers", "ok", named, f'Set: model = "{first.kind}/{model}"')
