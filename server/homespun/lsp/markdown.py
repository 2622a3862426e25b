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


def without_images(markdown: str) -> str:
    """`markdown` with nothing left in it that an editor would fetch: images become their text."""
    return _TAG.sub("", _IMAGE.sub(lambda image: image["alt"], markdown))
