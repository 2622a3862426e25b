"""Changes to the user's settings file that keep everything else in it: comments, order, line ends.

The file is replaced as a whole or not at all, readable by its owner only, and not where somebody
else has written to it meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from homespun.config.checked import checked
from homespun.config.files import Unusable, parse, read_bytes
from homespun.errors import BadSetting, KeepingFailed, Stale

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_BOM = b"\xef\xbb\xbf"


Change = Callable[["TOMLDocument"], str]
"""From the parsed document, which it may alter, to the text that is to be written."""


def edit(file: Path, change: Change) -> None:
    """Make `change` in the settings file, which need not be there yet.

    Raises `BadSetting` where the file
    as it is cannot be parsed or the change would not be a valid setting, `Stale` where the file
    was written by somebody else meanwhile, and `KeepingFailed` where it cannot be written.
    """
    target = Path(os.path.realpath(file))  # Many keep it as a link to a folder of dot files.
    before = _bytes(target)
    after = _changed(target, before, change)
    if after == before:
        return
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(target, before, after)
    except OSError as error:
        raise KeepingFailed(
            f"{target} could not be written: {error.strerror}.",
            "Make room on the disk, or mend the permissions of that folder.",
        ) from error


def _bytes(file: Path) -> bytes:
    try:
        return read_bytes(file)
    except FileNotFoundError:
        return b""
    except (OSError, Unusable) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadSetting(f"{file} cannot be changed: {reason}.", "Look at that file.") from error


def _changed(file: Path, before: bytes, change: Change) -> bytes:
    import tomlkit

    try:
        earlier = parse(before)
    except Unusable as unusable:
        raise BadSetting(
            f"{file} cannot be changed, for it {unusable}.", "Mend it first; nothing was written."
        ) from unusable
    text = before.removeprefix(_BOM).decode()
    after = change(tomlkit.parse(text.replace("\r\n", "\n")))
    _check(file, set(checked(earlier, str(file))[1]), after)
    end = "\r\n" if "\r\n" in text else "\n"
    return (_BOM if before.startswith(_BOM) else b"") + after.replace("\n", end).encode()


def _check(file: Path, known: set[object], after: str) -> None:
    """Refuse a change that would be reported as a problem; those of before are none of it."""
    problems = checked(parse(after.encode()), str(file))[1]
    if new := [problem for problem in problems if problem not in known]:
        raise BadSetting(
            f"Nothing was written: {'; '.join(f'{one.key} {one.reason}' for one in new)}.",
            "`homespun config schema` tells what each setting takes.",
        )


def _replace(file: Path, before: bytes, after: bytes) -> None:
    """Write all or nothing. Raises `Stale` where the file is no longer as it was read."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(after)
            opened.flush()
            os.fsync(opened.fileno())
        if _bytes(file) != before:
            raise Stale(
                f"{file} was changed by somebody else meanwhile, so it was left as it is.",
                "Try again.",
            )
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
