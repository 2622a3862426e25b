"""Watches a folder where no editor tells what changes in it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from itertools import islice

from homespun.index.orders import Changed, Missed

_log = logging.getLogger(__name__)

_DEBOUNCE = 50
_STEP = 10
"""Milliseconds: news come 14 ms after the change, and those of a moment together."""
_PATIENCE = 1000
"""Milliseconds without news after which it is sure that the watch has begun."""
_AT_ONCE = 200
_UNWATCHED = ("/.git/", "\\.git\\", "/node_modules/", "/__pycache__/")


class Watch:
    """Tells of changed files, from a thread of its own.

    Once it has begun in truth it tells that it `Missed` what went before.
    """

    def __init__(self, folder: str, tell: Callable[[Changed | Missed], None]) -> None:
        """`tell` is called in that thread."""
        self._folder = folder
        self._tell = tell
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, where it has not begun yet."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()

    def _watch(self) -> None:
        # Some 20 MB, so only where it is used.
        from watchfiles import watch

        begun = False
        try:
            for changes in watch(
                self._folder,
                watch_filter=lambda _, path: not any(part in path for part in _UNWATCHED),
                debounce=_DEBOUNCE,
                step=_STEP,
                stop_event=self._stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
                rust_timeout=_PATIENCE,
                yield_on_timeout=True,
            ):
                if not begun:
                    begun = True
                    self._tell(Missed(self._folder))
                paths = iter(dict.fromkeys(path for _, path in changes))
                while some := tuple(islice(paths, _AT_ONCE)):
                    self._tell(Changed(some))
        except (OSError, RuntimeError) as error:
            # Too many folders for the system's limit, or the folder is gone.
            _log.warning("A folder cannot be watched: %s", error)
