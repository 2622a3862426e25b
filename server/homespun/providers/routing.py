"""Several endpoints behind one name: who is asked first, who rests, who takes over.

A request goes to the next endpoint only as long as nothing of its answer has come, so none is ever
answered twice. Only the route's own endpoints take over: a cloud only where its user put it there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from homespun.errors import ContextOverflow, Lost, ModelError, NotSupported, RequestRefused
from homespun.providers.base import (
    AnsweredBy,
    Chunk,
    Endpoint,
    Feature,
    Provider,
    Request,
    Route,
    Strategy,
    Window,
)

_FIRST_REST = 5.0
_LONGEST_REST = 300.0
_BUSY = 429

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """One of a route's endpoints, and the way to it."""

    key: Key
    provider: Provider

    @classmethod
    def of(cls, endpoint: Endpoint, provider: Provider) -> Member:
        """The member that an endpoint is; the same one for all routes that have it."""
        return cls((endpoint.name, endpoint.base_url, endpoint.model), provider)


@dataclass(frozen=True, slots=True)
class _Rest:
    until: float
    seconds: float


class Traffic:
    """Who rests, who is busy and whose turn it is, for all routes of the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` in seconds."""
        self._clock = clock
        self._rests: dict[Key, _Rest] = {}
        self._busy: Counter[Key] = Counter()
        self._turns: Counter[str] = Counter()

    def order(self, route: str, strategy: Strategy, members: Sequence[Member]) -> list[Member]:
        """The members as they are to be tried now; those that rest come last."""
        ordered = list(members)
        if strategy == "round_robin":
            turn = self._turns[route] % len(ordered)
            self._turns[route] += 1
            ordered = ordered[turn:] + ordered[:turn]
        elif strategy == "least_busy":
            ordered.sort(key=lambda member: self._busy[member.key])
        return sorted(ordered, key=lambda member: self._rests_until(member.key))

    def rests(self, member: Member) -> bool:
        """Whether this one failed a short while ago."""
        return self._rests_until(member.key) > 0

    def failed(self, member: Member) -> None:
        """Let it rest, twice as long as the last time."""
        before = self._rests.get(member.key)
        seconds = min(before.seconds * 2, _LONGEST_REST) if before else _FIRST_REST
        self._rests[member.key] = _Rest(self._clock() + seconds, seconds)

    def served(self, member: Member) -> None:
        """It is well again."""
        self._rests.pop(member.key, None)

    @contextmanager
    def serving(self, member: Member) -> Generator[None]:
        """While entered, it is busy with one more request."""
        self._busy[member.key] += 1
        try:
            yield
        finally:
            self._busy[member.key] -= 1

    def _rests_until(self, key: Key) -> float:
        """When it may be asked again; 0: now."""
        rest = self._rests.get(key)
        return rest.until if rest and rest.until > self._clock() else 0.0


class _SetAside(Exception):
    """This member does not answer now, and another one may; `error` None: it asks to wait."""

    def __init__(self, error: ModelError | None) -> None:
        super().__init__()
        self.error = error


class Routed:
    """A `Provider` over the providers of a route, for one task."""

    def __init__(
        self, endpoint: Endpoint, route: Route, members: Sequence[Member], traffic: Traffic
    ) -> None:
        """`traffic` is shared by all routes; `endpoint` is the one that stands for the route."""
        self._endpoint = endpoint
        self._route = route
        self._members = members
        self._traffic = traffic
        self._served: Member | None = None

    @property
    def identity(self) -> AnsweredBy:
        """Who answered last; before any answer, the whole route."""
        if self._served:
            return self._served.provider.identity
        return AnsweredBy(self._endpoint.name, self._endpoint.model, self._endpoint.local)

    @property
    def address(self) -> str:
        """The address of who answered last, or of all."""
        return self._served.provider.address if self._served else self._endpoint.base_url

    @property
    def features(self) -> frozenset[Feature]:
        """What at least one of them takes."""
        return frozenset[Feature]().union(*(member.provider.features for member in self._members))

    async def window(self) -> Window:
        """The smallest window that is known: a prompt must fit whoever answers it."""
        awake = [member for member in self._members if not self._traffic.rests(member)]
        windows = [await member.provider.window() for member in awake or self._members]
        enough = [w for w in windows if w.tokens >= self._route.needs_window] or windows
        known = [window for window in enough if not window.guessed]
        return min(known or enough, key=lambda window: window.tokens)

    def doubt_window(self) -> None:
        """Have the window of who answered asked anew."""
        if self._served:
            self._served.provider.doubt_window()

    async def count_tokens(self, text: str) -> int | None:
        """As who serves this task counts, else the first that is well."""
        awake = (member for member in self._members if not self._traffic.rests(member))
        member = self._served or next(awake, self._members[0])
        return await member.provider.count_tokens(text)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer of the first member that gives one; see `Provider`.

        Raises what the last one raised, and `NotSupported` where none has what is needed.
        """
        waiting: list[Member] = []
        failure: ModelError | None = None
        for member in self._ordered():
            if not await self._can(member, request):
                continue
            try:
                async with aclosing(self._try(member, request)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except _SetAside as aside:
                failure = aside.error or failure
                waiting += [] if aside.error else [member]
        if not waiting:
            raise failure or self._unable()
        async with aclosing(self._waited(waiting[0], request)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _ordered(self) -> Sequence[Member]:
        """Who served this task before goes on with it: it has the prompt in its cache."""
        served = self._served
        if served and not self._traffic.rests(served):
            return [served, *(member for member in self._members if member is not served)]
        return self._traffic.order(self._endpoint.name, self._route.strategy, self._members)

    async def _try(self, member: Member, request: Request) -> AsyncGenerator[Chunk, None]:
        """A member's answer. Raises `_SetAside` where it has not begun, and another may answer."""
        begun = False
        try:
            async with aclosing(self._waited(member, request)) as chunks:
                async for chunk in chunks:
                    if chunk.waiting and not begun:
                        raise _SetAside(None)
                    begun = True
                    yield chunk
        except ModelError as error:
            if begun or not _is_its_own(error):
                raise
            raise _SetAside(error) from error

    async def _waited(self, member: Member, request: Request) -> AsyncGenerator[Chunk, None]:
        """A member's answer, however long it lets us wait; what it did is remembered."""
        try:
            with self._traffic.serving(member):
                async with aclosing(member.provider.stream(request)) as chunks:
                    async for chunk in chunks:
                        if not chunk.waiting:
                            self._served = member
                        yield chunk
        except (ModelError, Lost) as error:
            if _is_its_own(error):
                self._traffic.failed(member)
            raise
        self._traffic.served(member)

    async def _can(self, member: Member, request: Request) -> bool:
        """Whether this one has what the route and the request need."""
        needed = request.features | ({"tools"} if self._route.needs_tools else set[Feature]())
        if not needed <= member.provider.features:
            return False
        wanted = self._route.needs_window
        return not wanted or (await member.provider.window()).tokens >= wanted

    def _unable(self) -> NotSupported:
        return NotSupported(
            f"None of the endpoints of the route {self._endpoint.name!r} is known to have what is"
            " needed; nothing was sent.",
            f"See `needs` of routes.{self._endpoint.name}: `homespun model test` tells the window"
            " of an endpoint, and whether it takes tools.",
        )


def _is_its_own(error: ModelError | Lost) -> bool:
    """Whether this endpoint is to blame, and not the request, which no other would take either."""
    if isinstance(error, RequestRefused):
        return error.status == _BUSY
    return not isinstance(error, ContextOverflow)
