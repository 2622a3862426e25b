from __future__ import annotations

from typing import Any, get_args

import pytest

from homespun.core.reply import ReplyFormat
from homespun.core.schema import schema_for


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every object schema within `schema`."""
    if isinstance(schema, list):
        return [found for part in schema for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    inner = [found for part in schema.values() for found in objects(part)]
    return [schema, *inner] if schema.get("type") == "object" else inner


@pytest.mark.parametrize("reply_format", [f for f in get_args(ReplyFormat) if f != "fenced"])
def test_schemas_are_strict_and_alphabetical(reply_format: ReplyFormat) -> None:
    found = objects(schema_for(reply_format))
    assert found
    for schema in found:
        keys = list(schema["properties"])
        assert keys == sorted(keys) == schema["required"]
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("reply_format", "actions"),
    [
        ("hunks", {"edit", "create", "delete", "rename"}),
        ("whole", {"write", "create", "delete", "rename"}),
    ],
)
def test_each_format_offers_its_actions(reply_format: ReplyFormat, actions: set[str]) -> None:
    found = objects(schema_for(reply_format))
    named = {s["properties"]["action"]["enum"][0] for s in found if "action" in s["properties"]}
    assert named == actions


def test_fenced_replies_have_no_schema() -> None:
    assert schema_for("fenced") is None


def test_a_schema_is_the_callers_own() -> None:
    schema = schema_for("hunks")
    assert schema is not None
    schema.clear()
    assert schema_for("hunks")
