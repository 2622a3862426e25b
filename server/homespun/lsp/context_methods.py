"""The wire contract's part about what a model would see."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from homespun.lsp.wire import Range, Wire


class Destination(Wire):
    """Where it would go."""

    provider: str
    model: str
    address: str = Field(description="The endpoint's base URL, without key and query.")
    local: bool = Field(description="Whether the text stays in the user's own network.")


class PromptMessage(Wire):
    """One message of the chat, word for word as the model would get it."""

    role: Literal["system", "user", "assistant"]
    content: str


class ContextItem(Wire):
    """A file, or a part of one, that would be shown; several parts are several items."""

    uri: str
    path: str = Field(description="The name that the model is given.")
    range: Range | None = Field(None, description="Which part; none where all of it is shown.")
    shown: Literal["whole", "part", "outline", "changes", "rules"] = Field(
        description="`outline`: only first lines of definitions; `changes`: what has changed since"
        " the model was shown the file; `rules`: the project's own, beside the instructions."
    )
    tokens: int
    reason: str = Field(description="Why it is shown, for people.")


class LeftOutFile(Wire):
    """A file that would not be shown, and why."""

    path: str
    reason: str


class Redaction(Wire):
    """A secret that would be replaced on its way out; the secret itself is never told."""

    kind: str = Field(description="What it looks like, such as `GitHub token`.")
    placeholder: str = Field(description="What stands in its place.")
    paths: tuple[str, ...] = Field(description="The files that hold it; none: the instruction.")


class ContextWindow(Wire):
    """The model's context window in tokens."""

    tokens: int
    guessed: bool = Field(description="Whether the server did not say, and no setting does.")


class Budget(Wire):
    """How the window would be used, in tokens."""

    prompt: int
    answer: int = Field(description="The longest answer that would be allowed.")
    margin: int = Field(description="What stays free, for estimates are not exact.")
    exact: bool = Field(description="Whether the prompt was counted by the server's tokenizer.")


class ContextResult(Wire):
    """What would be sent, and where to. Nothing has been sent."""

    destination: Destination
    messages: tuple[PromptMessage, ...]
    items: tuple[ContextItem, ...]
    left_out: tuple[LeftOutFile, ...]
    redactions: tuple[Redaction, ...]
    window: ContextWindow
    budget: Budget
    format: str = Field(description="The reply format that would be asked for.")
