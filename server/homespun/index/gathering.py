"""Takes the words of files into an index: at its first building half of them elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from homespun.index.helper import Answer, Taken
from homespun.index.languages import tongue
from homespun.index.scan import Stamp
from homespun.index.sharing import Last, Sharing
from homespun.index.store import Entry, Store
from homespun.index.tasks import Task, Tasks
from homespun.index.texts import NoText, Text, read

_WRITING = 25
"""Writing the words of this process takes as long as one of so many files."""


class Gathering:
    """The words of many files. Those of the second process are in the index when all is done."""

    def __init__(self, store: Store, sharing: Sharing, file: Callable[[str], str]) -> None:
        """`file` makes a path of the workspace an absolute one."""
        self._store = store
        self._sharing = sharing if store.has_room_for_half else None
        self._file = file
        self._waiting = Tasks()
        self._elsewhere: list[tuple[Task, Taken]] = []
        self._newer: set[str] = set()
        self.count = 0
        """The files that were added."""

    def add(self, files: Mapping[str, Stamp]) -> None:
        """Have these files taken in, by path; the second process begins with them at once."""
        self.count += len(files)
        self._waiting.extend(self._task(path, size) for path, (size, _) in files.items())
        if self._sharing is not None:
            self._sharing.hand_over(self._waiting, self._take)

    def pass_by(self, path: str) -> None:
        """Leave alone a file, or a folder that is gone: who tells knows it as it is by now.

        What the second process has read of it may be older, and is put in last.
        """
        self._newer.add(path)

    def steps(self) -> Iterator[None]:
        """Take all in, a file a step."""
        if self._sharing is not None:
            last = Last(self._store.commit, _WRITING)
            yield from self._sharing.work_off(self._waiting, self._do, self._take, last)
            self._join(self._sharing)
        while self._waiting:
            self._do(self._waiting.pop())
            yield
        self._store.half.unlink(missing_ok=True)

    def _join(self, sharing: Sharing) -> None:
        """Put in what the second process has gathered; all of it is done again if that is lost."""
        if not self._elsewhere:
            return
        if sharing.finish():
            self._store.adopt_half(
                _entry(task, taken)
                for task, taken in self._elsewhere
                if not self._newer or self._newer.isdisjoint(_with_folders(task.path))
            )
        else:
            self._waiting.extend(task for task, _ in self._elsewhere)
        self._elsewhere.clear()

    def _task(self, path: str, size: int) -> Task:
        return Task("words", self._store.new_row(), path, self._file(path), size)

    def _do(self, task: Task) -> None:
        take(self._store, task.path, read(task.file), task.number)

    def _take(self, task: Task, answer: Answer) -> None:
        if isinstance(answer, Taken):
            self._elsewhere.append((task, answer))


def take(store: Store, path: str, text: Text | NoText, row: int) -> None:
    """Take in a file's words as the row `row`."""
    if isinstance(text, NoText):
        store.put(Entry(path, text.stamp, row, text.reason))
    else:
        store.put_words(row, text.data.decode("utf-8", "replace"))
        store.put(Entry(path, text.stamp, row, has_symbols=tongue(path) is not None))


def _with_folders(path: str) -> Iterator[str]:
    """A path, and those of all folders that it is in."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _entry(task: Task, taken: Taken) -> Entry:
    has_symbols = tongue(task.path) is not None
    return Entry(task.path, taken.stamp, task.number, taken.reason, has_symbols)
