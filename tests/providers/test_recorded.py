"""The provider against what servers really said, those included that are too heavy to run here."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from homespun import errors
from homespun.providers.base import Endpoint, Usage, Window
from model_servers.asking import USUAL, Answered, answered, provider_at, question, structured
from model_servers.proofs import RECORDED_KINDS
from model_servers.replay import replaying
from model_servers.transcript import names, recorded


def endpoint_of(name: str) -> Endpoint:
    """An endpoint of the kind of server that the transcript is of; patient only for moments."""
    kind = RECORDED_KINDS[name.split("/")[0]]
    return replace(USUAL, kind=kind, first_byte_timeout=0.5, idle_timeout=0.5, max_retries=0)


def body_of(name: str) -> bytes:
    """The recorded body, without the transfer's chunks."""
    head, _, body = recorded(name).response.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return body
    pieces = []
    while (size := int(body.split(b"\r\n", 1)[0], 16)) > 0:
        start = body.index(b"\r\n") + 2
        pieces.append(body[start : start + size])
        body = body[start + size + 2 :]
    return b"".join(pieces)


def events_of(name: str) -> list[dict[str, Any]]:
    """What the recorded reply holds: one object, or those of its events."""
    body = body_of(name)
    if body.startswith(b"{"):
        return [json.loads(body)]
    lines = (line for line in body.splitlines() if line.startswith(b"data:"))
    return [json.loads(line[5:]) for line in lines if b"[DONE]" not in line]


def expected_of(name: str) -> Answered:
    """What the reply says, read in the plainest way that there is."""
    expected = Answered()
    for event in events_of(name):
        for choice in event.get("choices", ()):
            said = choice.get("delta") or choice.get("message") or {}
            expected.text += said.get("content") or ""
            expected.reasoning += said.get("reasoning_content") or ""
            expected.finish = choice.get("finish_reason") or expected.finish
        if usage := event.get("usage"):
            expected.usage = Usage(usage["prompt_tokens"], usage["completion_tokens"])
    return expected


WHOLE_REPLIES = [
    *names("*/chat*"),
    *names("*/fallback*"),
    *names("*/prefix*"),
    *names("*/ctx-full*"),
    *names("llama-server/grammar-default*"),
    *names("llama-server/think*"),
    *names("llama-server/router-chat*"),
    *names("llama-server/router-stream"),
    "llama-server/ping-progress",
    "mlx-lm/long-stream",
]


@pytest.mark.proves("stream", how="recorded")
@pytest.mark.parametrize("name", WHOLE_REPLIES)
async def test_a_whole_reply_says_what_was_recorded(name: str):
    with replaying(recorded(name)) as replay:
        async with provider_at(replay.address, endpoint_of(name)) as provider:
            assert await answered(provider, question()) == expected_of(name)
    assert len(replay.heard) == 1


JSON_REPLIES = [
    "litellm/json-schema-stream",
    "llama-server/json-schema-stream",
    "llama-cpp-python/json-object-schema-stream",
    "vllm/json-schema-stream",
    "vllm/json-schema-const",
]


@pytest.mark.proves("json", how="recorded")
@pytest.mark.parametrize("name", JSON_REPLIES)
async def test_json_comes_as_it_was_said(name: str):
    with replaying(recorded(name)) as replay:
        async with provider_at(replay.address, endpoint_of(name)) as provider:
            reply = await answered(provider, structured())
    assert json.loads(reply.text) == json.loads(expected_of(name).text)
    assert reply.finish == "stop"


REFUSALS = [
    *((name, errors.WrongKey) for name in names("*/err-401-nokey")),
    *((name, errors.WrongKey) for name in names("*/err-401-wrongkey*")),
    *((name, errors.ContextOverflow) for name in names("*/err-overflow*")),
    ("litellm/err-bad-model", errors.UnknownModel),
    ("litellm/err-no-model", errors.UnknownModel),
    ("llama-server/router-err-bad-model", errors.UnknownModel),
    ("mlx-lm/err-bad-model", errors.UnknownModel),
    ("transformers/err-bad-model", errors.UnknownModel),
    ("vllm/err-bad-model", errors.UnknownModel),
    ("litellm/err-upstream-down", errors.ServerFault),
    ("litellm/err-upstream-down-stream", errors.ServerFault),
    ("litellm/upstream-killed-midstream", errors.ServerFault),
    ("llama-server/killed-midstream", errors.Lost),
    ("llama-server/terminated-midstream", errors.Lost),
    *((name, errors.RequestRefused) for name in names("vllm/err-schema*")),
    *((name, errors.RequestRefused) for name in names("llama-server/err-schema*")),
    *((name, errors.RequestRefused) for name in names("litellm/err-schema*")),
    *((name, errors.ServerFault) for name in names("llama-cpp-python/err-schema*")),
]
# transformers has no limit: it reads what it is sent. The other is a story of two requests, below.
ANSWERED_ALL_THE_SAME = {
    "transformers/err-overflow",
    "transformers/err-overflow-stream",
    "llama-cpp-python/err-overflow-stream",
}


