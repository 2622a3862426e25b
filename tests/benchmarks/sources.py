"""Made-up source files of any length, the same in every run."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_REPEATED = ["\n", "    }\n", "    else:\n", "    return None\n"]


def source(count: int) -> list[str]:
    """`count` lines in short functions; a fifth repeat, as blank lines and brackets do."""
    random = Random(count)

    def line(number: int) -> str:
        if number % 25 == 0:
            return f"def function_{number}(one, other):\n"
        if random.random() < 0.2:
            return random.choice(_REPEATED)
        return f"    value_{number} = compute(value_{random.randrange(count)}, {number % 97})\n"

    return [line(number) for number in range(count)]


def edited(lines: Sequence[str], *, first: int, every: int, word: str) -> list[str]:
    """A comment put behind each `every`th line from `first` on."""
    return [
        f"{line.rstrip()}  # {word} {number}\n" if number % every == first else line
        for number, line in enumerate(lines)
    ]
