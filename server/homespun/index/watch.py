"""Watches a folder where no editor tells what changes in it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from itertools import islice

from homespun.index.orders import Changed

_log = logging.getLogger(__name__)

_DEBOUNCE = 50
_STEP = 10
"""Milliseconds: news come 14 ms after the change, and those of a moment together."""
_AT_ONCE = 200
_UNWATCHED = ("/.git/", "\\.git\\", "/node_modules/", "/__pycache__/")


class Watch:
    """Tells of changed files, from a thread of its own."""

    def __init__(self, folder: str, tell: Callable[[Changed], None]) -> None:
        """`tell` is called in that thread."""
        self._folder = folder
        self._tell = tell
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Begin to watch; False where it had begun already."""
        if self._thread is not None:
            return False
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return True

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()

    def _watch(self) -> None:
        # Some 20 MB, so only where it is used.
        from watchfiles import watch

        try:
            for changes in watch(
                self._folder,
                watch_filter=lambda _, path: not any(part in path for part in _UNWATCHED),
                debounce=_DEBOUNCE,
                step=_STEP,
                stop_event=self._stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                paths = iter(dict.fromkeys(path for _, path in changes))
                while some := tuple(islice(paths, _AT_ONCE)):
                    self._tell(Changed(some))
        except (OSError, RuntimeError) as error:
            # Too many folders for the system's limit, or the folder is gone.
            _log.warning("A folder cannot be watched: %s", error)
