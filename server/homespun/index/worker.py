"""The process that builds indexes: told what to do on its standard input, and ends with it."""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from homespun.index import place
from homespun.index.builder import Builder, Subject
from homespun.index.orders import Changed, Damaged, Missed, Order, Serve, read
from homespun.index.store import Store
from homespun.index.watch import Watch

_log = logging.getLogger(__name__)

_WAITING = 1.0
"""Seconds between two tries to become the writer, and between two walks of a folder that stirs."""
_FAILURES = 3
"""Times that an index is made anew before it is given up."""

Subjects = Callable[[str, Sequence[str]], Subject]
"""Makes the subject of a folder, with the patterns of the setting `ignore`."""


def work(stdin: BinaryIO, cache: Path, subjects: Subjects, helper: Sequence[str]) -> int:
    """Obey the orders on `stdin` until it ends; the exit code.

    `cache` is the folder of the indexes, `helper` the command of a process that helps to parse.
    """
    _step_back()
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(stdin, orders), daemon=True).start()
    place.forget_unused(cache)
    Worker(orders, cache, subjects, helper if (os.cpu_count() or 1) > 1 else None).run()
    return 0


class Worker:
    """Does one small step after the other; between them it looks whether there is news."""

    def __init__(
        self,
        orders: queue.SimpleQueue[Order],
        cache: Path,
        subjects: Subjects,
        helper: Sequence[str] | None,
    ) -> None:
        self._helper = helper
        self._orders = orders
        self._cache = cache
        self._subjects = subjects
        self._sites: dict[str, _Site] = {}

    def run(self) -> None:
        """Never ends: the process does, when nobody gives orders any more."""
        while True:
            busy = any([site.step() for site in self._sites.values()])
            self._obey(0.0 if busy else self._patience())

    def _patience(self) -> float | None:
        """Seconds until there is something to do without news; None for never."""
        waits = [site.patience() for site in self._sites.values()]
        return min((wait for wait in waits if wait is not None), default=None)

    def _obey(self, timeout: float | None) -> None:
        try:
            order = (
                self._orders.get(timeout=timeout) if timeout != 0.0 else self._orders.get_nowait()
            )
            while True:
                self._follow(order)
                order = self._orders.get_nowait()
        except queue.Empty:
            return

    def _follow(self, order: Order) -> None:
        match order:
            case Serve():
                self._serve(order)
            case Changed(paths):
                for site in self._sites.values():
                    site.changed(paths)
            case Damaged(folder):
                if folder in self._sites:
                    self._sites[folder].begin_anew()
            case Missed(folder):
                if folder in self._sites:
                    self._sites[folder].walk_again()

    def _serve(self, order: Serve) -> None:
        for site in self._sites.values():
            site.close()
        self._sites = {
            folder: _Site(
                self._subjects(folder, order.ignore),
                place.database(folder, self._cache),
                Watch(folder, self._orders.put) if order.watch else None,
                self._helper,
            )
            for folder in order.folders
        }


class _Site:
    """One folder and its index; another process may be the one that writes it."""

    def __init__(
        self,
        subject: Subject,
        database: Path,
        watch: Watch | None,
        helper: Sequence[str] | None,
    ) -> None:
        self._helper = helper
        self._subject = subject
        self._database = database
        self._watch = watch
        self._lock = place.Lock(database)
        self._store: Store | None = None
        self._builder: Builder | None = None
        self._steps: Iterator[None] | None = None
        self._next_try = 0.0
        self._failures = 0

    def close(self) -> None:
        """Let another process have it."""
        if self._watch is not None:
            self._watch.close()
        self._drop()
        self._lock.leave()

    def step(self) -> bool:
        """Do a little; whether there is more to do right now."""
        try:
            return self._step()
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return False

    def patience(self) -> float | None:
        """Seconds until `step` has something to do; None for not before there is news."""
        idle = self._builder is not None and not self._builder.stale
        if idle or self._failures >= _FAILURES:
            return None
        return max(0.01, self._next_try - time.monotonic())

    def changed(self, paths: Sequence[str]) -> None:
        """Take in news of files, where this process is the one that writes."""
        if self._builder is None:
            return
        try:
            self._builder.changed(paths)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)

    def begin_anew(self) -> None:
        """Make the index anew."""
        if self._store is not None:
            self._drop()
            place.remove(self._database)
            self._next_try = 0.0

    def walk_again(self) -> None:
        """Compare the folder with the index once more, where this process writes it."""
        if self._builder is not None:
            self._builder.stale = True

    def _step(self) -> bool:
        if self._steps is not None:
            if next(self._steps, self) is self:
                self._steps = None
                self._begin_to_watch()
            return True
        if self._failures >= _FAILURES or time.monotonic() < self._next_try:
            return False
        self._next_try = time.monotonic() + _WAITING
        if self._builder is None and not self._open():
            return False
        if self._builder is not None and self._builder.stale:
            self._steps = self._builder.steps()
            return True
        return False

    def _begin_to_watch(self) -> None:
        """After the first walk, which it would slow down."""
        if self._builder is not None and self._watch is not None:
            self._watch.start()

    def _open(self) -> bool:
        """Become the writer, if nobody else is."""
        self._database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.take():
            return False
        self._store = Store(self._database)
        self._builder = Builder(self._subject, self._store, self._helper)
        return True

    def _drop(self) -> None:
        self._steps = self._builder = None
        store, self._store = self._store, None
        if store is not None:
            try:
                store.close()
            except sqlite3.Error as error:
                _log.warning("An index was not closed: %s", error)

    def _failed(self, error: sqlite3.Error | OSError) -> None:
        """Begin anew, where that may help; the disk may be full, or the file damaged."""
        self._failures += 1
        _log.warning("An index failed: %s", error)
        self._drop()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            place.remove(self._database)


def _listen(stdin: BinaryIO, orders: queue.SimpleQueue[Order]) -> None:
    for line in stdin:
        try:
            orders.put(read(line))
        except (ValueError, KeyError, TypeError):
            _log.warning("An order of %d bytes is none", len(line))
    # Whoever gave the orders is gone. What is half written is undone by SQLite.
    os._exit(0)


def _step_back() -> None:
    """Let everything else go first: this process has time."""
    if sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
    else:
        os.nice(10)
