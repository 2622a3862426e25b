"""JSON replies as they stream: which object has just closed, and is it an update?

The brackets and strings are followed here, in one pass over every piece; what lies between them
is read by `json` once its last bracket is there. An event parser would do the same, but the fast
one (yajl, under ijson) turns lone surrogates into question marks and refuses the raw line ends
that models leave in strings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from homespun.core.reply import FileUpdate, Growth, Reply
from homespun.core.reply_growth import UpdateGrowth
from homespun.core.reply_shapes import HUNKS, TEXTS, UPDATE_LISTS, read_reply, read_update
from homespun.core.reply_values import load
from homespun.errors import Malformed

MAX_NESTING = 20
"""Brackets within brackets; our deepest shape needs five."""

_MARK = re.compile(r'[{}\[\]",:]')
_QUOTE_OR_ESCAPE = re.compile(r'["\\]')
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
        self._last_key = slice(0, 0)
        self._update_starts: int | None = None
        self._lists_updates = False
        self._found: list[FileUpdate] = []
        self._after_colon = False
        self._growth = UpdateGrowth()
        self._text_starts: int | None = None
        self._hunk_depth = 0
        self._hunk_starts: int | None = None

    def feed(self, text: str) -> list[FileUpdate]:
        """The updates that `text` finished. Raises `Malformed`."""
        self._found = []
        at = kept = 0
        while self.reply is None:
            pattern = _QUOTE_OR_ESCAPE if self._in_string else _MARK
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

    def growth(self) -> Growth | None:
        """What is new in the update that is open."""
        if self._text_starts is None:
            return self._growth.take("")
        come = "".join(self._pieces[self._text_starts :])
        self._text_starts = len(self._pieces)
        return self._growth.take(come)

    def _keep(self, text: str) -> None:
        if text:
            self._pieces.append(text)

    def _take(self, mark: str, text: str, kept: int, at: int) -> int:
        """Follow one mark, just before `at`; how far `text` is kept."""
        if mark == "\\":
            self._escaped = True
            return kept
        if mark == '"':
            return self._quote(text, kept, at)
        self._after_colon = mark == ":"
        if mark in ":,":
            return kept
        if mark in _CLOSING:
            return self._opened(mark, text, kept, at)
        return self._closed(mark, text, kept, at)

    def _quote(self, text: str, kept: int, at: int) -> int:
        """A string begins or ends; those of the outer object and of updates tell what follows."""
        self._in_string = not self._in_string
        if self._open != "{" and not self._in_update():
            return kept
        if self._in_string:
            self._keep(text[kept : at - 1])
            self._string_starts = len(self._pieces)
            if self._after_colon and self._begins_growth(TEXTS):
                self._begin_growth()
                self._text_starts = len(self._pieces)
            return at - 1
        self._keep(text[kept:at])
        self._text_starts = None
        if not self._after_colon:
            self._last_key = slice(self._string_starts, len(self._pieces))
        return at

    def _opened(self, mark: str, text: str, kept: int, at: int) -> int:
        if self._open == "" and mark == "[":
            self._lists_updates = True
        elif self._open == "{" and mark == "[":
            self._lists_updates = self._key() in UPDATE_LISTS
        if mark == "[" and self._begins_growth(HUNKS):
            self._keep(text[kept : at - 1])
            kept = at - 1
            self._begin_growth()
            self._hunk_depth = len(self._open) + 2
        self._open += mark
        if len(self._open) > MAX_NESTING:
            raise Malformed("The reply's JSON is nested too deeply to be an answer.")
        if len(self._open) == self._hunk_depth:
            self._keep(text[kept : at - 1])
            self._hunk_starts = len(self._pieces)
            return at - 1
        if self._open not in ("{[{", "[{") or not self._lists_updates:
            return kept
        self._keep(text[kept : at - 1])
        self._update_starts = len(self._pieces)
        return at - 1

    def _closed(self, mark: str, text: str, kept: int, at: int) -> int:
        if _CLOSING[self._open[-1]] != mark:
            raise Malformed("The reply's JSON closes a bracket that is not open.")
        ends_hunk = self._hunk_starts is not None and len(self._open) == self._hunk_depth
        ends_update = self._update_starts is not None and self._open in ("{[{", "[{")
        self._open = self._open[:-1]
        if not ends_hunk and not ends_update and self._open:
            return kept
        self._keep(text[kept:at])
        if not self._open:
            self.reply = read_reply(load("".join(self._pieces)))
        elif ends_hunk:
            self._growth.hunk("".join(self._pieces[self._hunk_starts :]))
            self._hunk_starts = None
        else:
            value = load("".join(self._pieces[self._update_starts :]))
            self._found.append(read_update(value, "an update"))
            self._update_starts = None
            self._hunk_depth = 0
            self._growth.end()
        return at

    def _in_update(self) -> bool:
        """Whether the innermost brackets are those of an update, or of a reply that is one."""
        if self._update_starts is not None:
            return self._open in ("{[{", "[{")
        return self._open == "{" and not self._growth.number

    def _begins_growth(self, keys: Sequence[str]) -> bool:
        """Whether the last key is one of an update's own, and its first that holds `keys`."""
        return not self._growth.begun and self._in_update() and self._key() in keys

    def _begin_growth(self) -> None:
        head = "".join(self._pieces[self._update_starts or 0 :])
        self._growth.begin(head, listed=self._update_starts is not None)

    def _key(self) -> str:
        return "".join(self._pieces[self._last_key]).strip('"')
