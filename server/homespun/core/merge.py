"""Three-way merge: what was proposed for one text, brought into what it has become."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed these lines of the base (from 0, end exclusive), in different ways."""

    base_start: int
    base_end: int
    current: tuple[str, ...]
    proposed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged text, and what could not be merged (there, `text` keeps what is current)."""

    text: str
    conflicts: tuple[Conflict, ...]

    @property
    def clean(self) -> bool:
        """Whether both sides are wholly in `text`."""
        return not self.conflicts


def merge(base: str, current: str, proposed: str) -> Merge:
    """Both sides' changes of `base` in one text, as `git merge-file` would give it.

    Adjacent or overlapping changes that differ are conflicts; the same change on both sides is
    one change. Never clean where git sees a conflict.
    """
    raise NotImplementedError
