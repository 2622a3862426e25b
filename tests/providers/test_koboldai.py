"""KoboldAI's own interface: streamed by KoboldCpp, whole by KoboldAI, as their sources have it."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from homespun.core.prompt import Message
from homespun.errors import ContextOverflow, HomespunError, NotSupported, ServerFault
from homespun.providers.base import ChatMessage, Image, Request, Usage
from homespun.providers.templates import TEMPLATES, render, template_for
from model_servers.asking import USUAL, answered, provider_at, question, structured
from model_servers.documented import exchange
from model_servers.replay import Replay, replaying
from model_servers.transcript import Transcript

STREAM = "POST /api/extra/generate/stream"
WHOLE = "POST /api/v1/generate"
PERF = "GET /api/extra/perf"
CPP = replace(USUAL, kind="koboldcpp", model="qwen2.5-coder")
NATIVE = replace(CPP, chat_path="/api/extra/generate/stream")
AI = replace(USUAL, kind="koboldai", model="any", chat_path="/api/extra/generate/stream")


def events(*tokens: str, finish: str | None = "stop") -> bytes:
    """A stream of KoboldCpp's; without `finish` as versions before 2024 sent it."""
    made: list[dict[str, object]] = [{"token": token} for token in tokens]
    if finish:
        made = [{**event, "finish_reason": None} for event in made]
        made.append({"token": "", "finish_reason": finish})
    return b"".join(f"event: message\ndata: {json.dumps(event)}\n\n".encode() for event in made)


def streamed(*tokens: str, finish: str | None = "stop") -> Transcript:
    return exchange(STREAM, events(*tokens, finish=finish), kind="text/event-stream")


def whole(text: str, **more: object) -> Transcript:
    return exchange(WHOLE, {"results": [{"text": text, **more}]})


def perf(stop_reason: int, idle: int = 1) -> Transcript:
    return exchange(PERF, {"stop_reason": stop_reason, "idle": idle, "last_token_count": 3})


def check(text: str) -> Transcript:
    return exchange("POST /api/extra/generate/check", {"results": [{"text": text}]})


def body_of(replay: Replay, route: str = STREAM) -> dict[str, object]:
    method, path = route.split()
    return next(json.loads(h.body) for h in replay.heard if (h.method, h.path) == (method, path))


@pytest.mark.proves("stream", kind="koboldcpp", how="documented")
async def test_a_server_without_chat_completions_is_served_by_its_own_stream():
    with replaying(streamed("he", "llo")) as replay:
        async with provider_at(replay.address, CPP) as provider:
            reply = await answered(provider, question("Say hello."))
    assert (reply.text, reply.finish) == ("hello", "stop")
    sent = body_of(replay)
    assert sent["prompt"] == (
        "<|im_start|>user\nSay hello.<|im_end|>\n<|im_start|>assistant\n"
    )  # fmt: skip
    assert (sent["max_length"], sent["replace_instruct_placeholders"]) == (48, False)
    assert "<|im_end|>" in sent["stop_sequence"]


@pytest.mark.parametrize(
    ("finish", "told", "meant"),
    [
        ("stop", [], "stop"),
        ("length", [perf(0)], "length"),
        # KoboldCpp calls it `length` too where one of the stop sequences ended it.
        ("length", [perf(2)], "stop"),
        # Somebody else's answer has begun since: nothing is known of ours.
        ("length", [perf(2, idle=0)], "length"),
        ("length", [], "length"),
        # Old versions end without a word, as a broken connection does.
        (None, [perf(1), check("hello")], "stop"),
        (None, [perf(2), check("hello<|im_end|>")], "stop"),
        (None, [perf(0), check("hello")], "length"),
        (None, [perf(1), check("hello, and more that never came")], "length"),
        (None, [perf(1)], "length"),
        (None, [], "length"),
    ],
)
async def test_how_a_stream_ended(
    finish: str | None, told: Sequence[Transcript], meant: str
) -> None:
    with replaying(streamed("he", "llo", finish=finish), *told) as replay:
        async with provider_at(replay.address, NATIVE) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.finish) == ("hello", meant)


LONG = "x" * 100


@pytest.mark.parametrize(
    ("text", "more", "told", "meant"),
    [
        ("hello", {"finish_reason": "stop"}, [], "stop"),
        (LONG, {"finish_reason": "length"}, [], "length"),
        (LONG, {}, [perf(1)], "stop"),
        ("hello", {}, [perf(0)], "length"),
        # KoboldAI tells nothing: an answer of fewer bytes than its limit has tokens is whole,
        ("hello", {}, [], "stop"),
        # and so is one that holds the end that it was told to stop at, or a whole JSON object.
        (f"{LONG}\n\n### Instruction:\nMore", {}, [], "stop"),
        (json.dumps({"text": LONG}), {}, [], "stop"),
        # Any other may have been cut.
        (LONG, {}, [], "length"),
        (json.dumps({"text": LONG})[:-1], {}, [], "length"),
    ],
)
async def test_how_a_whole_answer_ended(
    text: str, more: dict[str, object], told: Sequence[Transcript], meant: str
) -> None:
    with replaying(whole(text, **more), *told) as replay:
        async with provider_at(replay.address, AI) as provider:
            reply = await answered(provider, question())
    assert (reply.text, reply.finish) == (text.partition("\n\n###")[0], meant)


