"""Divides the work on an index between the process that builds it and a second one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from homespun.index.helper import Answer, Helper
from homespun.index.tasks import Task, Tasks

_log = logging.getLogger(__name__)

_SHARED = 200
"""Tasks that must wait before a second process has started in time to help."""
_WAIT = 0.1
"""Seconds to wait at once for what the second process does, where nothing is left to do here."""

Take = Callable[[Task, Answer], None]
"""Told of a task that the second process has done."""


@dataclass(frozen=True, slots=True)
class Last:
    """What is done here while the second process does its last tasks, if it has any left.

    It takes as long as one of `of` tasks.
    """

    do: Callable[[], object]
    of: int


class Sharing:
    """Has tasks done here, and elsewhere too where there are enough of them for two."""

    def __init__(self, command: Sequence[str] | None, half: Path) -> None:
        """`command` runs `helper.serve`; None for never. It gathers words in the file `half`."""
        self._command = command
        self._half = half
        self._helper: Helper | None = None

    def close(self) -> None:
        """End the second process."""
        if self._helper is not None:
            self._helper.close()

    def hand_over(self, tasks: Tasks, take: Take, more: int = 0) -> None:
        """Give the second process as much as it has room for, and take what it has done.

        `more`: the weight of what this process has to do at the end.
        """
        helper = self._helper or self._started(len(tasks))
        if helper is None:
            return
        # Never more than half of what is left, so that both are done at the same time.
        half = (tasks.weight + more - helper.owed.weight) // 2
        if given := tasks.pop_up_to(min(helper.room, half)):
            helper.give(given)
        for task, answer in helper.done():
            take(task, answer)

    def work_off(
        self,
        tasks: Tasks,
        do: Callable[[Task], None],
        take: Take,
        last: Last,
    ) -> Iterator[None]:
        """Do all tasks, those too that were handed over before, in steps."""
        more = tasks.weight // last.of
        idle = False
        while tasks or self._owed():
            self.hand_over(tasks, take, more)
            if tasks:
                do(tasks.pop())
            elif not idle:
                last.do()
                idle = True
            elif self._helper is not None and self._helper.alive:
                for task, answer in self._helper.done(_WAIT):
                    take(task, answer)
            elif self._helper is not None:
                tasks.extend(self._helper.owed)
                self._helper.close()
                self._helper = self._command = None
            yield

    def finish(self) -> bool:
        """Whether all words that the second process was given are in its file, which is closed."""
        if self._helper is None:
            return False
        self._helper.give([Task("end")])
        while self._helper.alive and self._helper.owed:
            for _ in self._helper.done(_WAIT):
                pass
        return self._helper.alive

    def _owed(self) -> bool:
        return self._helper is not None and bool(self._helper.owed)

    def _started(self, count: int) -> Helper | None:
        if self._command is None or count < _SHARED:
            return None
        try:
            self._helper = Helper(self._command, self._half)
        except OSError as error:
            _log.warning("No second process helps: %s", error)
            self._command = None
        return self._helper
