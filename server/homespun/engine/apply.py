"""Landing a plan: bring it up to now, journal, one edit, verify.

The only way from a plan to the user's files. What lands is compared with what the edge then
reports, since editors have been seen to say that they applied an edit and not to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from homespun.core.counting import part
from homespun.core.merge import merge
from homespun.core.plan import ChangePlan, FileChange
from homespun.engine.fitting import Fitting, Ready
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
from homespun.errors import HomespunError, KeepingFailed, NotApplied

_MORE_ATTEMPTS = 2
"""How often an edit is made anew where the user typed at the very moment at which it was sent."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of it: the files that changed, and why others, or hunks of these, did not."""

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


@dataclass(frozen=True, slots=True)
class _Way:
    """How a plan lands: what the journal is told, and whether only all of it may."""

    begun: Literal["applying", "undoing"]
    done: Literal["applied", "undone"]
    as_a_whole: bool


_MAKING = _Way("applying", "applied", as_a_whole=False)
_TAKING_BACK = _Way("undoing", "undone", as_a_whole=True)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What was asked of the edge (nothing where `ready` is empty), and what it answered."""

    ready: list[Ready]
    refusals: list[str]
    answer: Applied


class Applier:
    """Applies plans to one workspace, one at a time."""

    def __init__(self, workspace: Workspace, fitting: Fitting, keeping: Keeping) -> None:
        """`keeping` is told before and after each change."""
        self._workspace = workspace
        self._fitting = fitting
        self._keeping = keeping
        self._one_at_a_time = asyncio.Lock()

    async def apply(self, plan: ChangePlan, change_id: str) -> Landed:
        """Make all of `plan` that still fits; files and hunks that do not are refused.

        Once begun it is carried to its end, even where the caller is cancelled. Raises
        `NotApplied` and `KeepingFailed`.
        """
        return await asyncio.shield(asyncio.ensure_future(self._apply(plan, change_id, _MAKING)))

    async def take_back(self, plan: ChangePlan, change_id: str) -> Landed:
        """The same for an undo: all of it or, where anything is refused, nothing."""
        return await asyncio.shield(
            asyncio.ensure_future(self._apply(plan, change_id, _TAKING_BACK))
        )

    async def _apply(self, plan: ChangePlan, change_id: str, way: _Way) -> Landed:
        async with self._one_at_a_time:
            attempt = await self._attempt(plan, change_id, way)
            for _ in range(_MORE_ATTEMPTS):
                if attempt.answer.applied or not await self._outrun(attempt.ready):
                    break
                attempt = await self._attempt(plan, change_id, way)
            ready, refusals = attempt.ready, tuple(attempt.refusals)
            if not ready:
                return Landed((), refusals)
            await self._verify(change_id, ready, attempt.answer)
            await self._done(change_id, "partly" if refusals else way.done)
            return Landed(tuple(_result(item.change) for item in ready), refusals)

    async def _attempt(self, plan: ChangePlan, change_id: str, way: _Way) -> _Attempt:
        ready, refusals = await self._prepare(plan)
        if not ready or (refusals and way.as_a_whole):
            return _Attempt([], refusals, Applied(applied=True))
        return _Attempt(ready, refusals, await self._make(plan, change_id, ready, way))

    async def _prepare(self, plan: ChangePlan) -> tuple[list[Ready], list[str]]:
        ready: list[Ready] = []
        refusals: list[str] = []
        for file in plan.offered:
            try:
                item = await self._fitting.ready(file)
            except HomespunError as error:
                refusals.append(f"{file.path}: {error.message}")
                continue
            ready.append(item)
            refusals += item.change.reasons
        return ready, refusals

    async def _make(
        self, plan: ChangePlan, change_id: str, ready: Sequence[Ready], way: _Way
    ) -> Applied:
        """Write it down, and have the edge make it."""
        if way is _MAKING:
            await self._keeping.proposed(change_id, [item.change for item in ready])
        await self._keeping.event(change_id, way.begun)
        operations = [op for item in ready for op in item.operations]
        if not operations:
            return Applied(applied=True)
        return await self._workspace.apply(plan.title, _ordered(operations))

    async def _outrun(self, ready: Sequence[Ready]) -> bool:
        """Whether texts have moved on since they were read, and nothing else happened to them."""
        if await self._made(ready):
            return False
        for item in ready:
            now = await self._workspace.read(item.change.uri)
            if now is not None and now.text != item.change.before:
                return True
        return False

    async def _made(self, ready: Sequence[Ready]) -> list[str]:
        """The paths of files that are as proposed by now."""
        made: list[str] = []
        for item in ready:
            seen = [(await self._workspace.read(uri), text) for uri, text in item.expected]
            if item.operations and all(
                text == (None if now is None else now.text) for now, text in seen
            ):
                made.append(item.change.path)
        return made

    async def _verify(self, change_id: str, ready: Sequence[Ready], answer: Applied) -> None:
        """Compare the files with what they should be now. Raises `NotApplied`."""
        wrong = await self._wrong(ready, answer)
        if wrong:
            await self._keeping.event(change_id, "failed", part(len(wrong), len(ready), "file"))
            made = () if answer.applied else await self._made(ready)
            raise _not_applied(wrong, len(ready), answer, made)

    async def _wrong(self, ready: Sequence[Ready], answer: Applied) -> list[str]:
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

    async def _done(self, change_id: str, kind: str) -> None:
        """It is made: a journal that cannot say so leaves it at `begun`, which undo knows."""
        with suppress(KeepingFailed):
            await self._keeping.event(change_id, kind)


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


def _not_applied(
    wrong: Sequence[str], total: int, answer: Applied, made: Sequence[str]
) -> NotApplied:
    names = ", ".join(wrong[:5])
    because = f": {answer.reason}" if answer.reason else ""
    if made:
        return NotApplied(
            f"The editor refused the edit of {names}{because}. It made it all the same in"
            f" {', '.join(made[:5])}.",
            "`homespun history` names this change; `homespun undo ID` takes back what was made.",
        )
    if not answer.applied:
        return NotApplied(
            f"The editor refused the edit of {names}{because}. Nothing was changed.",
            "Try again; if the file is read-only or was changed on disk, mend that first.",
        )
    return NotApplied(
        f"The editor said that it made the edit, but {names} "
        f"{'are' if len(wrong) > 1 else 'is'} not as proposed ({part(len(wrong), total, 'file')}).",
        "Look at these files; what was changed is taken back by undo in the editor, and the"
        " reply is kept: `homespun reapply` tries again.",
    )
