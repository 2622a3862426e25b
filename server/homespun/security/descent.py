"""The gate for what leaves, for whoever walks a folder: the same rules, asked from the top down.

`Outward` asks of one file what all the folders above it say. A walk meets thousands of files in
the same folder: here the folder's part of the answer is found once, and a folder that is left out
is not entered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from homespun.security.ignore import PROJECT_FILES, secret_rules
from homespun.security.ignore_files import IgnoreFile, IgnoreFiles, exclude_file, repository
from homespun.security.patterns import Rule, decisive


class Descent:
    """The rules for one workspace folder, as they are on disk while it is walked."""

    def __init__(self, folder: str, extra_patterns: Sequence[str]) -> None:
        """For the folder at this absolute path, and the setting `ignore` (as for `Outward`)."""
        self._folder = os.path.realpath(folder)
        self._secret = _Sieve(secret_rules(extra_patterns))
        self._files = IgnoreFiles()

    def start(self) -> Level | str:
        """The workspace folder itself, or why all of it stays."""
        top = repository(self._folder)
        exclude = self._files.at(exclude_file(top))
        kinds = tuple(_Kind() for _ in PROJECT_FILES[:-1])
        last = _Kind(_sources(".git/info/exclude", 0, exclude))
        level = Level(self._files, self._secret, top, (), None, (*kinds, last))
        for part in _parts(top, self._folder):
            entered = level.listed(PROJECT_FILES).enter(part)
            if isinstance(entered, str):
                return entered
            level = entered
        return replace(level, depth=len(level.parts))


@dataclass(frozen=True, slots=True)
class _Source:
    """The rules of an ignore file, its name, and how many parts below the top its folder is."""

    name: str
    depth: int
    sieve: _Sieve
    unusable: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the ignore files of one kind say down to a folder, and what decided about it."""

    sources: tuple[_Source, ...] = ()
    decided: tuple[_Source, Rule] | None = None

    @property
    def excludes(self) -> bool:
        return self.decided is not None and not self.decided[1].negated

    def entered(self, parts: Sequence[str]) -> _Kind:
        """The same in the folder `parts`."""
        decided = self.step(parts, folder=True)
        return self if decided is self.decided else replace(self, decided=decided)

    def step(self, parts: Sequence[str], *, folder: bool) -> tuple[_Source, Rule] | None:
        """What decides about `parts`, whose folder this is of."""
        if self.excludes:
            return self.decided
        for source in self.sources:
            rule = source.sieve.decisive(parts[source.depth :], folder=folder)
            if rule is not None:
                return source, rule
        return self.decided


@dataclass(frozen=True, slots=True)
class Level:
    """One folder of a walk. `depth` counts the parts of `parts` above the workspace folder."""

    files: IgnoreFiles
    secret: _Sieve
    top: str
    parts: tuple[str, ...]
    depth: int | None
    kinds: tuple[_Kind, ...]

    def listed(self, names: Container[str]) -> Level:
        """This folder with the ignore files that are among the `names` in it."""
        present = [name in names for name in PROJECT_FILES]
        if not any(present):
            return self
        kinds = [
            self._with(kind, name) if there else kind
            for kind, name, there in zip(self.kinds, PROJECT_FILES, present, strict=True)
        ]
        return replace(self, kinds=tuple(kinds))

    def _with(self, kind: _Kind, name: str) -> _Kind:
        file = self.files.at(os.path.join(self.top, *self.parts, name))
        shown = "/".join((*self.parts, name))
        return replace(kind, sources=(*_sources(shown, len(self.parts), file), *kind.sources))

    def enter(self, name: str) -> Level | str:
        """The folder `name` in this one, or why nothing in it may leave.

        One that an ignore file leaves out is entered all the same where a stronger kind of ignore
        file lets some files through again.
        """
        parts = (*self.parts, name)
        if reason := self._secret_reason(parts, folder=True):
            return reason
        kinds = tuple(kind.entered(parts) for kind in self.kinds)
        for kind in kinds:
            if kind.decided is not None and kind.excludes:
                return _reason(*kind.decided)
            if any(source.sieve.lets_through for source in kind.sources):
                break
        return replace(self, parts=parts, kinds=kinds)

    def file(self, name: str) -> str:
        """Why the file `name` in this folder may not leave; "" where it may."""
        parts = (*self.parts, name)
        if reason := self._secret_reason(parts, folder=False):
            return reason
        for kind in self.kinds:
            for source in kind.sources:
                if source.unusable:
                    return f"{source.name} cannot be read"
            decided = kind.step(parts, folder=False)
            if decided is not None:
                return "" if decided[1].negated else _reason(*decided)
        return ""

    def _secret_reason(self, parts: tuple[str, ...], *, folder: bool) -> str:
        if self.depth is None:  # Above the workspace folder, where only the project's files count.
            return ""
        rule = self.secret.decisive(parts[self.depth :], folder=folder)
        return "" if rule is None or rule.negated else "its name is that of a secret, or ignored"


class _Sieve:
    """Rules, with a quick look at whether they can be about a path at all, by its name alone.

    A pattern's last part must fit the path's.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._others = [rule for rule in rules if _last(rule) is None]
        named = [glob for rule in rules if (glob := _last(rule)) is not None]
        union = "|".join(f"(?:{glob.pattern})" for glob in named) or "(?!)"
        self._named = re.compile(union, named[0].flags if named else 0)
        self._about: dict[str, bool] = {}
        self.lets_through = any(rule.negated for rule in rules)

    def decisive(self, parts: Sequence[str], *, folder: bool) -> Rule | None:
        """The rule that decides about a path, as `patterns.decisive`."""
        rules = self._rules if self._concerns(parts[-1]) else self._others
        return decisive(rules, parts, folder=folder) if rules else None

    def _concerns(self, name: str) -> bool:
        known = self._about.get(name)
        if known is None:
            known = self._named.fullmatch(name) is not None
            if len(self._about) < 10_000:
                self._about[name] = known
        return known


def _last(rule: Rule) -> re.Pattern[str] | None:
    """What the name of a path must be like; None for anything."""
    last = rule.globs[-1]
    return last if last is not None and last.pattern != ".*" else None


def _sources(name: str, depth: int, file: IgnoreFile) -> tuple[_Source, ...]:
    if not file.rules and not file.unusable:
        return ()
    return (_Source(name, depth, _Sieve(file.rules), file.unusable),)


def _reason(source: _Source, rule: Rule) -> str:
    return f"{source.name} leaves it out (line {rule.line})"


def _parts(top: str, folder: str) -> list[str]:
    return [] if folder == top else os.path.relpath(folder, top).split(os.sep)
