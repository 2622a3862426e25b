"""What the messages of the wire contract are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Token = int | str


class Wire(BaseModel):
    """A JSON object with camelCase keys. Unknown keys are errors: a typo is told, not ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Params(Wire):
    """What every method takes."""

    work_done_token: Token | None = Field(None, description="Progress is told under this token.")
    wait: bool = Field(
        False, description="As a command only: answer when done, as the request does."
    )


class HealthCheck(Wire):
    """One of the doctor's checks: what was looked at, what was found, what to do."""

    name: str
    status: Literal["ok", "warning", "error"]
    found: str
    hint: str
    details: Mapping[str, Any]