@pytest.mark.proves("refusals", how="recorded")
@pytest.mark.parametrize(
    ("name", "error"), [row for row in REFUSALS if row[0] not in ANSWERED_ALL_THE_SAME]
)
async def test_a_refusal_is_named(name: str, error: type[errors.HomespunError]):
    with replaying(recorded(name)) as replay:
        async with provider_at(replay.address, endpoint_of(name)) as provider:
            with pytest.raises(error) as caught:
                await answered(provider, structured())
    assert type(caught.value) is error
    assert caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("server", ["llama-server", "llama-cpp-python", "litellm"])
async def test_an_overflow_tells_its_sizes(server: str):
    name = f"{server}/err-overflow"
    with replaying(recorded(name)) as replay:
        async with provider_at(replay.address, endpoint_of(name)) as provider:
            with pytest.raises(errors.ContextOverflow) as caught:
                await answered(provider, question())
    assert caught.value.prompt_tokens == 120_046
    assert caught.value.window in (8192, 16384)


@pytest.mark.parametrize("name", [*names("*/cancel"), "llama-server/cancel-stream"])
async def test_a_server_that_falls_silent_is_no_whole_answer(name: str):
    with replaying(recorded(name)) as replay:
        async with provider_at(replay.address, endpoint_of(name)) as provider:
            with pytest.raises((errors.CutShort, errors.TimedOut)):
                await answered(provider, question())
        assert replay.hung_up.wait(5)


STEPS = [
    (["llama-cpp-python/json-schema-stream", "llama-cpp-python/json-object-schema-stream"], "stop"),
    (["vllm/err-schema-stream", "vllm/json-object"], "length"),
    (["llama-server/err-schema", "llama-server/err-schema", "llama-server/chat-stream"], "length"),
    (["litellm/err-rf-type", "litellm/json-object"], "stop"),
]


@pytest.mark.parametrize(("story", "finish"), STEPS)
async def test_a_refused_format_is_stepped_down_from(story: list[str], finish: str):
    with replaying(*map(recorded, story)) as replay:
        # The general kind: nothing is known of the server beforehand.
        async with provider_at(replay.address) as provider:
            reply = await answered(provider, structured())
    assert reply.text.strip() == expected_of(story[-1]).text.strip()
    assert reply.finish == finish
    formats = [json.loads(heard.body).get("response_format") for heard in replay.heard]
    assert len(formats) == len(story)
    assert all(before != after for before, after in pairwise(formats))


async def test_an_empty_stream_is_asked_again_whole():
    story = ("llama-cpp-python/err-overflow-stream", "llama-cpp-python/err-overflow")
    with replaying(*map(recorded, story)) as replay:
        async with provider_at(replay.address, endpoint_of(story[0])) as provider:
            with pytest.raises(errors.ContextOverflow):
                await answered(provider, question())
    assert [json.loads(heard.body)["stream"] for heard in replay.heard] == [True, False]


async def test_a_server_that_loads_is_waited_for():
    story = ("llama-server/err-503-loading-chat", "llama-server/chat-stream")
    endpoint = replace(endpoint_of(story[0]), first_byte_timeout=20.0)
    with replaying(*map(recorded, story)) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            reply = await answered(provider, question())
    assert reply.waiting
    assert reply.text == expected_of("llama-server/chat-stream").text


@pytest.mark.proves("window", how="recorded")
@pytest.mark.parametrize(("name", "tokens"), [("vllm/models", 4096), ("llama-server/props", 16384)])
async def test_the_window_is_the_servers_own_word(name: str, tokens: int):
    with replaying(recorded(name)) as replay:
        async with provider_at(replay.address, endpoint_of(name)) as provider:
            assert await provider.window() == Window(tokens, guessed=False)


async def test_a_window_that_is_not_told_is_a_guess():
    with replaying(recorded("litellm/models")) as replay:
        async with provider_at(replay.address, endpoint_of("litellm/models")) as provider:
            assert (await provider.window()).guessed
