"""How many of a thing, in words for people: one of it has no plural."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """`1 file`, `3 files`: `thing` is a word, or ends in one, that takes an s."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def part(number: int, total: int, thing: str) -> str:
    """`1 of 3 files`."""
    return f"{number} of {counted(total, thing)}"
