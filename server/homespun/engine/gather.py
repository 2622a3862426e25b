"""What the model should see of the workspace beside the file that a task is about."""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from homespun.core import uri as uris
from homespun.core.context import Candidate, LeftOut
from homespun.core.generated import why_generated
from homespun.core.text import Snapshot, Span
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.ranking import Found, Ranking
from homespun.engine.search import Index

RULES = "AGENTS.md"
"""The rules file that needs no naming, in the workspace folder and in every folder below."""
_LONGEST_RULES = 16_000
"""Characters of a rules file that are taken in: more would crowd out the code."""
_LONGEST_FILE = 1_000_000
"""Characters of a file that may be shown where the task is not about it."""
_OPEN_RANK = -2.0
"""Where open files stand among the others, whose rank is what they are worth, negative."""
_REMEMBERED_RANK = 1.0
"""Files that were shown in this session come after all that is found anew."""
_RULES_RANK = -1000.0


@dataclass(frozen=True, slots=True)
class Subject:
    """The file that a task is about, as the model is to see it, and the part that matters."""

    snapshot: Snapshot
    path: str
    focus: Span | None
    instruction: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """Candidates with their absolute paths ("" where a document has none), and what is none."""

    candidates: list[tuple[str, Candidate]]
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])


class Gatherer(Protocol):
    """Finds what else the model must see."""

    async def gather(self, subject: Subject, remembered: Sequence[str]) -> Gathered:
        """The subject, required and last, and before it what belongs to it.

        `remembered` are the URIs of files that the model was shown before in this session.
        """
        ...


class Neighbours:
    """Gathers the project's rules, the open documents, and what the index knows to belong."""

    def __init__(
        self,
        workspace: Workspace,
        paths: Paths,
        rules: Callable[[], Sequence[str]],
        index: Index,
    ) -> None:
        """`paths` names the files of `workspace`; `rules` names the settings' rules files."""
        self._workspace = workspace
        self._paths = paths
        self._rules = rules
        self._ranking = Ranking(index, workspace, paths)

    async def rules(self, folder: str) -> Sequence[tuple[str, Candidate]]:
        """The rules of the workspace folder at this absolute path, with their own paths."""
        places = rules_places(folder, os.path.join(folder, RULES), self._rules())
        return await _rules_at(places, self._workspace, self._paths)

    async def gather(self, subject: Subject, remembered: Sequence[str]) -> Gathered:
        """See `Gatherer`."""
        gathering = _Gathering(self._workspace, self._paths, subject)
        uri = subject.snapshot.uri
        places = rules_places(self._paths.home(uri), self._paths.absolute(uri), self._rules())
        said = "\n".join((subject.instruction, *subject.problems))
        _, found = await asyncio.gather(
            gathering.add_rules(places),
            self._ranking.belonging(subject.snapshot, subject.focus, said),
        )
        gathering.add_open(found.files)
        again = "was shown before in this session"
        shown = (Found(uri, again, _REMEMBERED_RANK) for uri in remembered)
        await gathering.add((*found.files, *shown))
        return gathering.done(found.outline)


class _Gathering:
    """One gathering: no file twice."""

    def __init__(self, workspace: Workspace, paths: Paths, subject: Subject) -> None:
        self._workspace = workspace
        self._paths = paths
        self._subject = subject
        self._found: dict[str, tuple[str, Candidate]] = {}
        self._left: dict[str, LeftOut] = {}

    async def add_rules(self, places: Sequence[str]) -> None:
        """The rules in those of the files at these absolute paths that are there."""
        for path, candidate in await _rules_at(places, self._workspace, self._paths):
            if candidate.snapshot.uri != self._subject.snapshot.uri:
                self._found[candidate.snapshot.uri] = (path, candidate)

    def add_open(self, found: Sequence[Found]) -> None:
        """The open documents: shown whole where there is room, else what was found in them."""
        known = {one.uri: one for one in found}
        for snapshot in self._workspace.open_documents():
            uri = snapshot.uri
            if self._is_known(uri) or not self._paths.inside(uri):
                continue
            one = known.get(uri, Found(uri, "", 0.0))
            reason = "; ".join(filter(None, ("open in the editor", one.reason)))
            rank = _OPEN_RANK + one.rank
            self._put(snapshot, Found(uri, reason, rank, outline=one.outline))

    async def add(self, found: Sequence[Found]) -> None:
        """The files that were found, as they are now."""
        new = [one for one in found if not self._is_known(one.uri)]
        texts = await self._workspace.readable([one.uri for one in new])
        for one in new:
            if one.uri in texts and not self._is_known(one.uri):
                self._put(texts[one.uri], one)

    def _put(self, snapshot: Snapshot, one: Found) -> None:
        path = self._paths.relative(one.uri)
        if reason := why_generated(path, snapshot, _LONGEST_FILE):
            self._left[one.uri] = LeftOut(path, reason)
            return
        last = len(snapshot.lines) - 1
        places = tuple((first, min(end, last)) for first, end in one.places if first <= last)
        outline = one.outline[: bisect_right(one.outline, last)]
        candidate = Candidate(snapshot, path, one.reason, one.rank, places=places, outline=outline)
        self._found[one.uri] = (self._paths.absolute(one.uri), candidate)

    def done(self, outline: Sequence[int]) -> Gathered:
        """All of it, the subject last: it changes most, and what is behind it is read anew."""
        subject = self._subject
        candidate = Candidate(
            subject.snapshot,
            subject.path,
            "what the task is about",
            required=True,
            focus=subject.focus,
            outline=tuple(outline),
        )
        uri = subject.snapshot.uri
        last = (self._paths.absolute(uri), candidate)
        return Gathered([*self._found.values(), last], list(self._left.values()))

    def _is_known(self, uri: str) -> bool:
        return uri == self._subject.snapshot.uri or uri in self._found or uri in self._left


async def _rules_at(
    places: Sequence[str], workspace: Workspace, paths: Paths
) -> Sequence[tuple[str, Candidate]]:
    """The rules files among these absolute paths, each cut to a length that fits any prompt."""
    by_path = {path: uris.from_path(path, windows=paths.windows) for path in places}
    texts = await workspace.readable(list(by_path.values()))
    found = [(path, texts[uri]) for path, uri in by_path.items() if uri in texts]
    return [(path, _as_rules(text, paths)) for path, text in found if text.text.strip()]


def _as_rules(snapshot: Snapshot, paths: Paths) -> Candidate:
    cut = Snapshot.of(snapshot.uri, snapshot.text[:_LONGEST_RULES], snapshot.version)
    name = paths.relative(snapshot.uri)
    return Candidate(cut, name, "the project's rules", _RULES_RANK, rules=True)


def rules_places(home: str, path: str, named: Sequence[str]) -> tuple[str, ...]:
    """Where rules for the file at the absolute `path` may be, the most general first.

    They are the workspace folder `home`'s own, those that are named, and those of each folder on
    the way to the file.
    """
    if not home:
        return ()
    folders = [home]
    for part in os.path.relpath(os.path.dirname(path), home).split(os.sep):
        folders.append(os.path.normpath(os.path.join(folders[-1], part)))
    first, *nested = (os.path.join(folder, RULES) for folder in dict.fromkeys(folders))
    return tuple(dict.fromkeys((first, *(os.path.join(home, name) for name in named), *nested)))
