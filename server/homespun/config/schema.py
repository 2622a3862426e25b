"""Every setting with its type, default and meaning: the reference that docs and checks use.

Where values come from, and which layer wins, is `config.layers`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    Strict,
    field_validator,
)
from pydantic_core import PydanticCustomError

EditFormat = Literal["auto", "region", "hunks", "whole", "fenced"]
Review = Literal["never", "risky", "always"]
Consent = Literal["ask", "allow", "never"]
Scope = Literal["selection", "file", "workspace"]
Effort = Literal["", "minimal", "low", "medium", "high"]
Strategy = Literal["failover", "round_robin", "least_busy"]
Template = Literal["", "chatml", "llama3", "mistral", "gemma", "phi3", "vicuna", "alpaca", "server"]
Level = Literal["debug", "info", "warning", "error"]


def _one_line(pattern: str) -> str:
    """`pattern`, which has no line end: what stood behind one would count as a pattern too."""
    if "\n" in pattern or "\r" in pattern:
        raise PydanticCustomError("one_line", "A pattern is one line, without a line end")
    return pattern


Texts = Annotated[tuple[str, ...], Strict(strict=False)]
"""A list of texts. Not strict about the container: TOML and JSON give lists."""

JsonModes = Annotated[tuple[Literal["json_schema", "json_object"], ...], Strict(strict=False)]
"""Some forms of JSON, as OpenAI's `response_format` calls them."""

Patterns = Annotated[tuple[Annotated[str, AfterValidator(_one_line)], ...], Strict(strict=False)]
"""A list of patterns in the style of `.gitignore`, each of them one line."""

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Section(BaseModel):
    """A table of settings: frozen, exact about types, and without unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class CloudSettings(Section):
    """The model that is used when no local one is set."""

    model: str = Field(
        default="",
        description="Used only when no local model is set, as `provider/model`. Whatever is named "
        "here counts as cloud, whatever its address.",
    )
    consent: Consent = Field(
        default="ask",
        description="Whether text may go to the cloud model: `ask` once per workspace and "
        "destination, `allow` without asking, or `never`.",
    )


class GenerationSettings(Section):
    """What is asked of the model's sampling."""

    temperature: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.2, description="How freely the model chooses words, from 0 to 2."
    )
    max_output_tokens: Annotated[int, Field(ge=16, le=1_000_000)] = Field(
        default=8192,
        description="The longest answer in tokens. What fits beside the prompt bounds it too.",
    )
    reasoning_effort: Effort = Field(
        default="",
        description="How much a cloud model should think; empty leaves it to the model. Never sent "
        "to a local server.",
    )
    strict: bool = Field(
        default=False,
        description="Whether a `reasoning_effort` that cannot be sent is an error; else it is "
        "left out.",
    )


class ContextSettings(Section):
    """What the model is shown."""

    window: Annotated[int, Field(ge=0, le=100_000_000)] = Field(
        default=0,
        description="The model's context window in tokens. 0 asks the server, and takes 8192 "
        "where it does not say.",
    )
    index: bool = Field(
        default=True,
        description="Whether the workspace's files are indexed, in the cache folder of this "
        "machine, so that what a task needs is found among them.",
    )
    embeddings: str = Field(
        default="",
        description="A model for embeddings, as `provider/model`. Files whose meaning is near the "
        "instruction's then rank higher. Empty: none, and nothing is asked. Not for a project's "
        "file.",
    )


