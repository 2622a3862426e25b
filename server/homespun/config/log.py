"""Homespun's log: a file that only its user can read, as loud as the settings say.

What is logged is up to those who log, and it never holds the text of a file, a prompt, a reply or
a key. Warnings also go to standard error, which editors keep.
"""

from __future__ import annotations

import logging
import os
from itertools import pairwise
from pathlib import Path

from homespun.config.schema import LoggingSettings
from homespun.core.logs import OWN, provider_log

_LARGEST = 2_000_000
"""Bytes after which another file begins."""
_KEPT = (1, 2)
"""Full files that are kept besides, by the numbers at the end of their names."""
_FORM = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class LogFile(logging.Handler):
    """Appends each record to a file that is opened for it alone.

    So several processes can share it, one can put a full file aside while the others write, and
    nothing needs to be closed. Where it cannot be written, the record is lost, and no work is.
    """

    def __init__(self, path: Path, largest: int = _LARGEST) -> None:
        """`path` and its folder are made when needed. `largest` in bytes."""
        super().__init__()
        self.setFormatter(logging.Formatter(_FORM))
        self._path = path
        self._largest = largest

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            self._append(self.format(record).encode("utf-8", "backslashreplace") + b"\n")
        except (OSError, ValueError, TypeError):
            return

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with open(os.open(self._path, flags, 0o600), "ab", buffering=0) as file:
            file.write(line)
            is_full = file.tell() > self._largest
        if is_full:
            self._put_aside()

    def _put_aside(self) -> None:
        names = [self._path, *(self._path.with_name(f"{self._path.name}.{n}") for n in _KEPT)]
        for newer, older in reversed(list(pairwise(names))):
            if newer.exists():
                newer.replace(older)


class Log:
    """The log of this process. There is one, as there is one `logging`."""

    def __init__(self, path: Path) -> None:
        """Begin to log to `path`, and no more to where an earlier one did."""
        own = logging.getLogger(OWN)
        for handler in [one for one in own.handlers if isinstance(one, LogFile)]:
            own.removeHandler(handler)
        own.addHandler(LogFile(path))
        if logging.lastResort is not None and logging.lastResort not in own.handlers:
            own.addHandler(logging.lastResort)  # it writes warnings to standard error
        self._set: set[str] = set()

    def heed(self, wanted: LoggingSettings) -> None:
        """Be as loud as the settings say from now on."""
        logging.getLogger(OWN).setLevel(wanted.level.upper())
        for provider in self._set - wanted.providers.keys():
            logging.getLogger(provider_log(provider)).setLevel(logging.NOTSET)
        for provider, level in wanted.providers.items():
            logging.getLogger(provider_log(provider)).setLevel(level.upper())
        self._set = set(wanted.providers)