@pytest.mark.proves("stream", kind="koboldai", how="documented")
async def test_koboldai_is_asked_whole_and_in_words():
    with replaying(whole("hello")) as replay:
        async with provider_at(replay.address, AI) as provider:
            assert (await answered(provider, structured())).text == "hello"
            assert (await answered(provider, structured())).text == "hello"
    asked = [heard.path for heard in replay.heard]
    assert asked.count("/api/extra/generate/stream") == 1, "what it has not is asked for once"
    assert asked.count("/api/v1/generate") == 2
    sent = body_of(replay, WHOLE)
    assert str(sent["prompt"]).endswith("### Response:\n")
    assert sent["max_context_length"] == 2048, "a guess, for it told none"
    assert "grammar" not in sent


@pytest.mark.proves("json", kind="koboldai", how="documented")
async def test_koboldcpp_by_the_name_of_koboldai_is_streamed():
    made = exchange("POST /api/extra/json_to_grammar", {"result": "root ::= x", "success": True})
    with replaying(streamed("{", "}"), made) as replay:
        async with provider_at(replay.address, AI) as provider:
            assert (await answered(provider, structured())).text == "{}"
    assert body_of(replay)["grammar"] == "root ::= x"


async def test_a_server_with_neither_streams_nor_chat_is_asked_whole():
    with replaying(whole("hello", finish_reason="stop")) as replay:
        async with provider_at(replay.address, CPP) as provider:
            assert (await answered(provider, question())).text == "hello"
            assert (await answered(provider, question())).text == "hello"
    posts = [h.path for h in replay.heard if h.method == "POST" and "tokencount" not in h.path]
    assert posts == [
        "/v1/chat/completions",
        "/api/extra/generate/stream",
        "/api/v1/generate",
        "/api/v1/generate",
    ], "what it has not is asked for once"


async def test_where_streams_are_switched_off_it_is_asked_whole():
    with replaying(whole("hello", finish_reason="stop")) as replay:
        async with provider_at(replay.address, replace(NATIVE, streaming=False)) as provider:
            assert (await answered(provider, question())).text == "hello"
    assert "/api/extra/generate/stream" not in [heard.path for heard in replay.heard]


UNKNOWN = {"detail": {"genkey": ["Unknown field."]}}
TOO_MANY = {"detail": {"max_length": ["Must be between 1 and 512."]}}


@pytest.mark.proves("refusals", kind="koboldai", how="documented")
async def test_what_koboldai_refuses_is_left_out_or_made_smaller():
    refused = [exchange(WHOLE, body, status=422) for body in (UNKNOWN, TOO_MANY)]
    with replaying(*refused, whole("hello")) as replay:
        async with provider_at(replay.address, AI) as provider:
            reply = await answered(provider, question(max_tokens=1000))
    assert reply.text == "hello"
    sent = [json.loads(heard.body) for heard in replay.heard if heard.path == "/api/v1/generate"]
    assert [("genkey" in body, body["max_length"]) for body in sent[:3]] == [
        (True, 1000),
        (False, 1000),
        (False, 512),
    ]


async def test_a_busy_server_is_told():
    busy = {"detail": {"msg": "Server is busy; please try again later.", "type": "busy"}}
    with replaying(exchange(STREAM, busy, status=503)) as replay:
        async with provider_at(replay.address, replace(NATIVE, max_retries=0)) as provider:
            with pytest.raises(ServerFault, match="Server is busy"):
                await answered(provider, question())


@pytest.mark.proves("json", kind="koboldcpp", how="documented")
async def test_a_schema_becomes_the_servers_grammar():
    made = exchange("POST /api/extra/json_to_grammar", {"result": "root ::= x", "success": True})
    with replaying(streamed("{}"), made) as replay:
        async with provider_at(replay.address, NATIVE) as provider:
            await answered(provider, structured())
    assert body_of(replay)["grammar"] == "root ::= x"


async def test_without_a_grammar_it_is_asked_in_words():
    with replaying(streamed("{}")) as replay:
        async with provider_at(replay.address, NATIVE) as provider:
            assert (await answered(provider, structured())).text == "{}"
    assert "grammar" not in body_of(replay)


COUNT = exchange("POST /api/extra/tokencount", {"value": 4000, "ids": []})
WINDOW = exchange("GET /api/extra/true_max_context_length", {"value": 4096})


