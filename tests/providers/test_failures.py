"""Refusals as real servers word them; most bodies are from recorded exchanges."""

import json

import pytest

from homespun.core.prompt import Message
from homespun.errors import (
    ContextOverflow,
    Loading,
    ModelError,
    RequestRefused,
    ServerFault,
    UnknownModel,
    WrongKey,
)
from homespun.providers.base import Endpoint, Request
from homespun.providers.failures import error_for, read, shown
from homespun.providers.waiting import Patience

ENDPOINT = Endpoint(
    "openai_compatible", "mine", "http://127.0.0.1:1", "m", "sk-key", {"X-Key": "header-secret"}
)
LITELLM = {
    "error": {
        "message": "litellm.ContextWindowExceededError: OpenAIException - request (120046 tokens)"
        " exceeds the available context size (8192 tokens), try increasing it\nmodel=local-fast.",
        "type": None,
        "code": "400",
    }
}
LLAMA = {
    "error": {
        "code": 400,
        "message": "request (120046 tokens) exceeds the available context size (16384 tokens)",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 120046,
        "n_ctx": 16384,
    }
}
LLAMA_PYTHON = {
    "error": {
        "message": "This model's maximum context length is 16384 tokens. However, you requested"
        " 120050 tokens (120046 in the messages, 4 in the completion).",
        "code": "context_length_exceeded",
    }
}
VLLM = {
    "error": {
        "message": "This model's maximum context length is 4096 tokens. However, your prompt"
        " contains 150105 characters (more than 49152 characters).",
        "type": "BadRequestError",
        "param": "input_text",
        "code": 400,
    }
}
LM_STUDIO = {"error": "Trying to keep the first tokens (n_keep: 9000 >= n_ctx: 4096)."}


@pytest.mark.parametrize(
    ("body", "prompt", "window"),
    [
        (LITELLM, 120046, 8192),
        (LLAMA, 120046, 16384),
        (LLAMA_PYTHON, 120046, 16384),
        (VLLM, None, 4096),
        (LM_STUDIO, 9000, 4096),
    ],
)
def test_an_overflow_in_any_words(body: object, prompt: int | None, window: int):
    error = error_for(read(400, json.dumps(body).encode()), ENDPOINT)
    assert isinstance(error, ContextOverflow)
    assert (error.prompt_tokens, error.window) == (prompt, window)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, '{"error":{"message":"Invalid API Key"}}', WrongKey),
        (401, '{"detail":"Invalid API key"}', WrongKey),
        (400, '{"error":{"message":"No connected db.","type":"no_db_connection"}}', WrongKey),
        (403, "Forbidden", WrongKey),
        (404, '{"error":{"message":"The model `x` does not exist."}}', UnknownModel),
        (400, '{"error":{"message":"/chat: Invalid model name passed in model=x."}}', UnknownModel),
        (400, '{"error":{"code":400,"message":"model \'nope\' not found"}}', UnknownModel),
        (400, "{\"detail\":\"Server is pinned to 'a'; requested 'b'.\"}", UnknownModel),
        (404, '{"error":"Cannot find an appropriate cached snapshot folder"}', UnknownModel),
        (404, '{"error": "model \\"qwen\\" not found, try pulling it first"}', UnknownModel),
        (503, '{"error":{"message":"Loading model","code":503}}', Loading),
        (503, '{"error":"server busy, please try again. maximum pending requests"}', ServerFault),
        (500, "Internal Server Error", ServerFault),
        (500, '{"error":{"message":"OpenAIException - Connection error."}}', ServerFault),
        (404, '{"detail":"Not Found"}', RequestRefused),
        (400, '{"error":{"message":"response_format json_schema is no good"}}', RequestRefused),
        (
            400,
            '{"error":{"message":"\'response_format\' is not supported with this model."}}',
            RequestRefused,
        ),
        (422, '{"detail":[{"loc":["body","top_x"],"msg":"Extra inputs"}]}', RequestRefused),
        (418, "", RequestRefused),
        (400, "[]", RequestRefused),
        (400, '{"error": [3]}', RequestRefused),
        (400, "\x00\ufffd", RequestRefused),
    ],
)
def test_each_refusal_has_its_name(status: int, body: str, error: type[ModelError]):
    found = error_for(read(status, body.encode()), ENDPOINT)
    assert type(found) is error
    assert found.hint
    assert "mine at http://127.0.0.1:1" in found.message


def test_a_validation_error_names_the_place_and_not_our_text():
    detail = [{"loc": ["body", "top_x"], "msg": "Extra inputs", "input": {"messages": "secret"}}]
    answer = read(422, json.dumps({"detail": detail}).encode())
    assert answer.message == "top_x: Extra inputs"


def test_of_a_web_page_only_the_title_is_shown():
    page = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body>lots</body>"
    assert read(502, page).message == "502 Bad Gateway"


def test_what_is_shown_is_short_and_holds_neither_keys_nor_prompt():
    request = Request((Message("user", "first\n  def secret_function(x):\n"),), max_tokens=1)
    message = "sk-key header-secret 'def secret_function(x):'\n\x1b[31m" + "long " * 200
    text = shown(message, ENDPOINT, request)
    assert text.startswith("*** *** '...' [31mlong long")
    assert len(text) == 300
    assert shown("bad value, 'input': 'all of the prompt'", ENDPOINT) == "bad value,"


def test_a_refused_keys_answer_is_not_repeated():
    body = b'{"error":{"message":"Incorrect API key provided: sk-k***ey"}}'
    assert "Incorrect" not in error_for(read(401, body), ENDPOINT).message


def test_a_body_that_is_nested_without_end_is_plain_text():
    assert read(500, b"[" * 200_000).status == 500


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0),
        (" 3 ", 3.0),
        ("", 1.0),
        ("soon", 1.0),
        ("GMT", 1.0),
        ("²", 1.0),
        ("9" * 400, 1.0),
        ("-1", 1.0),
        ("Fri, 27 Nov 2020 00:00:00 GMT", 0.0),
        ("Fri, 99 Nov 9999 00:00:00 GMT", 1.0),
    ],
)
def test_how_long_a_busy_server_is_waited_for(header: str, seconds: float):
    wait = Patience(ENDPOINT).wait(read(429, b"{}"), header)
    assert wait is not None
    assert wait.seconds == seconds
