"""The texts inside of JSON, changed each for itself: escapes stay JSON's own matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

Change = Callable[[str], str]


def within(value: object, change: Change) -> object:
    """JSON data with `change` made to each of its texts, names of members too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return {change(name): within(member, change) for name, member in members}
    if isinstance(value, list | tuple):
        return [within(item, change) for item in cast("list[object]", value)]
    return value


def through(text: str, change: Change) -> str:
    """`text`, which should be JSON, with `change` made to its texts; to the whole if it is none."""
    try:
        value: object = json.loads(text)
        changed = within(value, change)
    except (ValueError, RecursionError):
        return change(text)
    return text if changed == value else json.dumps(changed, ensure_ascii=False)
