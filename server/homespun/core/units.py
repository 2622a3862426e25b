"""Code units: how long a piece of a line is in utf-8, utf-16 and utf-32, and where they fall."""

from __future__ import annotations

from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_WIDEST = {"utf-8": 4, "utf-16": 2, "utf-32": 1}


def width(text: str, encoding: Encoding) -> int:
    """The length of `text` in code units of `encoding`; a lone surrogate counts as it is sent."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def index(text: str, units: int, encoding: Encoding) -> int:
    """How many characters of `text` lie wholly within its first `units` code units.

    So a place inside a surrogate pair or a utf-8 sequence moves to the character's start, and
    one past the end to the end. Linear in `units`, with few steps in Python.
    """
    if encoding == "utf-32" or text.isascii():
        return max(0, min(units, len(text)))
    at = 0
    while units > 0 and at < len(text):
        # As many characters as surely fit, were each as wide as can be: never one too many.
        step = max(1, units // _WIDEST[encoding])
        units -= width(text[at : at + step], encoding)
        if units < 0:
            break
        at += step
    return min(at, len(text))
