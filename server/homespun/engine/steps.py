"""The single steps of a change on disk: checked, prepared, made, and taken back where need be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from homespun.engine.plain_files import (
    aside_name,
    copy_ownership,
    flush_folder,
    forget,
    make_folders,
    move_to_nothing,
    remove_empty,
    require,
    require_file_or_link,
    require_nothing,
    same,
    write_aside,
)
from homespun.errors import NotApplied


class Step(Protocol):
    """One step. The writer calls the methods in this order; `take_back` only after `make`."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """What the step reads and changes."""
        ...

    def check(self) -> None:
        """Raise `Stale` or `NotApplied` where the disk is not what the step was made for."""
        ...

    def prepare(self) -> None:
        """Do all that can fail and changes none of the user's files."""
        ...

    def make(self) -> None:
        """Change the user's file, by one rename."""
        ...

    def take_back(self) -> None:
        """Bring back what was there before `make`."""
        ...

    def clean(self) -> None:
        """Let go of everything that was kept aside; never raises."""
        ...


class Replace:
    """Other bytes for a file that is there; its mode and owner stay."""

    def __init__(self, path: Path, before: bytes, after: bytes) -> None:
        """`path` with all links followed; `before` is what must be there."""
        self.paths = (path,)
        self._path = path
        self._before = before
        self._after = after
        self._aside: Path | None = None

    def check(self) -> None:
        """The file is there, may be written, and holds `before`."""
        require(self._path, self._before)
        if not os.access(self._path, os.W_OK):
            raise NotApplied(f"{self._path} is read-only.", "Make it writable and try again.")

    def prepare(self) -> None:
        """Write the new bytes beside the file."""
        self._aside = write_aside(self._path, self._after, mode=0o600)

    def make(self) -> None:
        """Swap the new bytes in."""
        if self._aside is not None:
            self._swap(self._aside, self._before)

    def take_back(self) -> None:
        """Swap the bytes before back in, where nobody else has written meanwhile."""
        aside = write_aside(self._path, self._before, mode=0o600)
        try:
            self._swap(aside, self._after)
        finally:
            forget(aside)

    def clean(self) -> None:
        """Remove new bytes that were never swapped in."""
        forget(self._aside)

    def _swap(self, aside: Path, expected: bytes) -> None:
        copy_ownership(self._path, aside)
        require(self._path, expected)
        aside.replace(self._path)
        flush_folder(self._path.parent)


class Create:
    """A new file; never in place of anything."""

    def __init__(self, path: Path, after: bytes) -> None:
        """`path` with all links of its folder followed."""
        self.paths = (path,)
        self._path = path
        self._after = after
        self._aside: Path | None = None
        self._folders: list[Path] = []

    def check(self) -> None:
        """There is nothing at the path, not even a broken link."""
        require_nothing(self._path)

    def prepare(self) -> None:
        """Make the folders, and write the bytes beside where they go."""
        make_folders(self._path.parent, self._folders)
        self._aside = write_aside(self._path, self._after, mode=0o666)

    def make(self) -> None:
        """Give the bytes their name."""
        if self._aside is not None:
            move_to_nothing(self._aside, self._path)

    def take_back(self) -> None:
        """Remove the file, where it still is what was made."""
        require(self._path, self._after)
        self._path.unlink()

    def clean(self) -> None:
        """Remove bytes that never got their name, and the folders that stayed empty."""
        forget(self._aside)
        remove_empty(self._folders)


class Remove:
    """A file goes; it is kept aside until the whole change is made."""

    def __init__(self, path: Path) -> None:
        """`path` with the links of its folder followed; a link itself goes as a link."""
        self.paths = (path,)
        self._path = path
        self._aside: Path | None = aside_name(path)

    def check(self) -> None:
        """The file is there."""
        require_file_or_link(self._path)

    def prepare(self) -> None:
        """Nothing: removing needs no room."""

    def make(self) -> None:
        """Put the file aside."""
        self.check()
        if self._aside is not None:
            self._path.rename(self._aside)

    def take_back(self) -> None:
        """Put the file back where it was."""
        # From here on `clean` must not remove it: where this fails, it is the only copy.
        aside, self._aside = self._aside, None
        if aside is not None:
            move_to_nothing(aside, self._path)

    def clean(self) -> None:
        """Remove for good what is still aside."""
        forget(self._aside)


class Move:
    """A file gets another path, where nothing is."""

    def __init__(self, path: Path, new_path: Path) -> None:
        """Both with the links of their folders followed; a link itself is moved as a link."""
        self.paths = (path, new_path)
        self._path = path
        self._new_path = new_path
        self._folders: list[Path] = []

    def check(self) -> None:
        """The file is there and nothing is at the new path, unless only letter case changes."""
        require_file_or_link(self._path)
        if not self._only_case_changes():
            require_nothing(self._new_path)

    def prepare(self) -> None:
        """Make the new path's folders."""
        make_folders(self._new_path.parent, self._folders)

    def make(self) -> None:
        """Move the file."""
        self._rename(self._path, self._new_path)

    def take_back(self) -> None:
        """Move it back."""
        self._rename(self._new_path, self._path)

    def clean(self) -> None:
        """Remove the folders that stayed empty."""
        remove_empty(self._folders)

    def _rename(self, source: Path, target: Path) -> None:
        if self._only_case_changes():
            source.rename(target)
        else:
            move_to_nothing(source, target)

    def _only_case_changes(self) -> bool:
        """Whether both paths are one file on a disk that ignores letter case."""
        same_letters = str(self._path).casefold() == str(self._new_path).casefold()
        return same_letters and os.path.lexists(self._new_path) and same(self._path, self._new_path)
