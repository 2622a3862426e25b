"""Writes the user's files: the one place in Homespun that does, so that no edit is half made.

A change is a list of steps, all made or none, as far as a disk can. The new texts are first
written beside the old ones and flushed; then each file is compared with what the change was made
for, just before its new text is swapped in by a rename. Where a step fails, those before it are
taken back.

What a disk cannot give: another program may still write between the comparison and the swap (some
microseconds), and a power cut between two swaps leaves the first one made. The journal holds the
texts before, so that both can be repaired.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from homespun.engine.steps import Create, Move, Remove, Replace, Step
from homespun.errors import HomespunError, NotApplied, OutsideWorkspace


class Writer:
    """Makes changes in the workspace folders, and nowhere else."""

    def __init__(self, roots: Sequence[str]) -> None:
        """`roots`: absolute paths of the workspace folders."""
        self._roots = tuple(Path(root).resolve() for root in roots)

    def replacing(self, path: str, before: str, after: str) -> Step:
        """The step that gives a file another text; where `path` is a link, its target."""
        real = self._confined(path, _followed(Path(path)))
        return Replace(real, _encoded(path, before), _encoded(path, after))

    def creating(self, path: str, text: str) -> Step:
        """The step that makes a new file."""
        return Create(self._entry(path), _encoded(path, text))

    def removing(self, path: str) -> Step:
        """The step that removes a file; where `path` is a link, only the link."""
        return Remove(self._entry(path))

    def moving(self, path: str, new_path: str) -> Step:
        """The step that moves a file to where nothing is; where `path` is a link, the link."""
        return Move(self._entry(path), self._entry(new_path))

    def create(self, path: str, text: str) -> None:
        """Make a new file. Raises as `perform` does."""
        self.perform([self.creating(path, text)])

    def rename(self, path: str, new_path: str) -> None:
        """Move a file to where nothing is. Raises as `perform` does."""
        self.perform([self.moving(path, new_path)])

    def delete(self, path: str) -> None:
        """Remove a file. Raises as `perform` does."""
        self.perform([self.removing(path)])

    def perform(self, steps: Sequence[Step]) -> None:
        """Make all `steps`, in order, or none.

        Raises `OutsideWorkspace` for a path that leaves the folders, `Stale` where a file is not
        what the change was made for, `NotApplied` where the disk refuses (full, read-only, ...).
        """
        made: list[Step] = []
        try:
            _check(steps)
            for step in steps:
                step.prepare()
            for step in steps:
                self._recheck(step)
                step.make()
                made.append(step)
        except OSError as error:
            raise _refusal(error, _take_back(made)) from error
        except BaseException as error:
            left = _take_back(made)
            if left and isinstance(error, HomespunError):
                raise _half_made(error.message, left) from error
            raise
        finally:
            for step in steps:
                step.clean()

    def _entry(self, path: str) -> Path:
        """`path` with the links of its folder followed, but not itself where it is a link."""
        wanted = Path(path)
        return self._confined(path, _followed(wanted.parent) / wanted.name)

    def _confined(self, path: str, real: Path) -> Path:
        if any(real.is_relative_to(root) and real != root for root in self._roots):
            return real
        raise OutsideWorkspace(
            f"{path} is outside the workspace.", "Open its folder and try again."
        )

    def _recheck(self, step: Step) -> None:
        """A folder may have become a link since `step` was planned: then it leads elsewhere."""
        for path in step.paths:
            if _followed(path.parent) != path.parent:
                raise OutsideWorkspace(f"{path} leads somewhere else now.", "Ask again.")


def _followed(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise OutsideWorkspace(f"{path} cannot be followed: its links go in a circle.") from error


def _encoded(path: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotApplied(f"The new text of {path} is not valid Unicode.", "Ask again.") from error


def _check(steps: Sequence[Step]) -> None:
    """Refuse early, before anything is touched; a step that builds on another is checked later."""
    touched: set[Path] = set()
    for step in steps:
        if touched.isdisjoint(step.paths):
            step.check()
        touched.update(step.paths)


def _take_back(made: Sequence[Step]) -> list[str]:
    """Undo `made`, the latest first; the paths where that failed."""
    left: list[str] = []
    for step in reversed(made):
        try:
            step.take_back()
        except (OSError, HomespunError):
            left.extend(str(path) for path in step.paths)
    return left


def _refusal(error: OSError, left: Sequence[str]) -> NotApplied:
    where = f"{error.filename}: " if error.filename else ""
    message = f"The files could not be written. {where}{error.strerror or error}."
    if left:
        return _half_made(message, left)
    return NotApplied(message, "Nothing was changed. Check the room and the rights on the disk.")


def _half_made(message: str, left: Sequence[str]) -> NotApplied:
    files = ", ".join(left)
    return NotApplied(
        f"{message} Taking the change back failed too; these files are left changed: {files}.",
        "`homespun undo` tries again from the journal.",
    )
