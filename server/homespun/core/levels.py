"""In which order to work on things that depend on each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def levels(names: Sequence[str], needs: Mapping[str, Collection[str]]) -> list[list[str]]:
    """`names` in levels: each after all that it needs, those that need each other together.

    `needs` may name others, which count for nothing. Within a level the given order stays. Linear
    in names and needs.
    """
    rings = _rings(names, needs)
    depth: dict[int, int] = {}
    ring_of = {name: number for number, ring in enumerate(rings) for name in ring}
    # A ring comes after all those that it needs, so their depths are known.
    for number, ring in enumerate(rings):
        below = {ring_of[need] for name in ring for need in needs.get(name, ()) if need in ring_of}
        depth[number] = max((depth[one] + 1 for one in below - {number}), default=0)
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in dict.fromkeys(names):
        found[depth[ring_of[name]]].append(name)
    return found


class _Walk:
    """Tarjan's search for rings, without recursion: chains of imports can be long."""

    def __init__(self, needs: Mapping[str, Sequence[str]]) -> None:
        self._needs = needs
        self._number: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._path: list[str] = []
        self._on_path: set[str] = set()
        self.rings: list[list[str]] = []

    def from_(self, start: str) -> None:
        if start in self._number:
            return
        self._enter(start)
        work = [(start, iter(self._needs[start]))]
        while work:
            name, left = work[-1]
            need = next(left, None)
            if need is None:
                work.pop()
                if work:
                    parent = work[-1][0]
                    self._low[parent] = min(self._low[parent], self._low[name])
                self._leave(name)
            elif need not in self._number:
                self._enter(need)
                work.append((need, iter(self._needs[need])))
            elif need in self._on_path:
                self._low[name] = min(self._low[name], self._number[need])

    def _enter(self, name: str) -> None:
        self._number[name] = self._low[name] = len(self._number)
        self._path.append(name)
        self._on_path.add(name)

    def _leave(self, name: str) -> None:
        """`name` and all that it needs are known: it may be the first of a ring."""
        if self._low[name] != self._number[name]:
            return
        at = _last(self._path, name)
        ring = self._path[at:]
        del self._path[at:]
        self._on_path.difference_update(ring)
        self.rings.append(ring)


def _last(path: Sequence[str], name: str) -> int:
    return next(at for at in range(len(path) - 1, -1, -1) if path[at] == name)


def _rings(names: Sequence[str], needs: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Those that need each other, each ring after the rings that it needs."""
    known = dict.fromkeys(names)
    within = {name: [need for need in needs.get(name, ()) if need in known] for name in known}
    walk = _Walk(within)
    for name in known:
        walk.from_(name)
    return walk.rings
