"""Changes on the files as they are now: brought up to what was typed meanwhile, or refused.

What a change was made for may be gone, renamed, reopened or rewritten by the time it lands. Each
hunk is looked at by itself: those whose lines have changed are refused, the others follow theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from homespun.core.diff import edits, unified
from homespun.core.plan import ChangePlan, FileChange
from homespun.core.rebase import rebase
from homespun.core.text import Snapshot
from homespun.engine.paths import Paths
from homespun.engine.ports import (
    CreateFile,
    DeleteFile,
    EditFile,
    FileOperation,
    RenameFile,
    Workspace,
)
from homespun.errors import HomespunError, OutsideWorkspace, Stale


@dataclass(frozen=True, slots=True)
class Ready:
    """One file's change on its text as it is now, and what the edge must report then.

    `expected` are texts by URI; None for a file that must be gone.
    """

    change: FileChange
    operations: tuple[FileOperation, ...]
    expected: tuple[tuple[str, str | None], ...]


class Fitting:
    """Brings changes up to the files of one workspace."""

    def __init__(self, workspace: Workspace, paths: Paths) -> None:
        """Nothing is read before it is asked for."""
        self._workspace = workspace
        self._paths = paths

    async def plan(self, plan: ChangePlan) -> ChangePlan:
        """`plan` on the files as they are now, with all that does not fit any more refused.

        Files and hunks keep their order, and what the user decided of them.
        """
        return replace(plan, files=tuple([await self._fitted(file) for file in plan.files]))

    async def ready(self, file: FileChange) -> Ready:
        """What has to be done for `file`. Raises `Refused` where nothing of it can be."""
        change, now = await self._current(file)
        if change.refusal:
            raise Stale(change.refusal)
        match change.action:
            case "create":
                create = CreateFile(change.uri, change.after)
                return Ready(change, (create,), ((change.uri, change.after),))
            case "delete":
                return Ready(change, (DeleteFile(change.uri),), ((change.uri, None),))
            case "rename":
                rename = RenameFile(change.uri, change.new_uri)
                expected = ((change.uri, None), (change.new_uri, change.after))
                return Ready(change, (*_edit(change, now), rename), expected)
            case "edit":
                return Ready(change, _edit(change, now), ((change.uri, change.after),))

    async def obstacle(self, plan: ChangePlan) -> str:
        """What was done meanwhile to the files that do not fit as a whole, as a unified diff."""
        found: list[str] = []
        for file in (await self.plan(plan)).files:
            if file.reasons:
                meant = next(one for one in plan.files if one.path == file.path)
                now = await self._workspace.read(meant.uri)
                there = "" if now is None else now.text
                found.append(unified(meant.before or "", there, meant.path))
        return "".join(found)

    async def _fitted(self, file: FileChange) -> FileChange:
        if file.refusal:
            return file
        try:
            change, _ = await self._current(file)
        except HomespunError as error:
            return file.refused(error.message)
        return change

    async def _current(self, file: FileChange) -> tuple[FileChange, Snapshot | None]:
        """The change on the file as it is now, and that. Raises `Refused`."""
        file, now = await self._found(file)
        self._guard(file)
        if file.action == "create":
            return _creating(file, now), now
        if now is None:
            raise Stale("the file is gone")
        if file.action == "delete":
            return _deleting(file, now), now
        if file.new_uri and await self._workspace.read(file.new_uri) is not None:
            raise Stale(f"{file.new_path} has come to be there meanwhile")
        return replace(rebase(file, now.text), version=now.version), now

    async def _found(self, file: FileChange) -> tuple[FileChange, Snapshot | None]:
        """The change of the file under the name that it has now, and its text."""
        now = await self._workspace.read(file.uri)
        if now is not None or file.action == "create":
            return file, now
        uri = self._workspace.moved(file.uri)
        if uri == file.uri:
            return file, None
        moved = replace(file, uri=uri, path=self._paths.relative(uri))
        return moved, await self._workspace.read(uri)

    def _guard(self, file: FileChange) -> None:
        """Confine the change to the workspace, at the last moment.

        Raises `OutsideWorkspace`, and `Protected` for `.git` and what is in it.
        """
        for uri, path in ((file.uri, file.path), (file.new_uri, file.new_path)):
            if not uri or (not self._paths.absolute(uri) and self._workspace.opened(uri)):
                continue
            if not self._paths.inside(uri):
                raise OutsideWorkspace(
                    "the file is in none of the workspace's folders",
                    "Open the folder that holds it as a workspace folder.",
                )
            self._paths.target(path)


def lost(seen: ChangePlan, now: ChangePlan) -> bool:
    """Whether parts that were to be made in `seen` are refused in `now`, the same plan later."""
    return any(_lost(*pair) for pair in zip(seen.files, now.files, strict=True))


def _lost(seen: FileChange, now: FileChange) -> bool:
    if seen.offered and now.refusal:
        return True
    pairs = zip(seen.hunks, now.hunks, strict=True)
    return any(one.made and other.refusal for one, other in pairs)


def _creating(file: FileChange, now: Snapshot | None) -> FileChange:
    if now is not None:
        raise Stale("a file of this name has come to be there meanwhile")
    return file


def _deleting(file: FileChange, now: Snapshot) -> FileChange:
    if now.text != file.before:
        raise Stale("the file has changed meanwhile, so it is not deleted")
    return file


def _edit(change: FileChange, now: Snapshot | None) -> tuple[FileOperation, ...]:
    if now is None:
        return ()
    changes = edits(now.text, change.after)
    return (EditFile(now, changes),) if changes else ()
