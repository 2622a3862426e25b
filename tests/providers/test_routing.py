"""Routes: who is asked, who rests, who takes over, and that nothing is answered twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from homespun.errors import (
    ContextOverflow,
    CutShort,
    HomespunError,
    NotSupported,
    RequestRefused,
    ServerFault,
    Unreachable,
    WrongKey,
)
from homespun.providers.base import AnsweredBy, Endpoint, Provider, Request, Route, Window
from homespun.providers.capabilities import Capabilities
from homespun.providers.connect import Connector
from homespun.providers.http import Http
from homespun.providers.routing import Member, Traffic
from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from model_servers.asking import USUAL, Answered, answered, question

TOOLS: tuple[dict[str, object], ...] = ({"type": "function", "function": {"name": "now"}},)


@dataclass
class Several:
    """Servers behind one route, and a fresh provider for each task, as the engine has it."""

    servers: list[ScriptedEndpoint]
    endpoint: Endpoint
    connector: Connector

    def provider(self) -> Provider:
        return self.connector.connect(self.endpoint)

    async def ask(self, request: Request | None = None) -> Answered:
        return await answered(self.provider(), request or question())

    def chats(self) -> list[int]:
        return [len(server.chats) for server in self.servers]


@asynccontextmanager
async def behind_one_name(
    *scripts: Script, changes: tuple[dict[str, Any], ...] = (), **route: Any
) -> AsyncIterator[Several]:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(ScriptedEndpoint(each)) for each in scripts]
        usual = replace(USUAL, model="scripted", max_retries=0)
        each = zip(servers, changes or ({},) * len(servers), strict=True)
        members = tuple(
            replace(usual, name=f"server{n}", base_url=server.address, **more)
            for n, (server, more) in enumerate(each)
        )
        http = Http()
        stack.push_async_callback(http.close)
        endpoint = Endpoint.routed("fast", Route(members, **route))
        yield Several(servers, endpoint, Connector(http, Capabilities()))


def says(*replies: str, **more: Any) -> Script:
    return Script(turns=tuple(Turn(reply=reply, times=99) for reply in replies), **more)


def fails(**turn: Any) -> Script:
    return Script(turns=(Turn(times=99, **turn),))


async def test_the_first_that_is_well_serves():
    async with behind_one_name(says("one"), says("two")) as several:
        assert [(await several.ask()).text for _ in range(3)] == ["one"] * 3
    assert several.chats() == [3, 0]


@pytest.mark.parametrize(
    "broken",
    [
        {"fault": "close"},
        {"fault": "cut"},
        {"fault": "garbage"},
        {"status": 500, "body": {"error": "out of memory"}},
        {"status": 502, "body": "<html>Bad Gateway</html>"},
        {"status": 401, "body": {"error": "no key"}},
        {"status": 404, "body": {"error": {"message": "model `x` not found"}}},
        {"body": "<html>a router</html>"},
    ],
    ids=str,
)
async def test_another_takes_over_and_the_broken_one_rests(broken: dict[str, Any]):
    async with behind_one_name(fails(**broken), says("two")) as several:
        assert [(await several.ask()).text for _ in range(3)] == ["two"] * 3
    assert several.chats()[1] == 3
    assert several.chats()[0] <= 2  # a refused stream may be asked for whole


async def test_a_server_that_is_gone_is_left_out():
    async with behind_one_name(says("one"), says("two")) as several:
        await several.servers[0].__aexit__(None, None, None)
        provider = several.provider()
        reply = await answered(provider, question())
        assert provider.identity == AnsweredBy("server1", "scripted", True)
        assert provider.address == several.servers[1].address
    assert reply.text == "two"


@pytest.mark.parametrize("fault", ["cut", "no_finish", "error"])
async def test_an_answer_that_has_begun_is_never_asked_for_again(fault: Any):
    broken = fails(reply="a b c d", fault=fault, after=2, tokens_per_second=20)
    async with behind_one_name(broken, says("no")) as several:
        with pytest.raises(HomespunError) as caught:
            await several.ask()
    assert isinstance(caught.value, CutShort | ServerFault)
    assert several.chats() == [1, 0]


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ("I do not like this", RequestRefused),
        ("prompt exceeds the available context size", ContextOverflow),
    ],
)
async def test_a_request_that_is_at_fault_itself_goes_to_nobody_else(
    refusal: str, error: type[HomespunError]
):
    refused = fails(status=400, body={"error": {"message": refusal}})
    async with behind_one_name(refused, says("two")) as several:
        with pytest.raises(error):
            await several.ask()
    assert several.chats() == [1, 0]


async def test_where_all_fail_the_last_reason_is_told():
    key = fails(status=401, body={"error": "no"})
    async with behind_one_name(fails(body="<html>"), key) as several:
        with pytest.raises(WrongKey):
            await several.ask()
        with pytest.raises(WrongKey):
            await several.ask()
    assert several.chats() == [2, 2]


async def test_one_that_loads_is_waited_for_only_where_no_other_serves():
    loading = Turn(status=503, body={"error": {"message": "Loading model"}})
    first = Script(turns=(loading, Turn(reply="one")))
    async with behind_one_name(first, says("two")) as several:
        reply = await several.ask()
        assert (reply.text, reply.waiting) == ("two", [])
    first = Script(turns=(loading, replace(loading), Turn(reply="one")))
    async with behind_one_name(first, fails(fault="close")) as several:
        reply = await several.ask()
    assert (reply.text, reply.waiting) == ("one", ["loading the model"])


async def test_in_turn():
    async with behind_one_name(says("one"), says("two"), strategy="round_robin") as several:
        said = [(await several.ask()).text for _ in range(4)]
    assert said == ["one", "two", "one", "two"]


async def test_a_task_stays_with_who_served_it():
    async with behind_one_name(says("one"), says("two"), strategy="round_robin") as several:
        provider = several.provider()
        assert [(await answered(provider, question())).text for _ in range(3)] == ["one"] * 3
        await several.servers[0].__aexit__(None, None, None)
        assert (await answered(provider, question())).text == "two"


async def test_the_least_busy_serves():
    slow = says("word " * 100, tokens_per_second=50)
    async with behind_one_name(slow, says("two"), strategy="least_busy") as several:
        async with aclosing(several.provider().stream(question())) as chunks:
            await anext(chunks)
            assert (await several.ask()).text == "two"
        assert several.chats() == [1, 1]
        async with aclosing(several.provider().stream(question())) as chunks:
            await anext(chunks)
    assert several.chats() == [2, 1]


async def test_cancelling_stops_the_member():
    async with behind_one_name(says("word " * 1000, tokens_per_second=50)) as several:
        task = asyncio.create_task(several.ask())
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(several.servers[0].stream_closed.wait(), 20)


async def test_who_cannot_is_left_out():
    small, large = says("small", window=4096), says("large", window=32_768)
    async with behind_one_name(small, large, needs_window=16_000) as several:
        assert (await several.ask()).text == "large"
        assert await several.provider().window() == Window(32_768, guessed=False)
    tools = ({}, {"declared": {"tools": True}})
    async with behind_one_name(says("no"), says("yes"), changes=tools) as several:
        assert several.provider().features == {"tools"}
        assert (await several.ask(replace(question(), tools=TOOLS))).text == "yes"
    async with behind_one_name(says("no"), says("yes"), changes=tools, needs_tools=True) as several:
        assert (await several.ask()).text == "yes"


async def test_where_nobody_can_nothing_is_sent():
    async with behind_one_name(says("small"), needs_window=16_000) as several:
        with pytest.raises(NotSupported, match="'fast'") as caught:
            await several.ask()
    assert "routes.fast" in caught.value.hint
    assert several.chats() == [0]


async def test_a_prompt_must_fit_whoever_answers():
    scripts = says("a", window=8000), says("b", window=6000), says("c")
    async with behind_one_name(*scripts) as several:
        assert await several.provider().window() == Window(6000, guessed=False)


async def test_before_any_answer_a_route_is_all_of_its_members():
    far = ({}, {"local": False})
    async with behind_one_name(says("a"), says("b"), changes=far) as several:
        assert several.provider().identity == AnsweredBy(
            "fast", "server0/scripted, server1/scripted", False
        )


async def test_a_limit_is_the_providers_and_not_the_tasks():
    limit = ({"rate_limit": 1}, {})
    async with behind_one_name(says("one"), says("two"), changes=limit) as several:
        assert [(await several.ask()).text for _ in range(2)] == ["one", "two"]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def member(name: str) -> Member:
    return Member((name, "http://h", "m"), provider=None)  # pyright: ignore[reportArgumentType]


def test_a_failed_one_rests_longer_each_time_and_is_well_once_it_served():
    clock = Clock()
    traffic, one = Traffic(clock), member("one")
    rests: list[float] = []
    for _ in range(9):
        traffic.failed(one)
        began = clock.now
        while traffic.rests(one):
            clock.now += 1
        rests.append(clock.now - began)
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    traffic.served(one)
    traffic.failed(one)
    clock.now += 5
    assert not traffic.rests(one)


def test_who_rests_comes_last_the_soonest_awake_first():
    clock = Clock()
    traffic = Traffic(clock)
    one, two, three = (member(name) for name in ("one", "two", "three"))
    traffic.failed(one)
    traffic.failed(one)
    traffic.failed(two)
    assert traffic.order("r", "failover", (one, two, three)) == [three, two, one]


async def test_unreachable_everywhere_is_unreachable():
    async with behind_one_name(says("one"), says("two")) as several:
        for server in several.servers:
            await server.__aexit__(None, None, None)
        with pytest.raises(Unreachable):
            await several.ask()
