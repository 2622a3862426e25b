"""The part of the wire contract that is about models; its methods stand in `methods`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from homespun.lsp.wire import HealthCheck, Params, Wire


class ModelsParams(Params):
    """Nothing to choose."""


class ModelParams(Params):
    """Which model; without `model` the one that serves, where that makes sense."""

    model: str | None = Field(None, description="As `provider/model`, or a profile's name.")


class SelectModelParams(Params):
    """Which model is to serve; without `model` the user is asked."""

    model: str | None = Field(None, description="As `provider/model`, or a profile's name.")
    keep: bool = Field(False, description="In the user's settings file, not for this session only.")


class AddModelParams(Params):
    """A model server to keep in the user's settings file, under a name of its own."""

    name: str = Field(description="Up to 60 letters, digits, and `.`, `-`, `_`.")
    type: str = Field(description="The kind of server, such as `vllm`, in any spelling.")
    endpoint: str = Field("", description="Its address; empty for the usual one of its type.")
    models: tuple[str, ...] = Field((), description="The models it serves, where it cannot tell.")
    key: str = Field(
        "", repr=False, description="Where its key is: `env:NAME` or `keyring:NAME`; never a key."
    )


class RemoveModelParams(Params):
    """A model server to take out of the user's settings file; a key in the keyring stays."""

    name: str


class ListedProvider(Wire):
    """A provider and its models: those it lists now, else those that the settings name."""

    provider: str
    type: str
    address: str
    local: bool
    models: tuple[str, ...]
    serves: str = Field(description="The model of it that serves; empty where it does not.")
    status: Literal[
        "ready",
        "loading",
        "no models",
        "unknown model",
        "wrong key",
        "unreachable",
        "unusable",
    ]
    reason: str
    hint: str
    named: bool = Field(description="False for a server that was only found to run here.")
    manageable: bool = Field(
        default=False,
        description="Whether its models may be downloaded and deleted from here, by `allow_pull`.",
    )
    seconds: float = Field(description="How long it took to answer.")


class ModelsResult(Wire):
    """All providers of the settings, the one that serves, and what else runs on this machine."""

    providers: tuple[ListedProvider, ...]


class SelectModelResult(Wire):
    """How a switch ended: `warned` is a switch in spite of a fault, `kept` is none."""

    model: str
    address: str
    local: bool
    status: Literal["switched", "warned", "kept"]
    reason: str
    hint: str


class AddModelResult(Wire):
    """What was added; it serves once it is selected."""

    name: str
    file: str = Field(description="The settings file that it is kept in.")


class RemoveModelResult(Wire):
    """What was removed."""

    name: str
    served: bool = Field(description="Whether it was the one that served.")


class TestModelResult(Wire):
    """What a test saw, in the order of its steps."""

    checks: tuple[HealthCheck, ...]


class KeptModelResult(Wire):
    """The model that was downloaded or deleted, as `provider/model`."""

    model: str
