"""Which files are near in meaning to what is asked, by embeddings; off unless they are set.

An edit never waits for them longer than a second. What fails or comes late is done without, and
vectors that come late are kept for the next time.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from homespun.config.schema import Settings
from homespun.core.nearness import Vector, cosine, unit
from homespun.engine.ports import Check
from homespun.errors import BadResponse, BadSetting, HomespunError
from homespun.providers.base import Endpoint

_DEADLINE = 1.0
"""Seconds that an edit waits for all of it: the settings' key, what is kept, the server."""
_REST = 60.0
"""Seconds for which a server that has failed is not asked again."""
_AT_ONCE = 8
"""Texts in a request: what has come is kept, so a slow server gets further each time."""

_log = logging.getLogger(__name__)

Embed = Callable[[Endpoint, Sequence[str]], Awaitable[Sequence[Vector]]]
"""A vector for each text, by the model of an endpoint. Raises `HomespunError`."""

Near = Callable[[Sequence[str]], Awaitable[Sequence[float]]]
"""How near each text is in meaning to the first one, which is left out; () where that is not known
in time. The texts are sent to a server: only what may leave may be compared. Never fails."""


class Vectors(Protocol):
    """Vectors of the length 1 that were made before, by model and by the digest of their text.

    Blocks for some looks at the disk. It never fails: what cannot be kept is made again.
    """

    def found(self, model: str, digests: Sequence[bytes]) -> Mapping[bytes, Vector]:
        """Those that are known."""
        ...

    def keep(self, model: str, vectors: Mapping[bytes, Vector]) -> None:
        """Know these from now on."""
        ...

    def forget(self, model: str) -> None:
        """Know none of this model any more."""
        ...


class Nearness:
    """Compares texts by the embeddings of the model that the settings name."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        choose: Callable[[Settings, str | None], Endpoint],
        embed: Embed,
        vectors: Vectors,
    ) -> None:
        """`choose` as in `outside.Models`."""
        self._settings = settings
        self._choose = choose
        self._embed = embed
        self._vectors = vectors
        self._running: set[asyncio.Task[Sequence[float]]] = set()
        self._late: asyncio.Task[Sequence[float]] | None = None
        self._resting: dict[str, float] = {}
        self._said: set[tuple[str, str]] = set()

    def beside(self, answering: Endpoint, *, may_send: bool) -> Near | None:
        """How to compare for a task that `answering` does; None where no embeddings are set.

        With `may_send`, text may go to `answering` by now.
        """
        model = self._settings().context.embeddings.strip()
        if not model:
            return None
        agreed = answering.base_url if may_send and answering.route is None else ""
        return partial(self._near, model, agreed)

    async def check(self) -> Check | None:
        """How the server does, asked with a word of ours; None where no embeddings are set."""
        model = self._settings().context.embeddings.strip()
        if not model:
            return None
        began = time.monotonic()
        try:
            endpoint = await self._endpoint(model)
            (vector,) = await self._embed(endpoint, ["ready"])
        except HomespunError as error:
            return Check("embeddings", "warning", error.message, error.hint)
        found = f"{model} at {endpoint.base_url}: {len(vector)} numbers"
        return Check("embeddings", "ok", f"{found}, after {time.monotonic() - began:.1f} s")

    async def close(self) -> None:
        """Give up what is still awaited."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _near(self, model: str, agreed: str, texts: Sequence[str]) -> Sequence[float]:
        is_busy = self._late is not None and not self._late.done()
        if is_busy or time.monotonic() < self._resting.get(model, 0.0):
            return ()
        task = asyncio.create_task(self._cosines(model, agreed, texts))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task}, timeout=_DEADLINE)
        if task.done():
            return task.result()
        self._late = task
        self._say_once(model, "not in time; what comes later is kept for the next time")
        return ()

    async def _cosines(self, model: str, agreed: str, texts: Sequence[str]) -> Sequence[float]:
        try:
            endpoint = await self._endpoint(model)
            if _is_far(endpoint, self._settings()) and endpoint.base_url != agreed:
                self._say_once(model, "it is cloud, and this task does not go to that server")
                return ()
            first, *others = await self._made_or_kept(endpoint, texts)
        except HomespunError as error:
            self._resting[model] = time.monotonic() + _REST
            self._say_once(model, error.code)
            return ()
        return await asyncio.to_thread(lambda: [cosine(first, other) for other in others])

    async def _endpoint(self, model: str) -> Endpoint:
        """Who makes them. Raises `BadSetting`."""
        # In a thread: a key may come from a program, or from a keyring that asks the user.
        endpoint = await asyncio.to_thread(self._choose, self._settings(), model)
        if endpoint.route is not None:
            raise BadSetting(f"{model!r} is a route.", "Name one of its endpoints for embeddings.")
        return endpoint

    async def _made_or_kept(self, endpoint: Endpoint, texts: Sequence[str]) -> Sequence[Vector]:
        """The texts' vectors. Raises what the server's failing is."""
        model = f"{endpoint.name}/{endpoint.model} at {endpoint.base_url}"
        by_digest = {_digest(text): text for text in texts}
        kept = await asyncio.to_thread(self._vectors.found, model, list(by_digest))
        missing = {digest: text for digest, text in by_digest.items() if digest not in kept}
        made = await self._made(endpoint, model, missing)
        if not _are_alike({**kept, **made}):
            # By now another model answers to that name: its vectors are no use beside the old ones.
            await asyncio.to_thread(self._vectors.forget, model)
            kept, made = {}, await self._made(endpoint, model, by_digest)
            if not _are_alike(made):
                raise BadResponse("The embeddings differ in length.", "Look at the server's log.")
        known = {**kept, **made}
        return [known[_digest(text)] for text in texts]

    async def _made(
        self, endpoint: Endpoint, model: str, texts: Mapping[bytes, str]
    ) -> dict[bytes, Vector]:
        """New vectors, each kept as soon as it has come."""
        made: dict[bytes, Vector] = {}
        digests = list(texts)
        for start in range(0, len(digests), _AT_ONCE):
            some = digests[start : start + _AT_ONCE]
            vectors = await self._embed(endpoint, [texts[digest] for digest in some])
            new = dict(zip(some, map(unit, vectors), strict=True))
            await asyncio.to_thread(self._vectors.keep, model, new)
            made |= new
        return made

    def _say_once(self, model: str, why: str) -> None:
        if (model, why) not in self._said:
            self._said.add((model, why))
            _log.warning("ranked without the embeddings of %s: %s", model, why)


def _is_far(endpoint: Endpoint, settings: Settings) -> bool:
    """Whether it counts as cloud: by its address, or since `[cloud]` names its provider."""
    cloud = settings.cloud.model.strip()
    route = settings.routes.get(cloud)
    named = route.endpoints if route is not None else (cloud,)
    return not endpoint.local or endpoint.name in {one.partition("/")[0] for one in named}


def _are_alike(vectors: Mapping[bytes, Vector]) -> bool:
    return len({len(vector) for vector in vectors.values()}) <= 1


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
