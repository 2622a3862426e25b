"""JSON as models write it: what is forgiven in it, and what cannot be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from homespun.errors import Malformed

_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)


def load(text: str) -> object:
    """The JSON value of `text`, raw line ends in strings and trailing commas forgiven.

    Raises `Malformed` for anything else that is not JSON, and for a key given twice with
    different values: there is no telling which one was meant.
    """
    try:
        return _load(text)
    except ValueError:
        text = _TRAILING_COMMA.sub(lambda found: found[1] or "", text)
    try:
        return _load(text)
    except (ValueError, RecursionError) as error:
        where = f", at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Malformed(
            f"The reply's JSON is broken{where}.",
            "Ask again; a model that often does this does better with edit_format = 'fenced'.",
        ) from None


def _load(text: str) -> object:
    return json.loads(
        text, strict=False, object_pairs_hook=_unique, parse_constant=_refuse_constant
    )


def _unique(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs) and any(value[key] != given for key, given in pairs):
        raise Malformed("The reply's JSON gives one key twice, with different values.")
    return value


def _refuse_constant(name: str) -> object:
    raise Malformed(f"The reply's JSON holds {name}, which is not JSON.")
