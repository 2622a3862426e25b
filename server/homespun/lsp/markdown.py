"""Markdown from a model, made safe to show."""

from __future__ import annotations

import re

# An image is fetched when it is shown: its address could carry what the model read to a stranger.
_IMAGE = re.compile(r"!\[(?P<alt>[^\]\n]{0,500})\](?:\([^)\n]{0,4000}\)|\[[^\]\n]{0,500}\])?")
_TAG = re.compile(
    r"<\s*/?\s*(?:img|picture|source|svg|image|video|audio|iframe|object|embed|link|style|script"
    r"|input|meta|base)\b[^>]{0,4000}>?",
    re.IGNORECASE,
)


_OPENING = re.compile(r"!$|!\[|<")


class ImageFilter:
    """`without_images` for text that comes in pieces: what could still become one waits."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown of the text so far, and was not given yet."""
        text = self._held + piece
        line = text.rfind("\n") + 1
        found = _OPENING.search(text, line)
        cut = len(text) if found is None else found.start()
        self._held = text[cut:]
        return without_images(text[:cut])

    def finish(self) -> str:
        """The rest."""
        held, self._held = self._held, ""
        return without_images(held)


def without_images(markdown: str) -> str:
    """`markdown` with nothing left in it that an editor would fetch: images become their text."""
    return _TAG.sub("", _IMAGE.sub(lambda image: image["alt"], markdown))
