"""Which reply formats have worked with which model: counted, and kept for the next start.

The file holds no text, and whatever is wrong with it, nothing is lost but what was learned.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

from homespun.core.formats import Ending, Tried
from homespun.core.reply import ReplyFormat

_MOST = 500
"""Models that are remembered."""
_SIZE_LIMIT = 1024 * 1024
_FORMATS: tuple[ReplyFormat, ...] = get_args(ReplyFormat)

_log = logging.getLogger(__name__)

Table = dict[str, dict[ReplyFormat, Tried]]


class FormatRecord:
    """The record of all models, in memory and in one small file."""

    def __init__(self, file: Path) -> None:
        """`file` is made when there is something to keep."""
        self._file = file
        self._table: Table | None = None

    def tried(self, model: str) -> Mapping[ReplyFormat, Tried]:
        """How the replies of `model` (provider and name) ended, by format."""
        return self._known().get(model, {})

    def note(self, model: str, shape: ReplyFormat, ending: Ending) -> None:
        """One more reply of `model` has ended. A disk that is full costs only the memory of it."""
        table = self._known()
        record = table.pop(model, {})
        table[model] = {**record, shape: record.get(shape, Tried()).then(ending)}
        for oldest in list(table)[:-_MOST]:
            del table[oldest]
        try:
            _write(self._file, json.dumps(_as_data(table), indent=1))
        except OSError as error:
            _log.warning("cannot keep which formats work: %s", error)

    def _known(self) -> Table:
        if self._table is None:
            self._table = _read(self._file)
        return self._table


def _as_data(table: Table) -> dict[str, dict[str, list[float]]]:
    return {
        model: {shape: [tried.placed, tried.failed] for shape, tried in record.items()}
        for model, record in table.items()
    }


def _read(file: Path) -> Table:
    """The table in `file`; what is not understood in it is left out."""
    try:
        with file.open("rb") as opened:
            data: Any = json.loads(opened.read(_SIZE_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {model: _record(kept) for model, kept in cast("dict[str, Any]", data).items()}


def _record(kept: Any) -> dict[ReplyFormat, Tried]:
    given = cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}
    found: dict[ReplyFormat, Tried] = {}
    for shape in _FORMATS:
        match given.get(shape):
            case [int() | float() as placed, int() | float() as failed] if min(placed, failed) >= 0:
                found[shape] = Tried(placed, failed)
            case _:
                continue
    return found


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
