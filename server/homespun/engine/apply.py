"""Landing a plan: guard, merge with what was typed meanwhile, journal, one edit, verify.

The only way from a plan to the user's files. What lands is compared with what the edge then
reports, since editors have been seen to say that they applied an edit and not to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from homespun.core.diff import edits
from homespun.core.merge import Conflict, merge
from homespun.core.plan import ChangePlan, FileChange, hunks_between
from homespun.core.text import Snapshot
from homespun.engine.paths import Paths
from homespun.engine.ports import (
    Applied,
    CreateFile,
    DeleteFile,
    EditFile,
    FileOperation,
    FileResult,
    RenameFile,
    Workspace,
)
from homespun.errors import HomespunError, KeepingFailed, NotApplied, OutsideWorkspace, Stale


@dataclass(frozen=True, slots=True)
class Ready:
    """One file's change brought up to the text as it is now, and what the edge must report then.

    `expected` are texts by URI; None for a file that must be gone.
    """

    change: FileChange
    operations: tuple[FileOperation, ...]
    expected: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of it: the files that changed, and why others did not."""

    files: tuple[FileResult, ...]
    refusals: tuple[str, ...]


class Keeping(Protocol):
    """Where a change is written down before it is made, and after."""

    async def proposed(self, change_id: str, files: Sequence[FileChange]) -> None:
        """The files as they are about to change. Raises `KeepingFailed`: nothing is changed."""
        ...

    async def event(self, change_id: str, kind: str, note: str = "") -> None:
        """What became of the change."""
        ...


class Applier:
    """Applies plans to one workspace, one at a time."""

    def __init__(self, workspace: Workspace, paths: Paths, keeping: Keeping) -> None:
        """`keeping` is told before and after each change."""
        self._workspace = workspace
        self._paths = paths
        self._keeping = keeping
        self._one_at_a_time = asyncio.Lock()

    async def apply(self, plan: ChangePlan, change_id: str) -> Landed:
        """Make every offered file change of `plan` that still fits; the others are refused.

        Once begun it is carried to its end, even where the caller is cancelled. Raises
        `NotApplied` and `KeepingFailed`.
        """
        return await asyncio.shield(
            asyncio.ensure_future(self._apply(plan, change_id, _some, ("applying", "applied")))
        )

    async def take_back(self, plan: ChangePlan, change_id: str) -> Landed:
        """The same for an undo: all of it or, raising `Stale`, nothing."""
        return await asyncio.shield(
            asyncio.ensure_future(self._apply(plan, change_id, _all, ("undoing", "undone")))
        )

    async def _apply(
        self,
        plan: ChangePlan,
        change_id: str,
        usable: Callable[[list[Ready], list[str]], None],
        kinds: tuple[str, str],
    ) -> Landed:
        async with self._one_at_a_time:
            ready, refusals = await self._prepare(plan)
            usable(ready, refusals)
            if not ready:
                return Landed((), tuple(refusals))
            return await self._land(plan, change_id, ready, refusals, kinds)

    async def _prepare(self, plan: ChangePlan) -> tuple[list[Ready], list[str]]:
        ready: list[Ready] = []
        refusals: list[str] = []
        for file in plan.offered:
            try:
                self._guard(file)
                ready.append(await self._current(file))
            except HomespunError as error:
                refusals.append(f"{file.path}: {error.message}")
        return ready, refusals

    async def _land(
        self,
        plan: ChangePlan,
        change_id: str,
        ready: list[Ready],
        refusals: list[str],
        kinds: tuple[str, str],
    ) -> Landed:
        begun, done = kinds
        if begun == "applying":
            await self._keeping.proposed(change_id, [item.change for item in ready])
        await self._keeping.event(change_id, begun)
        operations = [op for item in ready for op in item.operations]
        answer = Applied(applied=True)
        if operations:
            answer = await self._workspace.apply(plan.title, _ordered(operations))
        wrong = await self._verify(ready, answer)
        if wrong:
            await self._keeping.event(change_id, "failed", f"{len(wrong)} of {len(ready)} files")
            raise _not_applied(wrong, len(ready), answer)
        # It is made: a journal that cannot say so any more leaves it at `begun`, which undo knows.
        with suppress(KeepingFailed):
            kind = "partly" if refusals and done == "applied" else done
            await self._keeping.event(change_id, kind)
        return Landed(tuple(_result(item.change) for item in ready), tuple(refusals))

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

    async def _current(self, file: FileChange) -> Ready:
        now = await self._workspace.read(file.uri)
        match file.action:
            case "create":
                return self._create(file, now)
            case "delete":
                return self._delete(file, now)
            case "rename":
                return await self._rename(file, now)
            case "edit":
                return self._edit(file, now)

    def _edit(self, file: FileChange, now: Snapshot | None) -> Ready:
        change, current = _brought_up(file, now)
        changes = edits(current.text, change.after)
        operations = (EditFile(current, changes),) if changes else ()
        return Ready(change, operations, ((file.uri, change.after),))

    def _create(self, file: FileChange, now: Snapshot | None) -> Ready:
        if now is not None:
            raise Stale("a file of this name has come to be there meanwhile")
        return Ready(file, (CreateFile(file.uri, file.after),), ((file.uri, file.after),))

    def _delete(self, file: FileChange, now: Snapshot | None) -> Ready:
        if now is None:
            raise Stale("the file is already gone")
        if now.text != file.before:
            raise Stale("the file has changed meanwhile, so it is not deleted")
        return Ready(file, (DeleteFile(file.uri),), ((file.uri, None),))

    async def _rename(self, file: FileChange, now: Snapshot | None) -> Ready:
        if await self._workspace.read(file.new_uri) is not None:
            raise Stale(f"{file.new_path} has come to be there meanwhile")
        edited = self._edit(file, now)
        return replace(
            edited,
            operations=(*edited.operations, RenameFile(file.uri, file.new_uri)),
            expected=((file.uri, None), (file.new_uri, edited.change.after)),
        )

    async def _verify(self, ready: Sequence[Ready], answer: Applied) -> list[str]:
        """The paths of files that are not as they should be now."""
        if not answer.applied:
            return [item.change.path for item in ready]
        wrong: list[str] = []
        for item in ready:
            for uri, expected in item.expected:
                seen = await self._workspace.settled(uri, expected)
                if not _holds(item.change, expected, seen):
                    wrong.append(item.change.path)
        return list(dict.fromkeys(wrong))


