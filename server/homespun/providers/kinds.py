"""A table: each known server's address, paths and quirks. Data only, one row a server.

The facts were gathered from the servers' sources, documents and issue threads in November 2026;
`seen` marks the rows whose behaviour was also observed, in recorded exchanges. A port never names
a server: several share one (8080, 8000, 5000, 1234), so `signs` tell them apart.

Two things need no column: every name under which servers send a model's thoughts is read from all
of them (`openai_compatible`), and every shape of their errors (`failures`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from homespun.errors import BadSetting
from homespun.providers.probes import ANY, MODEL, SERVED, Counter, Probe, Sign

Format = Literal["json_schema", "json_object_schema", "json_object", "text"]
"""`json_object_schema` is `json_object` with a `schema` beside it, which few servers know."""

Limit = Literal["max_tokens", "max_completion_tokens"]

WireName = Literal["openai", "ollama", "koboldcpp", "kobold", "anthropic"]

KeyStyle = Literal["bearer", "x-api-key"]
"""`Authorization: Bearer KEY`, or a header of its own."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of server.

    `addresses` are tried in order; the first is the default. `env` is the prefix of its variables
    (`OLLAMA` for `OLLAMA_BASE_URL`). `placeholder` is sent as key where the server insists on
    one and does not look at it. `formats` is its ladder of `response_format`, best first.
    `optional` are the parameters beyond model, messages, stream and the limit that it may be
    sent. `guess` is its window in tokens where it does not say. `headers` go with every request.
    `any_name`: where it has one model, it serves that under any name. `unlisted` are names that it
    always serves and never lists.
    """

    id: str
    title: str
    env: str
    addresses: tuple[str, ...] = ()
    placeholder: str = ""
    wire: WireName = "openai"
    key_style: KeyStyle = "bearer"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    chat_path: str = "/v1/chat/completions"
    models_path: str = "/v1/models"
    formats: tuple[Format, ...] = ("json_schema", "json_object", "text")
    limit: Limit = "max_tokens"
    streaming: bool = True
    optional: frozenset[str] = frozenset({"temperature", "stream_options"})
    windows: tuple[Probe, ...] = ()
    counters: tuple[Counter, ...] = ()
    guess: int = 8192
    signs: tuple[Sign, ...] = ()
    any_name: bool = False
    unlisted: frozenset[str] = frozenset()
    cloud: bool = False
    seen: bool = False


_LISTED_LENGTH = Probe("/v1/models", ("data", SERVED, "max_model_len"))
_LLAMA_WINDOWS = (
    # `n_ctx` of a slot, the part of the cache that one request really has.
    Probe("/props", ("default_generation_settings", "n_ctx")),
    Probe("/v1/models", ("data", SERVED, "meta", "n_ctx")),
)

_KOBOLD_WINDOWS = (
    # What it was started with; the other is what it lends to a network of volunteers.
    Probe("/api/extra/true_max_context_length", ("value",)),
    Probe("/api/v1/config/max_context_length", ("value",)),
)
_KOBOLD_PARAMETERS = frozenset(
    {
        "stop_sequence",
        "trim_stop",
        "quiet",
        "genkey",
        "replace_instruct_placeholders",
        "use_default_badwordsids",
    }
)
_KOBOLD_COUNTER = Counter("/api/extra/tokencount", "prompt", ("value",))
_LLAMA_COUNTER = Counter("/tokenize", "content", ("tokens",))
_VLLM_COUNTER = Counter("/tokenize", "prompt", ("count",))

_ROWS = (
    # Emulates Ollama and llama.cpp, so its sign comes before theirs.
    Kind(
        id="koboldcpp",
        title="KoboldCpp",
        env="KOBOLDCPP",
        addresses=("http://127.0.0.1:5001",),
        wire="koboldcpp",
        optional=frozenset({"temperature", "stream_options"}) | _KOBOLD_PARAMETERS,
        windows=_KOBOLD_WINDOWS,
        counters=(_KOBOLD_COUNTER,),
        signs=(Sign(Probe("/api/extra/version", ("result",)), "KoboldCpp"),),
        any_name=True,
    ),
    Kind(
        id="lm_studio",
        title="LM Studio",
        env="LMSTUDIO",
        addresses=("http://127.0.0.1:1234",),
        # `json_object` is a 400: 'response_format.type' must be 'json_schema' or 'text'.
        formats=("json_schema", "text"),
        windows=(
            Probe("/api/v0/models", ("data", MODEL, "loaded_context_length")),
            Probe(
                "/api/v1/models",
                ("models", MODEL, "loaded_instances", ANY, "config", "context_length"),
            ),
        ),
        signs=(
            Sign(Probe("/api/v0/models", ("data", ANY, "compatibility_type"))),
            Sign(Probe("/api/v1/models", ("models", ANY, "key"))),
        ),
    ),
    Kind(
        id="llamacpp",
        title="llama.cpp",
        env="LLAMACPP",
        # 9931 since August 2026.
        addresses=("http://127.0.0.1:8080", "http://127.0.0.1:9931"),
        windows=_LLAMA_WINDOWS,
        counters=(_LLAMA_COUNTER,),
        signs=(
            Sign(Probe("/props", ("default_generation_settings",))),
            Sign(Probe("/v1/models", ("data", ANY, "owned_by")), "llamacpp"),
        ),
        any_name=True,
        seen=True,
    ),
    Kind(
        id="vllm",
        title="vLLM",
        env="VLLM",
        addresses=("http://127.0.0.1:8000",),
        windows=(_LISTED_LENGTH,),
        counters=(_VLLM_COUNTER,),
        signs=(Sign(Probe("/v1/models", ("data", ANY, "owned_by")), "vllm"),),
        seen=True,
    ),
    Kind(
        id="tabbyapi",
        title="TabbyAPI",
        env="TABBYAPI",
        addresses=("http://127.0.0.1:5000",),
        formats=("json_schema", "text"),
        windows=(
            Probe("/v1/model", ("parameters", "max_seq_len")),
            Probe("/v1/model", ("max_seq_len",)),
        ),
        counters=(Counter("/v1/token/encode", "text", ("length",)),),
        signs=(Sign(Probe("/v1/model", ("parameters", "max_seq_len"))),),
    ),
    Kind(
        id="ollama",
        title="Ollama",
        env="OLLAMA",
        addresses=("http://127.0.0.1:11434",),
        placeholder="ollama",
        # `/v1` cannot set `num_ctx`, and drops the oldest messages silently.
        wire="ollama",
        chat_path="/api/chat",
        # Of loaded models only; what is to be loaded, its wire finds out.
        windows=(Probe("/api/ps", ("models", MODEL, "context_length")),),
        guess=4096,
        signs=(Sign(Probe("/api/tags", ("models",))),),
    ),
    Kind(
        id="mlx",
        title="mlx_lm.server",
        env="MLX",
        addresses=("http://127.0.0.1:8080",),
        # Ignores every `response_format` silently, so none is sent.
        formats=("text",),
        # What it was started with, also where its list has that under its path or not at all.
        unlisted=frozenset({"default_model"}),
        seen=True,
    ),
    Kind(
        id="gpt4all",
        title="GPT4All",
        env="GPT4ALL",
        addresses=("http://127.0.0.1:4891",),
        # Rejects `stream`, `response_format` and any key that it does not know.
        formats=("text",),
        streaming=False,
        optional=frozenset({"temperature"}),
        guess=2048,
    ),
    Kind(
        id="textgen",
        title="text-generation-webui",
        env="TEXTGEN",
        addresses=("http://127.0.0.1:5000",),
        formats=("text",),
        counters=(Counter("/v1/internal/token-count", "text", ("length",)),),
    ),
    Kind(
        id="jan",
        title="Jan",
        env="JAN",
        addresses=("http://127.0.0.1:1337",),
        placeholder="jan",
        windows=_LLAMA_WINDOWS,
        counters=(_LLAMA_COUNTER,),
    ),
    Kind(
        id="localai",
        title="LocalAI",
        env="LOCALAI",
        addresses=("http://127.0.0.1:8080",),
        formats=("json_object", "text"),
    ),
    Kind(
        id="mistralrs",
        title="mistral.rs",
        env="MISTRALRS",
        addresses=("http://127.0.0.1:1234",),
    ),
    Kind(
        id="fastchat",
        title="FastChat",
        env="FASTCHAT",
        addresses=("http://127.0.0.1:8000",),
        formats=("text",),
    ),
    Kind(
        id="litellm",
        title="LiteLLM proxy",
        env="LITELLM",
        addresses=("http://127.0.0.1:4000",),
        seen=True,
    ),
    Kind(
        id="transformers",
        title="transformers serve",
        env="TRANSFORMERS",
        addresses=("http://127.0.0.1:8000",),
        # Ignores `response_format` silently, and answers 422 to fields that it does not know.
        formats=("text",),
        seen=True,
    ),
    Kind(
        id="llamacpp_python",
        title="llama-cpp-python",
        env="LLAMACPP_PYTHON",
        addresses=("http://127.0.0.1:8000",),
        # `json_schema` is a 500.
        formats=("json_object_schema", "json_object", "text"),
        counters=(Counter("/extras/tokenize/count", "input", ("count",)),),
        any_name=True,
        seen=True,
    ),
    Kind(
        id="koboldai",
        title="KoboldAI",
        env="KOBOLDAI",
        addresses=("http://127.0.0.1:5000",),
        wire="kobold",
        # KoboldCpp goes by this name too. What KoboldAI itself lacks of this is a 404 there.
        chat_path="/api/extra/generate/stream",
        models_path="/api/v1/model",
        formats=("json_schema", "text"),
        optional=frozenset({"temperature"}) | _KOBOLD_PARAMETERS,
        windows=_KOBOLD_WINDOWS,
        counters=(_KOBOLD_COUNTER,),
        guess=2048,
        # The last sign of all: KoboldCpp, TabbyAPI and others emulate it.
        signs=(Sign(Probe("/api/v1/model", ("result",))),),
        any_name=True,
    ),
    Kind(
        id="openai",
        title="OpenAI",
        env="OPENAI",
        addresses=("https://api.openai.com",),
        limit="max_completion_tokens",
        optional=frozenset({"temperature", "stream_options", "reasoning_effort"}),
        guess=128_000,
        cloud=True,
    ),
    Kind(
        id="anthropic",
        title="Anthropic",
        env="ANTHROPIC",
        addresses=("https://api.anthropic.com",),
        wire="anthropic",
        key_style="x-api-key",
        headers={"anthropic-version": "2023-06-01"},
        chat_path="/v1/messages",
        formats=("json_schema", "text"),
        optional=frozenset({"temperature", "reasoning_effort"}),
        windows=(Probe("/v1/models", ("data", MODEL, "max_input_tokens")),),
        guess=200_000,
        cloud=True,
    ),
    Kind(
        id="openrouter",
        title="OpenRouter",
        env="OPENROUTER",
        addresses=("https://openrouter.ai/api",),
        optional=frozenset({"temperature", "stream_options", "reasoning_effort"}),
        windows=(Probe("/v1/models", ("data", MODEL, "context_length")),),
        guess=32_768,
        cloud=True,
    ),
    Kind(
        id="scripted",
        title="the scripted endpoint",
        env="SCRIPTED",
        windows=(_LISTED_LENGTH,),
        seen=True,
    ),
    Kind(
        id="openai_compatible",
        title="an OpenAI-compatible server",
        env="LOCAL_LLM",
        windows=(_LISTED_LENGTH, *_LLAMA_WINDOWS),
        counters=(_LLAMA_COUNTER, _VLLM_COUNTER),
    ),
)

KINDS: Final = {row.id: row for row in _ROWS}
"""All rows by id, in the order in which `signs` are to be looked for."""


def kind(name: str) -> Kind:
    """The row called `name`. Raises `BadSetting` that lists the known ones."""
    try:
        return KINDS[name]
    except KeyError:
        raise BadSetting(
            f"There is no kind of server called {name!r}.",
            f"Known kinds: {', '.join(sorted(KINDS))}.",
        ) from None