async def test_a_prompt_that_would_be_cut_silently_is_not_sent():
    with replaying(streamed("no"), COUNT, WINDOW) as replay:
        async with provider_at(replay.address, NATIVE) as provider:
            with pytest.raises(ContextOverflow) as caught:
                await answered(provider, question(max_tokens=200))
    assert (caught.value.prompt_tokens, caught.value.window) == (4000, 4096)
    assert "/api/extra/generate/stream" not in [heard.path for heard in replay.heard]


async def test_its_count_of_the_prompt_is_told_with_the_answer():
    with replaying(streamed("yes"), COUNT, WINDOW) as replay:
        async with provider_at(replay.address, NATIVE) as provider:
            assert (await answered(provider, question())).usage == Usage(4000, 0)
            assert await provider.count_tokens("some text") == 4000
    assert body_of(replay)["max_context_length"] == 4096


@pytest.mark.proves("stop", kind="koboldcpp", how="documented")
async def test_an_answer_that_is_not_wanted_any_more_is_aborted():
    endless = exchange(STREAM, events("word "), kind="text/event-stream", hangs=True)
    with replaying(endless, exchange("POST /api/extra/abort", {"success": "true"})) as replay:
        async with (
            provider_at(replay.address, NATIVE) as provider,
            aclosing(provider.stream(question())) as chunks,
        ):
            async for _ in chunks:
                break
        await asyncio.to_thread(replay.hung_up.wait, 5)
    assert body_of(replay, "POST /api/extra/abort")["genkey"] == body_of(replay)["genkey"]


async def test_where_no_key_could_be_sent_nobodys_answer_is_aborted():
    endless = exchange(STREAM, events("word "), kind="text/event-stream", hangs=True)
    refusal = exchange(STREAM, UNKNOWN, status=422)
    with replaying(refusal, endless) as replay:
        async with (
            provider_at(replay.address, NATIVE) as provider,
            aclosing(provider.stream(question())) as chunks,
        ):
            async for _ in chunks:
                break
        await asyncio.to_thread(replay.hung_up.wait, 5)
    assert "/api/extra/abort" not in [heard.path for heard in replay.heard]


async def test_pictures_are_not_dropped_silently():
    message = ChatMessage("user", ("What is this?", Image("data:image/png;base64,AAAA")))
    seeing = replace(NATIVE, declared={"vision": True})
    with replaying(streamed("no")) as replay:
        async with provider_at(replay.address, seeing) as provider:
            with pytest.raises(NotSupported, match="nothing was sent"):
                await answered(provider, Request((message,), 16))
    assert {heard.method for heard in replay.heard} == {"GET"}


async def test_what_is_no_answer_is_said_to_be_none():
    with replaying(exchange(WHOLE, {"results": []})) as replay:
        async with provider_at(replay.address, AI) as provider:
            with pytest.raises(HomespunError, match="not a chat completion"):
                await answered(provider, question())


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("koboldcpp/Qwen2.5-Coder-7B-Instruct-Q4_K_M", "chatml"),
        ("Meta-Llama-3.1-8B-Instruct", "llama3"),
        ("Mixtral-8x7B-Instruct", "mistral"),
        ("CodeLlama-13b-Instruct", "mistral"),
        ("gemma-2-9b-it", "gemma"),
        ("Phi-3-mini-4k-instruct", "phi3"),
        ("vicuna-13b", "vicuna"),
        ("any", "alpaca"),
    ],
)
def test_a_model_is_told_by_its_name(model: str, name: str):
    assert template_for(model) == name


async def test_the_servers_name_of_the_model_tells_the_template_too():
    named = exchange("GET /api/v1/model", {"result": "koboldcpp/gemma-2-9b"})
    with replaying(streamed("hi"), named) as replay:
        async with provider_at(replay.address, replace(NATIVE, model="any")) as provider:
            await answered(provider, question())
    assert str(body_of(replay)["prompt"]).startswith("<start_of_turn>user\n")


async def test_the_users_template_is_taken_and_the_server_may_be_left_to_it():
    with replaying(streamed("hi")) as replay:
        async with provider_at(replay.address, replace(NATIVE, template="server")) as provider:
            await answered(provider, question("Hi"))
    sent = body_of(replay)
    assert sent["prompt"] == "{{[INPUT]}}Hi{{[INPUT_END]}}{{[OUTPUT]}}"
    assert sent["replace_instruct_placeholders"] is True


CHAT = (Message("system", "Be short."), Message("user", "Hi"), Message("assistant", "Yo"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "llama3",
            "<|start_header_id|>system<|end_header_id|>\n\nBe short.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\nYo<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        ("mistral", "[INST] Be short.\n\nHi [/INST] Yo</s>"),
        ("alpaca", "Be short.\n\n### Instruction:\nHi\n\n### Response:\nYo\n\n### Response:\n"),
    ],
)
def test_a_chat_as_one_text(name: str, text: str):
    template = next(one for known, one in TEMPLATES.items() if known == name)
    assert render(template, CHAT) == text


def test_a_system_text_alone_is_not_lost():
    assert render(TEMPLATES["mistral"], CHAT[:1]) == "[INST] Be short.\n\n [/INST]"
