"""The shapes in which models write updates in JSON, read into the one that we use.

Models mix up names (`path` for `file`, `search` for `find`) and leave out what seems clear to
them. What can be meant in one way only is understood; the rest is refused in words that tell the
model how to write it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from homespun.core.reply import Action, FileUpdate, FindReplace, Reply
from homespun.errors import Malformed

UPDATE_LISTS = ("updated_files", "files", "updates")
"""The keys that hold a list of updates."""

_FILE = ("file", "path", "filename", "file_name", "file_path", "filepath")
TEXTS = ("text", "content", "contents", "file_content", "code", "new_content")
_TO = ("to", "new_path", "new_name", "new_file", "destination")
_ACTION = ("action", "operation", "op", "type")
HUNKS = ("hunks", "edits", "changes", "replacements")
_FIND = ("find", "search", "old", "old_string", "old_str", "old_text", "original")
_REPLACE = ("replace", "new", "new_string", "new_str", "new_text", "replacement", "updated")
_SUMMARY = ("summary", "answer_summary", "description", "explanation")

_ACTIONS: Mapping[str, Action | None] = {
    "edit": "edit",
    "write": "write",
    "overwrite": "write",
    "rewrite": "write",
    "create": "create",
    "add": "create",
    "new": "create",
    "delete": "delete",
    "remove": "delete",
    "rename": "rename",
    "move": "rename",
    "region": "region",
    # These say only that something changes: what is given tells how.
    "modify": None,
    "update": None,
    "replace": None,
    "change": None,
}

_Object = Mapping[str, object]


def read_reply(value: object) -> Reply:
    """The reply that the whole JSON `value` is. Raises `Malformed`."""
    if isinstance(value, list):
        return Reply("", _read_list(cast("list[object]", value)))
    reply = _object(value, "the reply")
    summary = _optional(reply, _SUMMARY, "the reply")
    listed = _first(reply, UPDATE_LISTS, "the reply")
    if listed is None:
        return Reply(summary, (_read_alone(reply),))
    if not listed and _first(reply, TEXTS, "the reply"):
        return Reply(summary, (_read_alone(reply),))
    if _first(reply, TEXTS, "the reply") or _lists_objects(_first(reply, HUNKS, "the reply")):
        raise Malformed("The reply gives both updated_files and a change beside it: which counts?")
    entries = cast("list[object]", listed) if isinstance(listed, list) else [listed]
    return Reply(summary, _read_list(entries))


def read_head(value: object) -> tuple[str, Action | None]:
    """The file and the action of an update of which only the beginning has come."""
    head = _object(value, "an update")
    given = _optional(head, _ACTION, "an update").strip().lower()
    return _optional(head, _FILE, "an update").strip(), _ACTIONS.get(given)


def read_hunk(value: object, where: str) -> FindReplace:
    """The hunk that `value` is; `where` it stands, for the message of `Malformed`."""
    hunk = _object(value, where)
    return FindReplace(_required(hunk, _FIND, where), _required(hunk, _REPLACE, where))


def read_update(value: object, where: str) -> FileUpdate:
    """The update that `value` is; `where` it stands, for the message of `Malformed`."""
    update = _object(value, where)
    hunks, text = _read_hunks(update, where), _first(update, TEXTS, where)
    file = _optional(update, _FILE, where).strip()
    if hunks and text:
        raise Malformed(f"In {where}, both hunks and text are given: give the one that is meant.")
    action = _read_action(update, bool(hunks), text is not None, file, where)
    if not file and action not in ("edit", "region"):
        raise Malformed(f"In {where}, the key file is missing: give the path of the file.")
    match action:
        case "edit":
            return FileUpdate(action, file, hunks=_needed_hunks(hunks, where))
        case "delete":
            return FileUpdate(action, file)
        case "rename":
            return FileUpdate(action, file, to=_required(update, _TO, where).strip())
        case "write" | "create" | "region":
            return FileUpdate(action, file, text=_required(update, TEXTS, where))


def _lists_objects(value: object) -> bool:
    """Whether `value` lists hunks, and not sentences about what was changed."""
    return isinstance(value, list) and any(
        isinstance(entry, dict) for entry in cast("list[object]", value)
    )


def _read_list(entries: Sequence[object]) -> tuple[FileUpdate, ...]:
    return tuple(read_update(entry, "an update") for entry in entries)


def _read_alone(reply: _Object) -> FileUpdate:
    """The one update that stands in the place of the whole reply."""
    if not any(name in reply for name in (*TEXTS, *HUNKS, *_FIND, *_TO, "action")):
        raise Malformed(
            "The reply's JSON has neither updated_files nor text, so it changes nothing.",
            "Ask again, or use a model that keeps to the format.",
        )
    return read_update(reply, "the reply")


def _read_action(update: _Object, hunks: bool, text: bool, file: str, where: str) -> Action:
    given = _optional(update, _ACTION, where).strip().lower()
    if given and given not in _ACTIONS:
        if "action" in update:
            raise Malformed(
                f"In {where}, the action is unknown: use edit, write, create, delete or rename."
            )
        given = ""
    action = _ACTIONS[given] if given else None
    if action == "write" and hunks:
        return "edit"
    if action is not None:
        return action
    if hunks or not text:
        return "edit"
    return "write" if file else "region"


def _read_hunks(update: _Object, where: str) -> tuple[FindReplace, ...]:
    listed = _first(update, HUNKS, where)
    if listed is None:
        alone = _first(update, _FIND, where) is not None
        return (read_hunk(update, where),) if alone else ()
    entries = cast("list[object]", listed) if isinstance(listed, list) else [listed]
    return tuple(
        read_hunk(entry, f"hunk {number} of {where}") for number, entry in enumerate(entries, 1)
    )


def _needed_hunks(hunks: tuple[FindReplace, ...], where: str) -> tuple[FindReplace, ...]:
    if not hunks:
        raise Malformed(
            f"In {where}, nothing is given to change: give hunks with find and replace."
        )
    return hunks


def _object(value: object, where: str) -> _Object:
    if not isinstance(value, dict):
        raise Malformed(f"The reply's JSON has no object where {where} should be.")
    return cast("_Object", value)


def _first(given: _Object, names: Sequence[str], where: str) -> object:
    """What is given under any of `names`; null counts as not given."""
    values = [given[name] for name in names if given.get(name) is not None]
    if any(value != values[0] for value in values):
        raise Malformed(f"In {where}, {names[0]} is given twice, under different names.")
    return values[0] if values else None


def _optional(given: _Object, names: Sequence[str], where: str) -> str:
    value = _first(given, names, where)
    return "" if value is None else _string(value, names[0], where)


def _required(given: _Object, names: Sequence[str], where: str) -> str:
    value = _first(given, names, where)
    if value is None:
        raise Malformed(f"In {where}, the key {names[0]} is missing.")
    return _string(value, names[0], where)


def _string(value: object, name: str, where: str) -> str:
    if not isinstance(value, str):
        raise Malformed(f"In {where}, {name} must be a string.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Malformed(f"In {where}, {name} holds half a character (a lone surrogate).") from None
    return value
