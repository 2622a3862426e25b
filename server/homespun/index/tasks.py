"""What is to be done with single files for an index, and how much work that is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

_EACH = 2_000
"""Opening a file takes as long as so many bytes of its text."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do with the file at the absolute path `file`, in its workspace `path`.

    `number` is the row of `words` that is to be the file's where its words are gathered, and the
    file's id where its symbols are found. `size`: its bytes, as far as known. "end": no more words
    are to be gathered.
    """

    what: Literal["words", "symbols", "end"]
    number: int = 0
    path: str = ""
    file: str = ""
    size: int = 0

    @property
    def weight(self) -> int:
        """The work that it is, in bytes of text."""
        return _EACH + self.size


class Tasks:
    """Tasks in their order, and the weight of them all."""

    def __init__(self, tasks: Iterable[Task] = ()) -> None:
        """`tasks`: the first ones."""
        self._tasks: deque[Task] = deque()
        self.weight = 0
        """Of all of them, see `Task.weight`."""
        self.extend(tasks)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        """All, from the first."""
        return iter(self._tasks)

    def extend(self, tasks: Iterable[Task]) -> None:
        """Put more at the end."""
        for task in tasks:
            self._tasks.append(task)
            self.weight += task.weight

    def pop(self) -> Task:
        """Take the first away. Raises `IndexError` where there is none."""
        task = self._tasks.popleft()
        self.weight -= task.weight
        return task

    def pop_up_to(self, weight: int) -> list[Task]:
        """Take as many of the first away as weigh no more than that together."""
        taken: list[Task] = []
        while self._tasks and (weight := weight - self._tasks[0].weight) >= 0:
            taken.append(self.pop())
        return taken
