"""What speaks for a file to be shown beside a task, and what all of it is worth."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from homespun.core.symbols import Answers, Hit, Reference, Symbol

_USER = 4.0
"""What a file is worth that uses what is being changed; the others are measured by it."""
_DEFINITION = 2.5
_TEST = 1.5
IMPORTED = 1.0
_IMPORTER = 0.8
_WORDS = 1.0
_EDITED = 0.8
_RELATED = 2.0
"""By how much more a name counts in a file that imports, or is imported by, the subject."""
COMMON_NAME = 40
"""Files with a name from which on it tells nothing of any of them."""

Key = tuple[str, str]
"""A file of the index: its folder, and its path in it."""


@dataclass(frozen=True, slots=True)
class Relations:
    """What a file imports, and what imports it, of how many `files` of the index.

    `at` is when that was looked at, by a steady clock.
    """

    at: float
    files: int
    imports: frozenset[Key]
    importers: frozenset[Key]


@dataclass
class Weighed:
    """What speaks for a file so far: reasons, each with the names it has, and lines from 0."""

    worth: float = 0.0
    reasons: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    lines: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def add(self, worth: float, reason: str, name: str = "") -> None:
        """It is worth so much more, for this reason; `name` is what that is about."""
        self.worth += worth
        self.reasons.setdefault(reason, set()).add(name)

    def says(self, reason: str, name: str) -> bool:
        """Whether `add` was told of both."""
        return name in self.reasons.get(reason, ())

    def why(self) -> str:
        """The reasons with some of the names, for people."""
        said: list[str] = []
        for reason, about in self.reasons.items():
            shown = sorted(filter(None, about))
            more = ", ..." if len(shown) > 3 else ""
            said.append(f"{reason} {', '.join(shown[:3])}{more}".rstrip())
        return "; ".join(said)


class Weighing:
    """Weighs the files that may belong to one, by what the index knows of its place."""

    def __init__(self, here: Key, relations: Relations) -> None:
        """`here` is that file, which is never weighed itself."""
        self._here = here
        self._relations = relations
        self._files: dict[Key, Weighed] = defaultdict(Weighed)
        for key in relations.imports:
            self._note(key, IMPORTED, "is imported by it")
        for key in relations.importers:
            self._note(key, _IMPORTER, "imports it")

    def take(self, answers: Answers, most_edited: int) -> None:
        """Weigh what was found. Where more than `most_edited` files were, these do not count."""
        self._users(answers.users)
        self._definitions(answers.definitions)
        for one in answers.named:
            self._note((one.folder, one.path), _TEST, "tests it")
        self._edited({(one.folder, one.path) for one in answers.edited}, most_edited)
        self._words(answers.hits)

    def best(self, most: int) -> Sequence[tuple[Key, Weighed]]:
        """The `most` files that are worth most, in an order that depends on nothing else."""
        worthy = [(key, file) for key, file in self._files.items() if file.worth > 0]
        return sorted(worthy, key=lambda one: (-one[1].worth, one[0]))[:most]

    def _users(self, references: Sequence[Reference]) -> None:
        """Who uses what is being changed."""
        spread = _spread((r.name, (r.folder, r.path)) for r in references)
        for reference in references:
            key = (reference.folder, reference.path)
            related = _RELATED if key in self._relations.importers else 1.0
            worth = _USER * related * _telling(spread[reference.name])
            file = self._file(key)
            if file is None:
                continue
            if not file.says("uses", reference.name):
                file.add(worth, "uses", reference.name)
            file.lines.add((reference.line, reference.line))

    def _definitions(self, symbols: Sequence[Symbol]) -> None:
        """Where the names are defined that are used there."""
        spread = _spread((s.name, (s.folder, s.path)) for s in symbols)
        for symbol in symbols:
            key = (symbol.folder, symbol.path)
            related = _RELATED if key in self._relations.imports else 1.0
            worth = _DEFINITION * related * _telling(spread[symbol.name])
            file = self._file(key)
            if file is None or worth < 0.2:
                continue
            if not file.says("defines", symbol.name):
                # The tenth name that a file defines says less of it than the first.
                said = len(file.reasons.get("defines", ()))
                file.add(worth / (1 + said), "defines", symbol.name)
            file.lines.add((symbol.line, symbol.end_line))

    def _edited(self, files: set[Key], most: int) -> None:
        """What was saved a short time ago, where that is no more than `most` files."""
        others = files - {self._here}
        if len(others) <= most:
            for key in others:
                self._note(key, _EDITED, "was edited a short time ago")

    def _words(self, hits: Sequence[Hit]) -> None:
        """What speaks of the same things as the wish."""
        best = max((hit.score for hit in hits), default=0.0)
        for hit in hits:
            if best > 0:
                worth = _WORDS * hit.score / best
                self._note((hit.folder, hit.path), worth, "has words of the instruction")

    def _note(self, key: Key, worth: float, reason: str) -> None:
        file = self._file(key)
        if file is not None and worth:
            file.add(worth, reason)

    def _file(self, key: Key) -> Weighed | None:
        return None if key == self._here else self._files[key]


def _spread(pairs: Iterable[tuple[str, Key]]) -> Counter[str]:
    """In how many files each name is."""
    return Counter(name for name, _ in set(pairs))


def _telling(files: int) -> float:
    """How much a name tells that is in so many files: 1 for one, nothing for very many."""
    return max(0.0, 1 - math.log(files) / math.log(COMMON_NAME)) if files else 0.0
