"""Ways through the JSON that servers tell about themselves. Nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from homespun.providers.probes import ANY, MODEL, SERVED, Sign

_NAMES = ("id", "name", "model", "key")
_NO_MODEL = frozenset({"ReadOnly", "inactive"})
"""What KoboldAI and KoboldCpp say where no model is loaded."""


def follow(data: object, steps: Sequence[str], model: str) -> object:
    """What stands at the end of the way; None where the way ends early."""
    for step in steps:
        if isinstance(data, list):
            data = _entry(cast("list[object]", data), step, model)
        elif isinstance(data, dict):
            data = cast("dict[str, object]", data).get(step)
        else:
            return None
    return data


def tokens(data: object) -> int | None:
    """A number of tokens; None for what can be none."""
    if isinstance(data, int) and not isinstance(data, bool) and data > 0:
        return data
    return None


def model_names(data: object) -> tuple[str, ...]:
    """The models of an OpenAI list, or KoboldAI's only one; empty for anything else."""
    entries = follow(data, ("data",), "")
    if isinstance(entries, list):
        names = [follow(entry, ("id",), "") for entry in cast("list[object]", entries)]
    else:
        names = [follow(data, ("result",), "")]
    return tuple(n for n in names if isinstance(n, str) and n and n not in _NO_MODEL)


def lists_models(data: object) -> bool:
    """Whether this is a list of models, be it empty, or KoboldAI's word for its only one."""
    listed, only = follow(data, ("data",), ""), follow(data, ("result",), "")
    return isinstance(listed, list) or isinstance(only, str)


def shows(sign: Sign, data: object) -> bool:
    """Whether an answer bears this sign."""
    found = follow(data, sign.probe.steps, "")
    return found is not None and (not sign.value or found == sign.value)


def _entry(entries: list[object], step: str, model: str) -> object:
    """The entry of a list that `ANY`, `MODEL` or `SERVED` means."""
    first = entries[0] if entries else None
    if step == ANY:
        return first
    named = (entry for entry in entries if _is_called(entry, model))
    otherwise = first if step == SERVED and len(entries) == 1 else None
    return next(named, otherwise) if step in (MODEL, SERVED) else None


def _is_called(entry: object, model: str) -> bool:
    """Whether an entry is the model's; Ollama adds `:latest` to a name without a tag."""
    return any(follow(entry, (name,), "") in (model, f"{model}:latest") for name in _NAMES)
