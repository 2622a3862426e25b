"""JSON replies as they stream: which object has just closed, and is it an update?

The brackets and strings are followed here, in one pass over every piece; what lies between them
is read by `json` once its last bracket is there. An event parser would do the same, but the fast
one (yajl, under ijson) turns lone surrogates into question marks and refuses the raw line ends
that models leave in strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from homespun.core.reply import FileUpdate, Reply
from homespun.core.reply_shapes import UPDATE_LISTS, read_reply, read_update
from homespun.errors import Malformed

MAX_NESTING = 20
"""Brackets within brackets; our deepest shape needs five."""

_BRACKET_OR_QUOTE = re.compile(r'[{}\[\]"]')
_QUOTE_OR_ESCAPE = re.compile(r'["\\]')
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


class JsonReply:
    """One JSON value from its first bracket to its last; what comes after it is `rest`."""

    def __init__(self) -> None:
        self.reply: Reply | None = None
        """The whole reply, once its last bracket has come."""
        self.rest = ""
        self._pieces: list[str] = []
        self._open = ""
        self._in_string = False
        self._escaped = False
        self._string_starts = 0
        self._last_string = slice(0, 0)
        self._update_starts: int | None = None
        self._lists_updates = False
        self._found: list[FileUpdate] = []

    def feed(self, text: str) -> list[FileUpdate]:
        """The updates that `text` finished. Raises `Malformed`."""
        self._found = []
        at = kept = 0
        while self.reply is None:
            pattern = _QUOTE_OR_ESCAPE if self._in_string else _BRACKET_OR_QUOTE
            if self._escaped and at < len(text):
                self._escaped = False
                at += 1
            found = pattern.search(text, at)
            if found is None:
                break
            at = found.end()
            kept = self._take(found[0], text, kept, at)
        if self.reply is None:
            self._keep(text[kept:])
        else:
            self.rest = text[kept:]
        return self._found

    def finish(self) -> Reply:
        """The whole reply. Raises `Malformed` where its last bracket has not come."""
        if self.reply is None:
            raise Malformed(
                "The reply's JSON stops before its end.",
                "Ask again, for a smaller change or with more room for the answer.",
            )
        return self.reply

    def _keep(self, text: str) -> None:
        if text:
            self._pieces.append(text)

    def _take(self, mark: str, text: str, kept: int, at: int) -> int:
        """Follow one bracket, quote or backslash, just before `at`; how far `text` is kept."""
        if mark == "\\":
            self._escaped = True
            return kept
        if mark == '"':
            return self._quote(text, kept, at)
        if mark in _CLOSING:
            return self._opened(mark, text, kept, at)
        return self._closed(mark, text, kept, at)

    def _quote(self, text: str, kept: int, at: int) -> int:
        self._in_string = not self._in_string
        if len(self._open) != 1:
            return kept
        # The last string of the outer object before a `[` is the key of that list.
        if self._in_string:
            self._keep(text[kept : at - 1])
            self._string_starts = len(self._pieces)
            return at - 1
        self._keep(text[kept:at])
        self._last_string = slice(self._string_starts, len(self._pieces))
        return at

    def _opened(self, mark: str, text: str, kept: int, at: int) -> int:
        if self._open == "" and mark == "[":
            self._lists_updates = True
        elif self._open == "{" and mark == "[":
            self._lists_updates = self._key() in UPDATE_LISTS
        self._open += mark
        if len(self._open) > MAX_NESTING:
            raise Malformed("The reply's JSON is nested too deeply to be an answer.")
        if self._open not in ("{[{", "[{") or not self._lists_updates:
            return kept
        self._keep(text[kept : at - 1])
        self._update_starts = len(self._pieces)
        return at - 1

    def _closed(self, mark: str, text: str, kept: int, at: int) -> int:
        if _CLOSING[self._open[-1]] != mark:
            raise Malformed("The reply's JSON closes a bracket that is not open.")
        ends_update = self._update_starts is not None and self._open in ("{[{", "[{")
        self._open = self._open[:-1]
        if not ends_update and self._open:
            return kept
        self._keep(text[kept:at])
        if not self._open:
            self.reply = read_reply(load("".join(self._pieces)))
        elif self._update_starts is not None:
            value = load("".join(self._pieces[self._update_starts :]))
            self._found.append(read_update(value, "an update"))
            self._update_starts = None
        return at

    def _key(self) -> str:
        return "".join(self._pieces[self._last_string]).strip('"')


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
