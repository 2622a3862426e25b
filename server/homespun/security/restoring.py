"""Secrets put back in the place of their placeholders, in text that comes in pieces."""

from __future__ import annotations

from collections.abc import Mapping

from homespun.security.secret_scan import restore


class Restorer:
    """`secret_scan.restore` for a stream: wherever it is cut, the text in all is the same.

    Only what may be the beginning of a placeholder waits for the next piece.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """`secrets` by their placeholders."""
        self._secrets = secrets
        self._beginnings = {name[:end] for name in secrets for end in range(1, len(name))}
        self._longest = max(map(len, secrets), default=0)
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be given of the text so far, and was not given yet."""
        text = self._held + piece
        cut = self._cut(text)
        self._held = text[cut:]
        return restore(text[:cut], self._secrets)

    def finish(self) -> str:
        """The rest."""
        rest, self._held = self._held, ""
        return restore(rest, self._secrets)

    def _cut(self, text: str) -> int:
        """Where the longest end of `text` starts that a placeholder could begin with."""
        starts = range(max(0, len(text) - self._longest + 1), len(text))
        return next((at for at in starts if text[at:] in self._beginnings), len(text))
