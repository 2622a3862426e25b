"""What a reply must look like, as the JSON schema that a server constrains its model with."""

from __future__ import annotations

from homespun.core.reply import ReplyFormat

Schema = dict[str, object]

_TEXT: Schema = {"type": "string"}


def schema_for(reply_format: ReplyFormat) -> Schema | None:
    """The JSON schema of `reply_format`; None for `fenced`, which is text.

    It keeps to what both OpenAI's strict mode
    (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas) and llama.cpp's
    grammars take: every key required, none beside them, `anyOf` for variants. The keys stand in
    alphabetical order, for some grammars emit them so: the path must come before the text.
    """
    match reply_format:
        case "region":
            return _object(summary=_TEXT, text=_TEXT)
        case "hunks":
            return _updates(_edit(), _with_text("create"), _delete(), _rename())
        case "whole":
            return _updates(_with_text("write"), _with_text("create"), _delete(), _rename())
        case "fenced":
            return None


def _updates(*variants: Schema) -> Schema:
    return _object(
        summary=_TEXT, updated_files={"type": "array", "items": {"anyOf": list(variants)}}
    )


def _edit() -> Schema:
    hunk = _object(find=_TEXT, replace=_TEXT)
    return _object(action=_named("edit"), file=_TEXT, hunks={"type": "array", "items": hunk})


def _with_text(action: str) -> Schema:
    return _object(action=_named(action), file=_TEXT, text=_TEXT)


def _delete() -> Schema:
    return _object(action=_named("delete"), file=_TEXT)


def _rename() -> Schema:
    return _object(action=_named("rename"), file=_TEXT, to=_TEXT)


def _named(action: str) -> Schema:
    # A list of one: not every server that takes `enum` takes `const`.
    return {"type": "string", "enum": [action]}


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
