"""Values on their way into a table."""

from __future__ import annotations

from typing import Any


def clean(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Lone surrogates, which utf-8 cannot hold, as question marks: a text must not stop a write."""
    return tuple(_utf8(value) if isinstance(value, str) else value for value in row)


def _utf8(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
