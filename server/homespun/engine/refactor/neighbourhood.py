"""What is shown with the files of one request: what they use, what uses them, as it is by then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from homespun.core.context import Candidate, LeftOut
from homespun.core.diff import Block, blocks
from homespun.core.generated import why_generated
from homespun.core.text import Snapshot, split_lines
from homespun.engine.gather import Gathered
from homespun.engine.paths import Paths
from homespun.engine.ranking import Found, Ranking
from homespun.engine.refactor.overlay import Overlay
from homespun.engine.search import Index

_MOST_FILES = 16
"""Files that are looked at for one request: the others would hardly find room."""
_LONGEST_FILE = 1_000_000
"""Characters of a file that may be shown beside others."""

Lines = tuple[int, int]


class Neighbourhood:
    """Finds what belongs to files that are worked on, by the ranking that edits have."""

    def __init__(self, overlay: Overlay, paths: Paths, index: Index) -> None:
        """`overlay` has the texts as they are by now, `index` knows those on disk."""
        self._overlay = overlay
        self._paths = paths
        self._ranking = Ranking(index, overlay, paths)

    async def of(self, subjects: Sequence[Snapshot]) -> Gathered:
        """The files that belong to `subjects`, without these, the worthiest first.

        Each of `subjects` has its text as it is by now, and the URI that it has on disk.
        """
        own = {subject.uri for subject in subjects}
        # What the refactor itself speaks of is told to all: only what each file needs counts here.
        found = [await self._ranking.belonging(subject, None, "") for subject in subjects]
        others = [one for each in found for one in each.files if one.uri not in own]
        best = [(one, self._overlay.moved(one.uri)) for one in _together(others)[:_MOST_FILES]]
        texts = await self._overlay.readable([uri for _, uri in best])
        gathered = Gathered([])
        for one, uri in best:
            if uri in texts:
                self._add(gathered, one, texts[uri])
        return gathered

    def _add(self, gathered: Gathered, one: Found, snapshot: Snapshot) -> None:
        uri = snapshot.uri
        path = self._paths.relative(uri)
        if reason := why_generated(path, snapshot, _LONGEST_FILE):
            gathered.left_out.append(LeftOut(path, reason))
            return
        one = _now(one, self._overlay.before(one.uri), snapshot)
        candidate = Candidate(
            snapshot, path, one.reason, one.rank, places=one.places, outline=one.outline
        )
        gathered.candidates.append((self._paths.absolute(uri), candidate))


def _together(found: Iterable[Found]) -> list[Found]:
    """Each file once, worth as much as it is to all subjects together; the worthiest first."""
    by_uri: dict[str, list[Found]] = {}
    for one in found:
        by_uri.setdefault(one.uri, []).append(one)
    joined = [_joined(several) for several in by_uri.values()]
    return sorted(joined, key=lambda one: (one.rank, one.uri))


def _joined(several: Sequence[Found]) -> Found:
    return replace(
        several[0],
        reason="; ".join(dict.fromkeys(one.reason for one in several)),
        rank=sum(one.rank for one in several),
        places=_apart(place for one in several for place in one.places),
    )


def _apart(places: Iterable[Lines]) -> tuple[Lines, ...]:
    """`places` in order, those that touch as one."""
    apart: list[Lines] = []
    for first, last in sorted(places):
        if apart and first <= apart[-1][1] + 1:
            apart[-1] = apart[-1][0], max(last, apart[-1][1])
        else:
            apart.append((first, last))
    return tuple(apart)


def _now(one: Found, before: str | None, snapshot: Snapshot) -> Found:
    """`one` with its lines where they are in the text as it is by now."""
    end = len(snapshot.lines) - 1
    changes = [] if before is None else blocks(split_lines(before), snapshot.lines)
    places = ((_moved(first, changes), _moved(last, changes)) for first, last in one.places)
    outline = dict.fromkeys(_moved(line, changes) for line in one.outline)
    return replace(
        one,
        places=_apart((first, min(last, end)) for first, last in places if first <= end),
        outline=tuple(line for line in outline if line <= end),
    )


def _moved(line: int, changes: Sequence[Block]) -> int:
    """Where a line is after `changes`; one that was replaced, among those that took its place."""
    shift = 0
    for block in changes:
        if block.before_start > line:
            break
        if line < block.before_end:
            inside = min(line - block.before_start, block.after_end - block.after_start - 1)
            return block.after_start + max(0, inside)
        shift = block.after_end - block.before_end
    return line + shift
