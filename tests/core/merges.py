"""Random merges of three kinds of texts, and how git and we end each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from core.git import merged
from homespun.core.merge import merge

_FEW = [letter + "\n" for letter in "abc"]
_LINES = ["\n", "}\n", "else:\n", *(f"line {number}\n" for number in range(12))]
_BODY = ["    if a:\n", "        return None\n", "\n", "    x += 1\n"]


@dataclass(frozen=True)
class Sides:
    """A base and what two people made of it; `kind` says of what the texts are made."""

    kind: str
    base: str
    current: str
    proposed: str


def random_sides(seed: int, count: int) -> list[Sides]:
    """`count` of them, the same for one seed."""
    random = Random(seed)
    return [_sides(random, random.choice(("letters", "lines", "code"))) for _ in range(count)]


def outcomes(cases: Sequence[Sides]) -> Counter[tuple[str, str]]:
    """How many of each kind end how: `same`, `git alone`, `ours alone`, `other`, `conflict`."""
    with ThreadPoolExecutor(4) as git:
        gits = git.map(lambda one: merged(one.base, one.current, one.proposed), cases)
        return Counter(
            (one.kind, _ending(one, text)) for one, text in zip(cases, gits, strict=True)
        )


def _ending(sides: Sides, git: str | None) -> str:
    ours = merge(sides.base, sides.current, sides.proposed)
    if not ours.clean:
        return "conflict" if git is None else "git alone"
    if git is None:
        return "ours alone"
    return "same" if ours.text == git else "other"


def _sides(random: Random, kind: str) -> Sides:
    base = _code(random) if kind == "code" else _letters(random, kind)
    one, other = (_side(random, base) for _ in range(2))
    return Sides(kind, "".join(base), one, other)


def _letters(random: Random, kind: str) -> list[str]:
    return random.choices(_FEW if kind == "letters" else _LINES, k=random.randint(1, 30))


def _code(random: Random) -> list[str]:
    lines: list[str] = []
    for _ in range(random.randint(3, 12)):
        own = [f"    x{random.randint(0, 99)} = g({random.randint(0, 9)})\n" for _ in range(4)]
        body = random.choices([*_BODY, *own], k=random.randint(1, 6))
        lines += [f"def f{random.randint(0, 99)}(a):\n", *body, "    return x\n", "\n", "\n"]
    return lines


def _side(random: Random, base: Sequence[str]) -> str:
    """One to three times a few lines put in, taken out, replaced or copied."""
    lines = list(base)
    for _ in range(random.randint(1, 3)):
        at, copied = random.randint(0, len(lines)), random.randint(0, len(lines))
        new = [random.choice((*base, f"    new{random.randint(0, 999)}\n")) for _ in range(3)]
        put = random.choice((new[: random.randint(0, 3)], lines[copied : copied + 3]))
        lines[at : at + random.randint(0, 2)] = put
    text = "".join(lines)
    return text if random.randint(0, 9) else text[:-1]
