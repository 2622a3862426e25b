"""What has come of an update of a JSON reply before its last bracket: for a view alone.

Nothing here decides anything: where the beginning of an update cannot be understood, there is
nothing to show of it, and its end will tell why.
"""

from __future__ import annotations

import re
from contextlib import suppress

from homespun.core.reply import Action, FindReplace, Growth
from homespun.core.reply_shapes import read_head, read_hunk
from homespun.core.reply_values import load
from homespun.errors import Malformed

_LINE_END_OR_ESCAPE = re.compile(
    r"\n|\\(?:u[0-9a-fA-F]{4}|[^u])|(?P<begun>\\(?:u[0-9a-fA-F]{0,3})?)\Z", re.DOTALL
)


class UpdateGrowth:
    """The update that is open: its file, and what has come of it since it was last asked for."""

    def __init__(self) -> None:
        self.number = 0
        """How many updates have ended before it."""
        self.begun = False
        self._head: tuple[str, Action | None] | None = None
        self._hunks: list[FindReplace] = []
        self._lines = StringLines()

    def begin(self, head: str, *, listed: bool) -> None:
        """What stands before the update's hunks or text: from its first bracket to their key.

        One that is `listed` among others must have named its file by then.
        """
        self.begun = True
        with suppress(Malformed):
            found = read_head(load(head + "null}"))
            self._head = found if found[0] or not listed else None

    def hunk(self, value: str) -> None:
        """One hunk is whole."""
        if self._head is not None:
            with suppress(Malformed):
                self._hunks.append(read_hunk(load(value), "a hunk"))

    def take(self, text: str) -> Growth | None:
        """What is new, with the next piece of the string that holds the update's text."""
        if self._head is None:
            return None
        file, action = self._head
        lines, hunks, self._hunks = self._lines.feed(text), tuple(self._hunks), []
        if hunks:
            return Growth(self.number, "edit", file, hunks)
        if lines:
            whole = action if action in ("write", "create") else "write" if file else "region"
            return Growth(self.number, whole, file, text=lines)
        return None

    def end(self) -> None:
        """The update is whole; from now on there may be another one."""
        self.number, self.begun, self._head = self.number + 1, False, None
        self._hunks, self._lines = [], StringLines()


class StringLines:
    """The whole lines of a JSON string that comes in pieces, its opening quote with them."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._escape = ""
        self._broken = False

    def feed(self, piece: str) -> str:
        """The lines that `piece` ended, as they read; "" for none."""
        piece, self._escape = self._escape + piece, ""
        end = 0
        for found in _LINE_END_OR_ESCAPE.finditer(piece):
            if found[0] in ("\n", "\\n"):
                end = found.end()
            elif found["begun"]:
                piece, self._escape = piece[: found.start()], found[0]
        if not end:
            self._held.append(piece)
            return ""
        raw = "".join((*self._held, piece[:end]))
        self._held = ['"', piece[end:]]
        return self._read(raw + '"')

    def _read(self, raw: str) -> str:
        """The string that `raw` is; nothing more of one that is broken."""
        if not self._broken:
            with suppress(Malformed, ValueError):
                text = load(raw)
                if isinstance(text, str):
                    text.encode()  # Raises for half a character.
                    return text
        self._broken = True
        return ""
