"""What endpoints have proven to take: learned once, and kept for the next start.

A lesson belongs to an address and a model, and to the version of the server that taught it: where
the server says that it is another one now, or after two weeks, it is forgotten and learned anew.
The file holds neither keys nor text, and whatever is wrong with it, nothing is lost but time.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from homespun.providers.base import Endpoint
from homespun.providers.dialect import Dialect, row_of

_LASTS = 14 * 24 * 3600.0
_MOST = 500
_SIZE_LIMIT = 1024 * 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a test has seen of a model; None where it has not been looked at.

    `window` in tokens, 0 where the server does not say.
    """

    tools: bool | None = None
    vision: bool | None = None
    reasoning: bool | None = None
    window: int = 0


class Capabilities:
    """The lessons of all endpoints, in memory and, where a file is given, on disk."""

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        """`file` is made when there is something to keep; `clock` gives seconds since 1970."""
        self._file = file
        self._clock = clock
        self._lessons: dict[str, dict[str, Any]] | None = None

    def dialect(self, endpoint: Endpoint) -> Dialect:
        """The best dialect that is not known to be refused."""
        best = Dialect.of(endpoint)
        lesson = self._known().get(_key(endpoint))
        if lesson is None or not self._is_fresh(lesson):
            return best
        return best.with_learned(lesson.get("dialect"), row_of(endpoint))

    def learn(self, endpoint: Endpoint, dialect: Dialect, version: str) -> None:
        """Keep what was just proven; `version` is the server's own word for itself, or ""."""
        best = Dialect.of(endpoint)
        self._note(endpoint, "dialect", None if dialect == best else dialect.to_json(), version)

    def proven(self, endpoint: Endpoint) -> Proven:
        """What a test has seen of this model; nothing where it was not tested."""
        lesson = self._known().get(_key(endpoint))
        found = lesson.get("proven") if lesson and self._is_fresh(lesson) else None
        return _proven(found)

    def prove(self, endpoint: Endpoint, proven: Proven) -> None:
        """Keep what a test has seen."""
        self._note(endpoint, "proven", asdict(proven), "")

    def _note(self, endpoint: Endpoint, what: str, told: object, version: str) -> None:
        """Keep one part of a lesson beside its others; None takes the part away."""
        known = self._known()
        before = known.pop(_key(endpoint), {})
        lesson = dict(before) if self._is_fresh(before) else {}
        lesson.pop(what, None)
        if told is not None:
            lesson[what] = told
        if "dialect" in lesson or "proven" in lesson:
            own = {"version": version or lesson.get("version", ""), "at": self._clock()}
            known[_key(endpoint)] = lesson | own
        self._keep()

    def saw(self, endpoint: Endpoint, version: str) -> None:
        """Forget the lessons of a server that has become another one since."""
        lesson = self._known().get(_key(endpoint))
        if lesson and version and lesson.get("version") not in ("", version):
            del self._known()[_key(endpoint)]
            self._keep()

    def _is_fresh(self, lesson: dict[str, Any]) -> bool:
        at = lesson.get("at")
        return isinstance(at, int | float) and 0 <= self._clock() - at < _LASTS

    def _known(self) -> dict[str, dict[str, Any]]:
        if self._lessons is None:
            self._lessons = _read(self._file) if self._file else {}
        return self._lessons

    def _keep(self) -> None:
        """Write all down. A full or read-only disk costs only that it is learned again."""
        if self._file is None:
            return
        latest = dict(list(self._known().items())[-_MOST:])
        try:
            _write(self._file, json.dumps({"format": 1, "endpoints": latest}, indent=1))
        except OSError as error:
            _log.warning("cannot keep what endpoints take: %s", error)


def _key(endpoint: Endpoint) -> str:
    return f"{endpoint.base_url} {endpoint.model}"


def _proven(data: object) -> Proven:
    """What `prove` kept; what is not understood is not known."""
    found: dict[str, Any] = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    seen = {name: found.get(name) for name in ("tools", "vision", "reasoning")}
    window = found.get("window")
    return Proven(
        **{name: value if isinstance(value, bool) else None for name, value in seen.items()},
        window=window if isinstance(window, int) and window > 0 else 0,
    )


def _read(file: Path) -> dict[str, dict[str, Any]]:
    """The lessons in the file; none where it is missing, too large or broken."""
    try:
        with file.open("rb") as opened:
            data: dict[str, Any] = json.loads(opened.read(_SIZE_LIMIT))
        items = cast("dict[str, Any]", data["endpoints"]).items() if data["format"] == 1 else ()
        return {key: lesson for key, lesson in items if isinstance(lesson, dict)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _write(file: Path, text: str) -> None:
    """Replace the file as a whole, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
