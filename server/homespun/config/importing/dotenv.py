"""`.env` files: the variables that name models, addresses and keys. All others are left alone.

`HOMESPUN_MODEL`; `PREFIX_BASE_URL` and `PREFIX_API_KEY` of each kind of server, and of
`LOCAL_LLM`; `AYE_LLM_API_URL`, `AYE_LLM_API_KEY`, `AYE_LLM_MODEL`; `OPENAI_COMPATIBLE_DATA`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from homespun.config.importing.found import Imported, Known, reference
from homespun.config.profiles import Profile, is_name

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
_OPEN = "openai_compatible"
_AYE = ("AYE_LLM_API_URL", "AYE_LLM_API_KEY", "AYE_LLM_MODEL")
_DATA = "OPENAI_COMPATIBLE_DATA"


@dataclass(slots=True)
class _Found:
    """The variables of a file, and what was made of them."""

    variables: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    lines: dict[str, int] = field(default_factory=dict[str, int])
    profiles: list[Profile] = field(default_factory=list[Profile])
    keys: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    used: set[str] = field(default_factory=set[str])
    problems: list[str] = field(default_factory=list[str])

    def take(self, name: str) -> str:
        """A variable's value; an empty one counts as unset."""
        self.used.add(name)
        return self.variables.get(name, "").strip()

    def add(self, profile: Profile, key: str) -> None:
        """Keep a profile with its key apart."""
        if key and not reference(key):
            self.keys[profile.name] = key
        self.profiles.append(replace(profile, api_key=reference(key)))

    def wrong(self, name: str, reason: str) -> None:
        """Note a problem at a variable's line."""
        self.problems.append(f"line {self.lines[name]}: {name} {reason}")


def read_dotenv(text: str, known: Known) -> tuple[Imported, list[str]]:
    """What the variables in `text` describe, and each problem with its line."""
    found = _variables(text)
    model = found.take("HOMESPUN_MODEL")
    _presets(found, known, model.partition("/")[0])
    aye = _aye(found)
    _listed(found)
    left = sorted(found.variables.keys() - found.used)
    notes = (f"left alone: {', '.join(left)}",) if left else ()
    imported = Imported(tuple(found.profiles), found.keys, model or aye, notes)
    return imported, found.problems


def _variables(text: str) -> _Found:
    found = _Found()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        parts = _LINE.fullmatch(stripped)
        value = _value(parts[2]) if parts else None
        if parts is None or value is None:
            reason = "a quote that is not closed" if parts else "not of the form NAME=value"
            found.problems.append(f"line {number}: {reason}")
            continue
        found.variables[parts[1]], found.lines[parts[1]] = value, number
    return found


def _value(written: str) -> str | None:
    """A value without its quotes or its comment; None where a quote is not closed."""
    quote = written[:1]
    if quote not in ("'", '"'):
        return re.split(r"\s+#", written, maxsplit=1)[0].strip()
    ending = re.fullmatch(r"((?:\\.|(?!\\)[^\"])*)\"\s*(?:#.*)?", written[1:])
    if quote == "'":
        ending = re.fullmatch(r"([^']*)'\s*(?:#.*)?", written[1:])
    if ending is None:
        return None
    return ending[1] if quote == "'" else re.sub(r"\\(.)", r"\1", ending[1])


def _presets(found: _Found, known: Known, wanted: str) -> None:
    """A profile for each kind that has an address or a key, and one for all local servers."""
    for prefix, kind in known.prefixes.items():
        if prefix != "LOCAL_LLM":
            endpoint, key = found.take(f"{prefix}_BASE_URL"), found.take(f"{prefix}_API_KEY")
            if endpoint or key:
                found.add(Profile(kind, kind, endpoint), key)
    endpoint, key = found.take("LOCAL_LLM_BASE_URL"), found.take("LOCAL_LLM_API_KEY")
    if endpoint:
        kind = known.type_of(wanted) if wanted else None
        taken = any(profile.name == kind for profile in found.profiles)
        local = Profile("local", _OPEN, endpoint)
        found.add(Profile(wanted, kind, endpoint) if kind and not taken else local, key)
    elif key:
        found.wrong("LOCAL_LLM_API_KEY", "is a key without LOCAL_LLM_BASE_URL")


def _aye(found: _Found) -> str:
    """Aye Chat's model; "" where it names none."""
    url, key, model = (found.take(name) for name in _AYE)
    if not url:
        return ""
    if not model:
        found.wrong("AYE_LLM_API_URL", "names no model: AYE_LLM_MODEL is missing")
        return ""
    found.add(Profile("aye", _OPEN, url, models=(model,)), key)
    return f"aye/{model}"


def _listed(found: _Found) -> None:
    """The providers of `OPENAI_COMPATIBLE_DATA`."""
    text = found.take(_DATA)
    if not text:
        return
    try:
        entries = cast("list[dict[str, Any]]", json.loads(text))
        for entry in entries:
            profile = _described(entry)
            if not is_name(profile.name):
                found.wrong(_DATA, f"has a provider with the name {profile.name!r}")
            found.add(profile, str(entry.get("apiKey") or ""))
    except json.JSONDecodeError as error:
        found.wrong(_DATA, f"is not valid JSON, {error.msg} at character {error.pos + 1}")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        found.wrong(_DATA, "is to be an array of {provider, models: [{apiName}], apiKey, baseUrl}")


def _described(entry: Mapping[str, Any]) -> Profile:
    models = cast("list[dict[str, Any]]", entry["models"])
    calls_tools = [model.get("supportsTools") for model in models]
    return Profile(
        str(entry["provider"]),
        _OPEN,
        str(entry["baseUrl"]),
        models=tuple(str(model["apiName"]) for model in models),
        supports_tools=all(calls_tools) if None not in calls_tools and calls_tools else None,
    )
