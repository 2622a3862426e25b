"""The key of the placeholders of secrets: nobody else can try out what one stands for."""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
import threading
from pathlib import Path

_log = logging.getLogger(__name__)

_LENGTH = 32
"""Bytes."""


class PlaceholderKey:
    """Made once and kept, so that a secret has the same placeholder after a restart too."""

    def __init__(self, path: Path) -> None:
        """`path` and its folder are made when the key is first needed."""
        self._path = path
        self._lock = threading.Lock()
        self._key = b""

    def __call__(self) -> bytes:
        """The key; where none can be kept, one for this process. Blocks on the disk once."""
        with self._lock:
            self._key = self._key or self._kept() or self._made()
            return self._key

    def _kept(self) -> bytes:
        try:
            key = self._path.read_bytes()
        except OSError:
            return b""
        return key if len(key) == _LENGTH else b""

    def _made(self) -> bytes:
        key = secrets.token_bytes(_LENGTH)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Readable by its owner only; whole, or not there.
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
            os.replace(temporary, self._path)
        except OSError as error:
            _log.warning("The key of the placeholders is not kept: %s", error.strerror)
        return key
