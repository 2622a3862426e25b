"""A prompt that is too long for a server: each refuses or cuts it in its own way; nothing is lost.

As the servers' documents, sources and issue threads have it, over real HTTP; what the real
llama-server does is in tests/providers/test_real_servers.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.test_edit import edit, hunk, task, updates
from engine.world import World, engine_over, world
from homespun.errors import ContextOverflow, HomespunError, PromptCut
from homespun.providers.base import Window
from model_servers.asking import USUAL, provider_at
from model_servers.documented import exchange, lines
from model_servers.replay import replaying

CHAT = "POST /v1/chat/completions"
TEXT = "".join(f"value_{n} = {n}\n" for n in range(2000))
REPLY = updates(hunk("a.py", "value_1 = 1\n", "value_1 = 2\n"))
CUT = 1024
"""Tokens that a server read of the prompt, where it cut it."""
LLAMA = {
    "message": "request (20046 tokens) exceeds the available context size (8192 tokens)",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 20046,
    "n_ctx": 8192,
    "code": 400,
}
OPENAI = "This model's maximum context length is 8192 tokens. However, your messages resulted in "


@dataclass(frozen=True)
class Refuses:
    """A server that says no: the answer to the request, and what it tells of its limit."""

    kind: str
    body: Mapping[str, object] | bytes
    status: int = 400
    route: str = CHAT
    name: str = ""
    type: str = "application/json"


@dataclass(frozen=True)
class Cuts:
    """A server that drops a part of the prompt and answers; `sent` tells how much it has read."""

    kind: str
    sent: bytes
    route: str = CHAT
    type: str = "text/event-stream"
    name: str = ""


def stream(usage: Mapping[str, int]) -> bytes:
    """An OpenAI stream with the whole reply and what it cost."""
    events: list[Mapping[str, object]] = [
        {"choices": [{"index": 0, "delta": {"content": REPLY}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": usage},
    ]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode() + (
        b"data: [DONE]\n\n"
    )


USAGE = {"prompt_tokens": CUT, "completion_tokens": 30, "total_tokens": CUT + 30}

REFUSING = [
    Refuses(
        "ollama",
        {"error": "the input length exceeds the context length"},
        route="POST /api/chat",
    ),
    Refuses("llamacpp", {"error": LLAMA}),
    Refuses("jan", {"error": LLAMA}),
    Refuses("vllm", {"error": {"message": f"{OPENAI}20050 tokens.", "code": 400}}),
    Refuses(
        "vllm",
        {"object": "error", "message": f"{OPENAI}20050 tokens.", "code": 400},
        name="before its errors were nested",
    ),
    Refuses(
        "lm_studio",
        {"error": "Trying to keep the first tokens (n_keep: 20046 >= n_ctx: 8192)."},
    ),
    Refuses("localai", {"error": {**LLAMA, "code": 500}}, status=500),
    Refuses(
        "localai",
        f"data: {json.dumps({'error': LLAMA})}\n\n".encode(),
        status=200,
        type="text/event-stream",
        name="in its stream",
    ),
    Refuses("fastchat", {"object": "error", "message": f"{OPENAI}20050 tokens.", "code": 40303}),
    Refuses(
        "tabbyapi",
        {"error": {"message": "Prompt length 20046 is greater than max_seq_len 8192"}},
        status=422,
    ),
    Refuses("mistralrs", {"message": "Prompt sequence length is greater than 8192"}),
    Refuses(
        "litellm",
        {"error": {"message": f"litellm.ContextWindowExceededError: {OPENAI}", "code": "400"}},
    ),
    Refuses(
        "openai",
        {"error": {"message": f"{OPENAI}20050 tokens.", "code": "context_length_exceeded"}},
    ),
    Refuses(
        "openrouter",
        {
            "error": {
                "code": 400,
                "message": "This endpoint's maximum context length is 8192 tokens",
            }
        },
    ),
    Refuses(
        "anthropic",
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "prompt is too long: 208310 tokens > 200000 maximum",
            },
        },
        route="POST /v1/messages",
    ),
]
CUTTING = [
    Cuts(
        "ollama",
        lines(
            {"message": {"content": REPLY}, "done": False},
            {
                "message": {"content": ""},
                "done": True,
                "done_reason": "stop",
                "prompt_eval_count": CUT,
                "eval_count": 30,
            },
        ),
        "POST /api/chat",
        "application/x-ndjson",
        "that does not know `truncate`",
    ),
    Cuts("openai_compatible", stream(USAGE), name="Ollama under `/v1`"),
    Cuts("lm_studio", stream(USAGE), name="with a rolling window"),
    Cuts("koboldcpp", stream(USAGE)),
    Cuts("textgen", stream(USAGE)),
    Cuts("llamacpp", stream(USAGE), name="of before it refused"),
]


def named(case: Refuses | Cuts) -> str:
    return f"{case.kind} {case.name}".strip()


@dataclass
class _Seen:
    """What came of an edit, with what the provider says of the window afterwards."""

    world: World
    error: HomespunError
    asked: list[str] = field(default_factory=list[str])


async def _edited(tmp_path: Path, case: Refuses | Cuts) -> _Seen:
    """An edit of a long file by a server whose window is said to be large."""
    body = case.body if isinstance(case, Refuses) else case.sent
    status = case.status if isinstance(case, Refuses) else 200
    path = case.route.partition(" ")[2]
    endpoint = replace(
        USUAL, kind=case.kind, model="m", chat_path=path, window=32_768, max_retries=0
    )
    answer = exchange(case.route, body, status=status, kind=case.type)
    with replaying(answer) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            w = world(tmp_path, {"a.py": TEXT})
            # The engine needs no more of a model than a provider has.
            w.engine = engine_over(w.workspace, provider, w.journal, tmp_path)  # type: ignore[arg-type]
            with pytest.raises(HomespunError) as caught:
                await edit(w, task(w, "a.py"))
    asked = [heard.path for heard in replay.heard if heard.path == path]
    return _Seen(w, caught.value, asked)


@pytest.mark.parametrize("case", REFUSING, ids=named)
async def test_a_refusal_says_what_to_do_and_changes_nothing(tmp_path: Path, case: Refuses) -> None:
    seen = await _edited(tmp_path, case)
    assert isinstance(seen.error, ContextOverflow), seen.error
    assert seen.error.hint
    assert seen.world.workspace.text("a.py") == TEXT
    assert [entry.status for entry in await seen.world.engine.history()] == ["failed"]


@pytest.mark.parametrize("case", CUTTING, ids=named)
async def test_a_reply_to_a_cut_prompt_is_refused_however_good(tmp_path: Path, case: Cuts) -> None:
    seen = await _edited(tmp_path, case)
    assert isinstance(seen.error, PromptCut), seen.error
    assert str(CUT) in str(seen.error)
    assert "context window" in seen.error.hint
    assert seen.world.workspace.text("a.py") == TEXT
    assert len(seen.asked) == 1, "nothing is asked again"


async def test_after_a_cut_the_window_is_asked_anew(tmp_path: Path) -> None:
    told = [
        exchange("GET /props", {"default_generation_settings": {"n_ctx": size}})
        for size in (32_768, 2_048)
    ]
    answer = exchange(CHAT, stream(USAGE), kind="text/event-stream")
    endpoint = replace(USUAL, kind="llamacpp", model="m", max_retries=0)
    with replaying(*told, answer) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            w = world(tmp_path, {"a.py": TEXT})
            w.engine = engine_over(w.workspace, provider, w.journal, tmp_path)  # type: ignore[arg-type]
            with pytest.raises(PromptCut):
                await edit(w, task(w, "a.py"))
            assert await provider.window() == Window(2_048, guessed=False)
            with pytest.raises(ContextOverflow, match="does not fit"):
                await edit(w, task(w, "a.py"))
    assert w.workspace.text("a.py") == TEXT


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ("koboldcpp", "/api/extra/true_max_context_length", {"value": 2048}),
        ("tabbyapi", "/v1/model", {"id": "m", "parameters": {"max_seq_len": 2048}}),
        ("vllm", "/v1/models", {"data": [{"id": "m", "max_model_len": 2048}]}),
        ("lm_studio", "/api/v0/models", {"data": [{"id": "m", "loaded_context_length": 2048}]}),
    ],
)
async def test_what_cannot_fit_is_never_sent(
    tmp_path: Path, kind: str, path: str, body: Mapping[str, object]
) -> None:
    endpoint = replace(USUAL, kind=kind, model="m", max_retries=0)
    with replaying(exchange(f"GET {path}", body)) as replay:
        async with provider_at(replay.address, endpoint) as provider:
            w = world(tmp_path, {"a.py": TEXT})
            w.engine = engine_over(w.workspace, provider, w.journal, tmp_path)  # type: ignore[arg-type]
            with pytest.raises(ContextOverflow, match="does not fit"):
                await edit(w, task(w, "a.py"))
    assert not [heard for heard in replay.heard if heard.path.endswith("/completions")]
