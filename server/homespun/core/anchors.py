"""Lines of two texts that surely belong together: each side has them once (a patience diff).

See https://bramcohen.livejournal.com/73318.html. Lines come through here by the ten thousand at
every diff, hence the loops are left to `map` and `dict` where that is possible.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from operator import lt, ne

NOWHERE = -1


def unique_places(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each line of `old` that both have exactly once its place in `new`; the places rise."""
    places = dict(zip(new, range(len(new)), strict=True))
    for line in _repeated(new, places):
        places.pop(line, None)
    found = list(map(places.get, old, repeat(NOWHERE)))
    # A line that only `old` repeats has one place more than once, so it is seen here.
    if _rises(found):
        return found
    for line in _repeated(old, dict(zip(old, range(len(old)), strict=True))):
        places.pop(line, None)
    return _rising(list(map(places.get, old, repeat(NOWHERE))))


def numbered_places(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """The same with lines that repeat: the third "}" of `old` goes with the third of `new`."""
    places: dict[str, list[int]] = defaultdict(list)
    for place in range(len(new) - 1, -1, -1):
        places[new[place]].append(place)
    return _rising([places[line].pop() if places[line] else NOWHERE for line in old])


def _repeated(lines: Sequence[str], last: Mapping[str, int]) -> set[str]:
    """The lines that stand elsewhere than at their last place, too."""
    if len(last) == len(lines):
        return set()
    return set(compress(lines, map(ne, map(last.__getitem__, lines), range(len(lines)))))


def _rises(found: list[int]) -> bool:
    known = [place for place in found if place != NOWHERE]
    return all(map(lt, known, known[1:]))


def _rising(found: list[int]) -> list[int]:
    """The same without those lines that moved: the longest rising choice stays."""
    if _rises(found):
        return found
    kept = set(_longest_rising([place for place in found if place != NOWHERE]))
    return [place if place in kept else NOWHERE for place in found]


def _longest_rising(places: list[int]) -> list[int]:
    """The longest rising choice of `places` (all different), last first."""
    lowest: list[int] = []  # the lowest end of a chain of each length
    before: dict[int, int] = {}  # which place comes before another in its chain
    for place in places:
        length = bisect_left(lowest, place)
        before[place] = lowest[length - 1] if length else NOWHERE
        lowest[length : length + 1] = [place]
    chain = [lowest[-1]]
    while (place := before[chain[-1]]) != NOWHERE:
        chain.append(place)
    return chain
