"""Servers that nobody could run or record here, as their documents and issue threads have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from homespun.errors import (
    ContextOverflow,
    HomespunError,
    RequestRefused,
    ServerFault,
    UnknownModel,
    WrongKey,
)
from homespun.providers.base import Window
from homespun.providers.kinds import kind
from model_servers.asking import REPLY_SCHEMA, USUAL, answered, provider_at, question, structured
from model_servers.documented import exchange
from model_servers.replay import replaying

CHAT = "POST /v1/chat/completions"
SCHEMA = {"name": "reply", "strict": True, "schema": REPLY_SCHEMA}


@dataclass(frozen=True)
class Case:
    """What a kind of server sends in answer, and what of it must come out."""

    kind: str
    sent: bytes
    text: str
    reasoning: str = ""


def events(*choices: Mapping[str, object], done: bool = True) -> bytes:
    made = [json.dumps({"choices": [choice]}) for choice in choices]
    return "".join(f"data: {event}\n\n" for event in [*made, *["[DONE]"] * done]).encode()


def delta(finish: str | None = None, **said: object) -> dict[str, object]:
    return {"index": 0, "delta": said, "finish_reason": finish}


USUAL_STREAM = events(delta(role="assistant", content=""), delta(content="hi"), delta("stop"))
WHOLE = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}

STREAMS = [
    Case(
        "lm_studio", events(delta(reasoning_content="hm"), delta("stop", content="hi")), "hi", "hm"
    ),
    Case("lm_studio", events(delta(reasoning="hm"), delta("stop", content="hi")), "hi", "hm"),
    Case("koboldcpp", USUAL_STREAM.replace(b"data:", b"event: message\ndata:"), "hi"),
    Case("tabbyapi", USUAL_STREAM, "hi"),
    # Old versions put the text so far under `message`.
    Case(
        "textgen",
        events(
            {"message": {"content": "hi"}}, {"message": {"content": ""}, "finish_reason": "stop"}
        ),
        "hi",
    ),
    Case("jan", b": keep-alive\n\n" + USUAL_STREAM, "hi"),
    Case("localai", USUAL_STREAM.replace(b"data: ", b"data:"), "hi"),
    Case(
        "mistralrs", events(delta(reasoning_content="hm"), delta("stop", content="hi")), "hi", "hm"
    ),
    Case("fastchat", USUAL_STREAM, "hi"),
    Case("gpt4all", json.dumps(WHOLE).encode(), "hi"),
    Case("openai", USUAL_STREAM, "hi"),
    # Comments while the model has not begun.
    Case("openrouter", b": OPENROUTER PROCESSING\n\n" + USUAL_STREAM, "hi"),
]


def proving(fact: str, cases: list[Case]) -> list[object]:
    return [
        pytest.param(
            case, id=case.kind, marks=pytest.mark.proves(fact, kind=case.kind, how="documented")
        )
        for case in cases
    ]


@pytest.mark.parametrize("case", proving("stream", STREAMS))
async def test_an_answer(case: Case):
    sent_as = "application/json" if case.sent.startswith(b"{") else "text/event-stream"
    with replaying(exchange(CHAT, case.sent, kind=sent_as)) as replay:
        async with provider_at(replay.address, replace(USUAL, kind=case.kind)) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.reasoning, reply.finish) == (case.text, case.reasoning, "stop")


JSON_SCHEMA = {"type": "json_schema", "json_schema": SCHEMA}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        pytest.param(name, wanted, marks=pytest.mark.proves("json", kind=name, how="documented"))
        for name, wanted in [
            ("lm_studio", JSON_SCHEMA),
            ("koboldcpp", JSON_SCHEMA),
            ("tabbyapi", JSON_SCHEMA),
            ("jan", JSON_SCHEMA),
            ("mistralrs", JSON_SCHEMA),
            ("openai", JSON_SCHEMA),
            ("openrouter", JSON_SCHEMA),
            ("localai", {"type": "json_object"}),
        ]
    ],
)
async def test_json_is_asked_for_in_the_servers_way(name: str, wanted: object):
    with replaying(exchange(CHAT, WHOLE)) as replay:
        async with provider_at(replay.address, replace(USUAL, kind=name)) as provider:
            await answered(provider, structured())
    assert json.loads(replay.heard[0].body)["response_format"] == wanted


async def test_gpt4all_is_sent_nothing_that_it_does_not_know():
    """It answers 400 to `stream`, `response_format` and every key that it has never heard of."""
    with replaying(exchange(CHAT, WHOLE)) as replay:
        async with provider_at(replay.address, replace(USUAL, kind="gpt4all")) as provider:
            await answered(provider, replace(structured(), temperature=0.2))
    body = json.loads(replay.heard[0].body)
    assert body.pop("stream") is False
    assert body.keys() == {"model", "messages", "max_tokens", "temperature"}


async def test_lm_studio_behind_an_unknown_name_is_found_out():
    refusal = "'response_format.type' must be 'json_schema' or 'text'"
    wanted = exchange(CHAT, {"error": refusal}, status=400)
    with replaying(wanted, exchange(CHAT, WHOLE)) as replay:
        async with provider_at(replay.address, replace(USUAL, kind="localai")) as provider:
            assert (await answered(provider, structured())).text == "hi"
    assert "response_format" not in json.loads(replay.heard[1].body)


LOADED = {"loaded_instances": [{"config": {"context_length": 5000}}]}
WINDOWS = [
    ("lm_studio", "/api/v0/models", {"data": [{"id": "m", "loaded_context_length": 5000}]}),
    ("lm_studio", "/api/v1/models", {"models": [{"key": "m", **LOADED}]}),
    ("koboldcpp", "/api/extra/true_max_context_length", {"value": 5000}),
    ("koboldcpp", "/api/v1/config/max_context_length", {"value": 5000}),
    ("koboldai", "/api/v1/config/max_context_length", {"value": 5000}),
    ("tabbyapi", "/v1/model", {"id": "m", "parameters": {"max_seq_len": 5000}}),
    ("jan", "/props", {"default_generation_settings": {"n_ctx": 5000}}),
    ("openrouter", "/v1/models", {"data": [{"id": "m", "context_length": 5000}]}),
]


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        pytest.param(*row, marks=pytest.mark.proves("window", kind=row[0], how="documented"))
        for row in WINDOWS
    ],
)
async def test_the_window_is_the_servers_own_word(name: str, path: str, body: Mapping[str, object]):
    endpoint = replace(USUAL, kind=name, model="m")
    with replaying(exchange(f"GET {path}", body)) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            assert await provider.window() == Window(5000, guessed=False)


TOO_LONG = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens"
N_KEEP = (
    "The number of tokens to keep is greater than the context length. n_keep: 9000, n_ctx: 4096"
)
REFUSALS: list[tuple[str, int, Mapping[str, object], type[HomespunError]]] = [
    ("lm_studio", 400, {"error": N_KEEP}, ContextOverflow),
    ("lm_studio", 404, {"error": "Model 'm' not found"}, UnknownModel),
    ("koboldcpp", 503, {"detail": {"msg": "Server is busy", "type": "busy"}}, ServerFault),
    ("koboldcpp", 401, {"detail": {"error": "Unauthorized"}}, WrongKey),
    ("tabbyapi", 401, {"detail": "Please provide an API key"}, WrongKey),
    ("jan", 401, {"error": {"message": "Invalid or missing authorization token"}}, WrongKey),
    ("gpt4all", 400, {"error": {"message": "Unrecognized key: 'stream'"}}, RequestRefused),
    ("localai", 500, {"error": {"code": 500, "message": "could not load model"}}, ServerFault),
    ("fastchat", 400, {"object": "error", "message": TOO_LONG, "code": 40303}, ContextOverflow),
    ("openai", 401, {"error": {"message": "Incorrect API key provided: sk-..."}}, WrongKey),
    ("openrouter", 402, {"error": {"code": 402, "message": "no credits"}}, RequestRefused),
]


@pytest.mark.parametrize(
    ("name", "status", "body", "error"),
    [
        pytest.param(*row, marks=pytest.mark.proves("refusals", kind=row[0], how="documented"))
        for row in REFUSALS
    ],
)
async def test_a_refusal_is_named(
    name: str, status: int, body: Mapping[str, object], error: type[HomespunError]
):
    endpoint = replace(USUAL, kind=name, max_retries=0)
    with replaying(exchange(CHAT, body, status=status)) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            with pytest.raises(HomespunError) as caught:
                await answered(provider, question())
    assert isinstance(caught.value, error)
    assert caught.value.hint


async def test_openrouter_fails_in_mid_stream():
    broken = {"error": {"code": 502, "message": "Provider disconnected"}}
    event = json.dumps({**broken, "choices": [delta("error", content="")]})
    stream = events(delta(content="half"), done=False) + f"data: {event}\n\n".encode()
    with replaying(exchange(CHAT, stream, kind="text/event-stream")) as replay:
        async with provider_at(replay.address, replace(USUAL, kind="openrouter")) as provider:
            with pytest.raises(ServerFault, match="Provider disconnected"):
                await answered(provider, question())


def test_openais_newer_models_want_another_name_for_the_limit():
    assert kind("openai").limit == "max_completion_tokens"