def _some(ready: list[Ready], refusals: list[str]) -> None:
    """Whatever is ready may land."""


def _all(ready: list[Ready], refusals: list[str]) -> None:
    """Only all together may land."""
    if refusals:
        raise Stale(
            "The change cannot be taken back as a whole: " + "; ".join(refusals),
            "Nothing was touched. Take the later edits of these places back first, or restore them"
            " by hand: the journal keeps the text before (`homespun history`).",
        )


def _brought_up(file: FileChange, now: Snapshot | None) -> tuple[FileChange, Snapshot]:
    """`file` on the text as it is now: merged where that has changed. Raises `Stale`."""
    if now is None:
        raise Stale("the file is gone")
    before = file.before or ""
    if now.text == before:
        return replace(file, version=now.version), now
    merged = merge(before, now.text, file.after)
    if not merged.clean:
        raise Stale(f"the text has changed meanwhile {_where(merged.conflicts)}")
    hunks = hunks_between(now.text, merged.text)
    return replace(file, before=now.text, hunks=hunks, version=now.version), now


def _where(conflicts: Sequence[Conflict]) -> str:
    first = conflicts[0]
    more = f" and in {len(conflicts) - 1} more places" if len(conflicts) > 1 else ""
    return f"around line {first.base_start + 1}{more}"


def _holds(change: FileChange, expected: str | None, seen: str | None) -> bool:
    """Whether `seen` is what was expected, or that with the user's next keystrokes in it."""
    if seen == expected:
        return True
    if seen is None or expected is None or seen == change.before:
        return False
    base = change.before or ""
    brought = merge(base, seen, expected)
    return brought.clean and brought.text == seen


def _ordered(operations: Sequence[FileOperation]) -> list[FileOperation]:
    """New files first, then texts, then names, deletions last: no step takes another's ground."""
    rank = {CreateFile: 0, EditFile: 1, RenameFile: 2, DeleteFile: 3}
    return sorted(operations, key=lambda operation: rank[type(operation)])


def _result(change: FileChange) -> FileResult:
    added, removed = change.line_counts()
    return FileResult(change.new_uri or change.uri, change.action, added, removed)


def _not_applied(wrong: Sequence[str], total: int, answer: Applied) -> NotApplied:
    names = ", ".join(wrong[:5])
    if not answer.applied:
        because = f": {answer.reason}" if answer.reason else ""
        return NotApplied(
            f"The editor refused the edit of {names}{because}. Nothing was changed.",
            "Try again; if the file is read-only or was changed on disk, mend that first.",
        )
    return NotApplied(
        f"The editor said that it made the edit, but {names} "
        f"{'are' if len(wrong) > 1 else 'is'} not as proposed ({len(wrong)} of {total} files).",
        "Look at these files; what was changed is taken back by undo in the editor, and the"
        " reply is kept: `homespun reapply` tries again.",
    )