class ProviderParameters(Section):
    """How an endpoint is talked to. There is no limit on the whole of an answer's time."""

    connect_timeout: Seconds = Field(default=5.0, description="Seconds until a connection stands.")
    first_byte_timeout: Seconds = Field(
        default=600.0,
        description="Seconds until the answer begins: loading a model and reading the prompt.",
    )
    idle_timeout: Seconds = Field(
        default=120.0, description="Seconds of silence within an answer that has begun."
    )
    timeout: Seconds | None = Field(
        default=None,
        description="Seconds; sets `first_byte_timeout` and `idle_timeout` where those are not "
        "set themselves.",
    )
    max_retries: Annotated[int, Field(ge=0, le=10)] = Field(
        default=2, description="How often a request is sent again before its answer has begun."
    )
    streaming: bool = Field(
        default=True, description="Whether the answer is asked for piece by piece."
    )
    headers: dict[str, str] = Field(
        default_factory=dict[str, str],
        repr=False,
        description="More HTTP headers for each request.",
    )
    ca_file: str = Field(
        default="", description="A PEM file of certificate authorities to trust as well."
    )
    chat_endpoint: str = Field(
        default="", description="The path of chat completions; empty for the type's own."
    )
    model_endpoint: str = Field(
        default="", description="The path of the list of models; empty for the type's own."
    )
    rate_limit: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=0, description="The most requests a minute; 0 for no limit. The rest waits."
    )
    keep_alive: str = Field(
        default="",
        pattern=r"^(-?\d+(\.\d+)?(ms|s|m|h))?$",
        description="How long Ollama keeps the model loaded, such as `30m`; `-1m` for ever, empty "
        "for the server's own.",
    )
    template: Template = Field(
        default="",
        description="How a chat is written for KoboldAI's own interface, which takes one text: "
        "empty goes by the model's name, else `alpaca`; `server` leaves it to a newer KoboldCpp.",
    )

    @property
    def until_first_byte(self) -> float:
        """Seconds to wait for an answer's beginning, `timeout` considered."""
        return self._or_timeout("first_byte_timeout", self.first_byte_timeout)

    @property
    def between_bytes(self) -> float:
        """Seconds of silence to bear within an answer, `timeout` considered."""
        return self._or_timeout("idle_timeout", self.idle_timeout)

    def _or_timeout(self, name: str, value: float) -> float:
        if self.timeout is None or name in self.model_fields_set:
            return value
        return self.timeout


class ProviderSettings(Section):
    """An endpoint of the user's own, or changes to a preset of the same name."""

    type: str = Field(
        default="", description="The kind of server, such as `vllm`; empty for the table's name."
    )
    endpoint: str = Field(
        default="",
        repr=False,
        description="Its address, with or without `/v1`; empty for the type's own.",
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        description="The key, or where it is kept: `env:NAME`, `keyring:NAME`, or "
        '`command:["program", "argument"]` (in the user\'s own file only), which prints it.',
    )
    enabled: bool = Field(default=True, description="Whether this endpoint may be used.")
    models: Texts = Field(
        default=(),
        description="The models it serves, where it cannot tell. The first serves where the "
        "provider is named alone.",
    )
    supports_tools: bool | None = Field(
        default=None,
        description="Whether its models call tools. Not set: only where `homespun model test` "
        "has seen it.",
    )
    supports_vision: bool | None = Field(
        default=None,
        description="Whether its models see images. Not set: only where `homespun model test` "
        "has seen it.",
    )
    json_modes: JsonModes | None = Field(
        default=None,
        description="The forms of JSON that its models keep to, best first, of `json_schema` and "
        "`json_object`; an empty list asks in words alone. Not set: those of its type, and what "
        "`homespun model test` has seen.",
    )
    window: Annotated[int, Field(ge=0, le=100_000_000)] = Field(
        default=0,
        description="The context window of its models in tokens, before `context.window`. 0 asks "
        "the server.",
    )
    allow_pull: bool = Field(
        default=False,
        description="Whether models may be downloaded to it, and deleted from it (Ollama only).",
    )
    parameters: ProviderParameters = Field(
        default=ProviderParameters(), description="How the endpoint is talked to."
    )


class RouteNeeds(Section):
    """What an endpoint of a route must have to be asked."""

    window: Annotated[int, Field(ge=0, le=100_000_000)] = Field(
        default=0, description="The least context window in tokens."
    )
    tools: bool = Field(default=False, description="Whether its model must call tools.")


class RouteSettings(Section):
    """Several endpoints behind one name: `model = "NAME"`."""

    endpoints: Annotated[tuple[str, ...], Strict(strict=False), Field(min_length=1)] = Field(
        description="Providers, or `provider/model`, in the order in which they are tried. No "
        "other one ever takes over."
    )
    strategy: Strategy = Field(
        default="failover",
        description="Who is asked first: the first that is well, each in turn, or the least busy.",
    )
    needs: RouteNeeds = Field(
        default=RouteNeeds(), description="Endpoints that lack this are left out."
    )


