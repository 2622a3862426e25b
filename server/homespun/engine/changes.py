"""One update of one file, as a model wrote it, to a file change that may be offered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from homespun.core.checks import check, settle, trim_region
from homespun.core.checks.change import Parse
from homespun.core.diff import Edit, apply
from homespun.core.locate import Unplaced, place
from homespun.core.plan import FileChange, hunks_between
from homespun.core.region import fit_region
from homespun.core.reply import FileUpdate
from homespun.core.text import Span
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.scene import Scene
from homespun.engine.targets import Base, NotPlaced
from homespun.security.path_guard import Protection, protection
from homespun.security.secret_scan import findings, placeholders


class Changes:
    """Places updates, checks what comes of them, and says what is risky about it."""

    def __init__(self, workspace: Workspace, paths: Paths, scene: Scene, parse: Parse) -> None:
        """`parse` is called in a thread."""
        self._workspace = workspace
        self._paths = paths
        self._scene = scene
        self._parse = parse

    async def of(
        self, update: FileUpdate, base: Base, known: Mapping[str, FileChange]
    ) -> FileChange:
        """The change; `known` are those that the reply's earlier updates came to, by URI.

        Raises `NotPlaced` and `Refused`.
        """
        match update.action:
            case "delete":
                return self._delete(base)
            case "rename":
                return await self._rename(update, base, known)
            case _:
                after = self._after(update, base, known)
                risks = await self._check(update, base, after)
                return self.edited(base, after, known, risks)

    def _after(self, update: FileUpdate, base: Base, known: Mapping[str, FileChange]) -> str:
        if update.action == "region":
            return self._region(update, base)
        if update.action == "edit":
            if base.before is None and base.uri not in known:
                raise NotPlaced("there is no such file, so nothing in it can be found")
            return self._hunks(update, base)
        if base.before is None:
            return update.text
        if not base.shown_whole:
            raise NotPlaced(
                "the reply replaces the whole file, which the model was not shown whole",
                hopeless=update.action == "create",
            )
        return settle(base.text, update.text)

    def _region(self, update: FileUpdate, base: Base) -> str:
        region = self._scene.region
        if region is None:
            if not base.shown_whole:
                raise NotPlaced("the reply names no place in the file")
            return settle(base.text, update.text)
        text = self._scene.shown.text
        if base.text != text:
            raise NotPlaced("the reply changes the region twice, in different ways")
        old = text[region.start : region.end]
        new = fit_region(old, trim_region(text, region, settle(old, update.text)))
        after = apply(text, [Edit(region.start, region.end, new)])
        if text.strip() and not after.strip():
            raise NotPlaced("the reply leaves nothing of the file")
        return after

    def _hunks(self, update: FileUpdate, base: Base) -> str:
        placed = place(base.text, update.hunks, self.within(base))
        if placed.failures:
            raise NotPlaced("; ".join(_describe(failure) for failure in placed.failures))
        return apply(base.text, placed.edits)

    def within(self, base: Base) -> Span | None:
        """The part of the file that was asked about, None for all of it."""
        return self._scene.region if base.uri == self._scene.original.uri else None

    async def _check(self, update: FileUpdate, base: Base, after: str) -> tuple[str, ...]:
        before = None if base.before is None else base.text
        judged = replace(update, action="write") if self._is_whole(update) else update
        found = await asyncio.to_thread(check, judged, base.path, before, after, parse=self._parse)
        fatal = [finding.message for finding in found if finding.fatal]
        if placeholders(after) - placeholders(base.text):
            fatal.append("it holds a placeholder that stands for no secret of this file")
        if fatal:
            raise NotPlaced("; ".join(fatal))
        risks = [finding.message for finding in found]
        if update.action == "region" and not update.text.strip():
            risks.append("deletes the whole selection")
        if _secrets(after) - _secrets(base.text):
            risks.append("adds what looks like a secret")
        return (*risks, *self._outside(base, after))

    def _is_whole(self, update: FileUpdate) -> bool:
        """Whether an update without a place is one of the whole file."""
        region = self._scene.region
        if update.action != "region":
            return False
        return region is None or region == Span(0, len(self._scene.shown.text))

    def _outside(self, base: Base, after: str) -> tuple[str, ...]:
        """What the change touches that was not asked for."""
        if self._scene.task.scope == "workspace":
            return ()
        if base.uri != self._scene.original.uri:
            return ("not the file that was asked about",)
        region = self._scene.region
        if region is None:
            return ()
        touched = [hunk.edit for hunk in hunks_between(self._scene.shown.text, after)]
        outside = any(edit.start < region.start or edit.end > region.end for edit in touched)
        return ("changes lines outside the selection",) if outside else ()

    def edited(
        self,
        base: Base,
        after: str,
        known: Mapping[str, FileChange],
        risks: tuple[str, ...] = (),
    ) -> FileChange:
        """What makes `after` of the file."""
        before = base.before
        if before is None:
            return FileChange(
                base.uri,
                base.path,
                "create",
                None,
                hunks_between("", after),
                risks=self._risks(base, "a new file", *risks),
                protected=_protected(base.path),
            )
        renamed = known.get(base.uri)
        if renamed is not None and renamed.action == "rename":
            all_risks = tuple(dict.fromkeys((*renamed.risks, *risks)))
            return replace(renamed, hunks=hunks_between(before.text, after), risks=all_risks)
        return FileChange(
            base.uri,
            base.path,
            "edit",
            before.text,
            hunks_between(before.text, after),
            before.version,
            risks=self._risks(base, *risks),
            protected=_protected(base.path),
        )

    def _risks(self, base: Base, *risks: str) -> tuple[str, ...]:
        found = list(risks)
        named = base.uri == self._scene.original.uri or base.uri in self._scene.others
        if base.before is not None and not named and self._workspace.opened(base.uri) is None:
            found.append("not open in the editor")
        if base.before is not None and not base.shown:
            found.append("the model was not shown this file")
        return tuple(dict.fromkeys(found))

    def _delete(self, base: Base) -> FileChange:
        if base.before is None:
            raise NotPlaced("there is no such file to delete")
        if not base.shown_whole:
            raise NotPlaced("the model may not delete what it was not shown whole", hopeless=True)
        return FileChange(
            base.uri,
            base.path,
            "delete",
            base.before.text,
            hunks_between(base.before.text, ""),
            base.before.version,
            risks=self._risks(base, "deletes the file"),
            protected=_protected(base.path),
        )

    async def _rename(
        self, update: FileUpdate, base: Base, known: Mapping[str, FileChange]
    ) -> FileChange:
        if base.before is None:
            raise NotPlaced("there is no such file to rename")
        target = self._paths.target(update.to)
        new_uri = self._paths.uri(target)
        if await self._workspace.read(new_uri) is not None:
            raise NotPlaced(f"{target.relative} is already there", hopeless=True)
        if any(new_uri in (f.new_uri, f.uri) for u, f in known.items() if u != base.uri):
            raise NotPlaced(f"the reply makes another file {target.relative} as well")
        guarded = _protected(base.path) or _protected(target.relative)
        return FileChange(
            base.uri,
            base.path,
            "rename",
            base.before.text,
            hunks_between(base.before.text, base.text),
            base.before.version,
            new_uri,
            target.relative,
            risks=self._risks(base, f"renames the file to {target.relative}"),
            protected=guarded,
        )


def _secrets(text: str) -> frozenset[str]:
    return frozenset(text[found.start : found.end] for found in findings(text))


def _protected(path: str) -> bool:
    return protection(path) is Protection.ASK


def _describe(failure: Unplaced) -> str:
    where = f" (closest: line {failure.closest_line})" if failure.closest_line else ""
    return f"hunk {failure.index + 1}: {failure.reason}{where}"
