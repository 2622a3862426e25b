"""Models that other tools' variables name, so that existing set-ups just work.

- `AYE_LLM_API_URL` (a full chat URL), `AYE_LLM_API_KEY`, `AYE_LLM_MODEL` (Aye Chat)
- `OPENAI_COMPATIBLE_DATA`: a JSON array of `{"provider": "LocalVLLM", "models": [{"apiName":
  "deepseek-r1"}], "apiKey": "", "baseUrl": "http://localhost:8000/v1"}`

An empty variable counts as unset.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from homespun.errors import BadSetting


@dataclass(frozen=True, slots=True)
class Named:
    """A model with all that is needed to reach it; `key` "" for none.

    `tools`: whether it is said to call tools; None where nothing is said.
    """

    provider: str
    model: str
    url: str
    key: str = field(default="", repr=False)
    tools: bool | None = None


def named_by_others(environ: Mapping[str, str]) -> Named | None:
    """The model that another tool would use. Raises `BadSetting` for half a set-up."""
    if url := environ.get("AYE_LLM_API_URL", "").strip():
        model = environ.get("AYE_LLM_MODEL", "").strip()
        if not model:
            raise BadSetting("AYE_LLM_API_URL is set without a model.", "Set AYE_LLM_MODEL too.")
        return Named("aye", model, url, environ.get("AYE_LLM_API_KEY", "").strip())
    return next(iter(_listed(environ)), None)


def served_by_others(environ: Mapping[str, str], provider: str, model: str) -> Named | None:
    """The model of that provider in `OPENAI_COMPATIBLE_DATA`; "" takes the provider's first."""
    own = [named for named in _listed(environ) if named.provider == provider]
    return next((named for named in own if model in ("", named.model)), None)


def _listed(environ: Mapping[str, str]) -> list[Named]:
    """All models of `OPENAI_COMPATIBLE_DATA`, in its order."""
    text = environ.get("OPENAI_COMPATIBLE_DATA", "").strip()
    if not text:
        return []
    try:
        providers = cast("list[dict[str, Any]]", json.loads(text))
        return [named for provider in providers for named in _models(provider)]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadSetting(
            "OPENAI_COMPATIBLE_DATA cannot be used.",
            'It is a JSON array of {"provider", "models": [{"apiName"}], "apiKey", "baseUrl"}.',
        ) from error


def _models(provider: Mapping[str, Any]) -> list[Named]:
    name, url = str(provider["provider"]), str(provider["baseUrl"])
    key = str(provider.get("apiKey") or "")
    return [
        Named(name, str(model["apiName"]), url, key, _flag(model.get("supportsTools")))
        for model in provider["models"]
    ]


def _flag(found: object) -> bool | None:
    return found if isinstance(found, bool) else None