class ActionSettings(Section):
    """One more code action."""

    title: str = Field(
        default="", max_length=200, description="What the editor's menu shows; empty for its name."
    )
    prompt: str = Field(min_length=1, description="What the model is asked to do.")
    scope: Scope = Field(
        default="selection",
        description="What the edit may touch: the selection or its enclosing definition, the "
        "file, or the workspace.",
    )


class JournalSettings(Section):
    """The record of what was asked, answered and changed, kept on this machine only."""

    enabled: bool = Field(
        default=True, description="Whether a journal is kept. Without it there is no undo later."
    )
    days: Annotated[int, Field(ge=1, le=36_500)] = Field(
        default=90, description="Entries older than this many days are forgotten."
    )
    megabytes: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=200, description="The oldest entries are forgotten above this size, in megabytes."
    )


class PriceSettings(Section):
    """What a model costs, in US dollars for a million tokens."""

    input: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        description="The price of the tokens that the model reads."
    )
    output: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        description="The price of the tokens that it writes."
    )


class RefactorSettings(Section):
    """Refactors of many files."""

    at_once: Annotated[int, Field(ge=0, le=64)] = Field(
        default=0,
        description="How many answers are asked for side by side. 0 asks the server (llama.cpp's "
        "slots), and takes what its kind serves well.",
    )
    files_in_a_request: Annotated[int, Field(ge=1, le=50)] = Field(
        default=4,
        description="The most files in one request: small models lose their way among many.",
    )
    check: Annotated[tuple[Texts, ...], Strict(strict=False)] = Field(
        default=(),
        description="Programs with their arguments that are run in the workspace folder after a "
        'refactor, such as `[["pytest", "-q"]]`, and how they end is told. Only your own settings '
        "file may name them.",
    )

    @field_validator("check")
    @classmethod
    def _named(cls, commands: tuple[Texts, ...]) -> tuple[Texts, ...]:
        if not all(command and command[0].strip() for command in commands):
            raise ValueError("each check is a list that begins with a program's name")
        return commands


class LoggingSettings(Section):
    """What is logged. Never the text of files, prompts or answers, and never keys."""

    level: Level = Field(default="info", description="The least important level that is logged.")
    providers: dict[str, Level] = Field(
        default_factory=dict[str, Level],
        description="Another level for requests to a provider, by its name.",
    )


class Settings(Section):
    """All settings of Homespun."""

    model: str = Field(
        default="",
        description="The model that answers, as `provider/model`. A provider is a preset or a "
        "`[providers.NAME]` table.",
    )
    edit_format: EditFormat = Field(
        default="auto",
        description="How the model writes changes; `auto` picks by model, size and scope.",
    )
    review: Review = Field(
        default="risky",
        description="Which changes are shown before they are applied.",
    )
    cloud: CloudSettings = Field(
        default=CloudSettings(), description="The model that is used when no local one is set."
    )
    generation: GenerationSettings = Field(
        default=GenerationSettings(), description="What is asked of the model's sampling."
    )
    context: ContextSettings = Field(
        default=ContextSettings(), description="What the model is shown."
    )
    providers: dict[str, ProviderSettings] = Field(
        default_factory=dict[str, ProviderSettings],
        description="Endpoints by name, or changes to presets.",
    )
    routes: dict[str, RouteSettings] = Field(
        default_factory=dict[str, RouteSettings],
        description="Several endpoints behind one name.",
    )
    actions: dict[str, ActionSettings] = Field(
        default_factory=dict[str, ActionSettings], description="More code actions by name."
    )
    ignore: Patterns = Field(
        default=(),
        description="Files that are never shown to a model, as patterns in the style of "
        "`.gitignore`. Every layer adds to the list.",
    )
    rules: Texts = Field(
        default=(),
        description="Files with rules of the project that the model is shown beside `AGENTS.md`, "
        "relative to the workspace folder. Every layer adds to the list.",
    )
    journal: JournalSettings = Field(
        default=JournalSettings(), description="The record of what was asked and changed."
    )
    refactor: RefactorSettings = Field(
        default=RefactorSettings(), description="Refactors of many files."
    )
    prices: dict[str, PriceSettings] = Field(
        default_factory=dict[str, PriceSettings],
        description="What models cost, by `provider/model`; `homespun usage` tells what they did.",
    )
    logging: LoggingSettings = Field(default=LoggingSettings(), description="What is logged.")
