"""Markdown from a model, made safe to show: nothing in it is fetched when it is shown.

An image's address could carry what the model has read to a stranger. So images, and tags that
load something, are broken up by a character that has no width: they read the same, in code too,
and are no images any more. Taking them out instead would let two make a third.
"""

from __future__ import annotations

import re

_NOTHING = "\u200b"
_PARAGRAPH = "\n\n"
_IMAGE = re.compile(r"!(?=\[)(?=.*?\][(\[])", re.DOTALL)
_TAG = re.compile(
    r"<(?=/?(?:img|picture|source|svg|image|video|audio|track|iframe|frame|object|embed|link|style"
    r"|script|input|meta|base|body|table|td|th)\b)",
    re.IGNORECASE,
)
_DEFINITION = re.compile(rf"^([ \t>]*)\[(?=[^\]{_NOTHING}]+\]:)", re.MULTILINE)
_OPENING = re.compile(r"!\Z|!\[|<|^[ \t>]*\[", re.MULTILINE)


def without_images(markdown: str) -> str:
    """`markdown` with every image, every tag that loads something, and every definition broken."""
    return _PARAGRAPH.join(map(_safe, markdown.split(_PARAGRAPH)))


class ImageFilter:
    """`without_images` for text that comes in pieces.

    From where an image could begin, the text waits for the end of its paragraph.
    """

    def __init__(self) -> None:
        self._line = ""  # what was given of the last line
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown of the text so far, and was not given yet."""
        text = self._line + self._held + piece
        found = _OPENING.search(text, text.rfind(_PARAGRAPH) + 1)
        cut = len(text) if found is None else max(found.start(), len(self._line))
        self._held = text[cut:]
        return self._given(text[:cut])

    def finish(self) -> str:
        """The rest."""
        text, self._held = self._line + self._held, ""
        return self._given(text)

    def _given(self, text: str) -> str:
        new = without_images(text)[len(self._line) :]
        self._line = (self._line + new).rpartition("\n")[2]
        return new


class AsItIs:
    """In the place of an `ImageFilter` where nothing is to be shown: all passes."""

    def feed(self, piece: str) -> str:
        """The piece."""
        return piece

    def finish(self) -> str:
        """Nothing was held back."""
        return ""


def _safe(paragraph: str) -> str:
    paragraph = _IMAGE.sub(f"!{_NOTHING}", paragraph)
    paragraph = _TAG.sub(f"<{_NOTHING}", paragraph)
    return _DEFINITION.sub(rf"\1[{_NOTHING}", paragraph)
