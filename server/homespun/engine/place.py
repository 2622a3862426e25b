"""File updates as a model wrote them to file changes that may be offered: place, check, judge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from homespun.core.checks import check, settle, trim_region
from homespun.core.checks.change import Parse, unread
from homespun.core.diff import Edit, apply
from homespun.core.locate import Unplaced, place
from homespun.core.plan import ChangePlan, FileAction, FileChange, hunks_between
from homespun.core.region import fit_region
from homespun.core.reply import FileUpdate
from homespun.core.text import Snapshot, Span
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.scene import Scene
from homespun.engine.targets import Base, NotPlaced, Targets
from homespun.errors import HomespunError
from homespun.security.path_guard import Protection, protection
from homespun.security.secret_scan import findings, placeholders


class Placer:
    """Collects the updates of one reply into a plan, each as soon as it is finished."""

    def __init__(
        self,
        workspace: Workspace,
        paths: Paths,
        scene: Scene,
        shown: dict[str, tuple[Snapshot, bool]],
        withheld: Callable[[str], str | None],
        parse: Parse = unread,
    ) -> None:
        """`shown`: what the model saw, by URI, and whether wholly; `withheld`: by absolute path.

        `parse` is called in a thread.
        """
        self._workspace = workspace
        self._paths = paths
        self._scene = scene
        self._targets = Targets(workspace, paths, scene, shown, withheld)
        self._parse = parse
        self._files: dict[str, FileChange] = {}
        self._texts: dict[str, str] = {}
        self._hopeless: set[str] = set()
        self._refused: dict[str, FileChange] = {}
        self._first = (dict(self._files), dict(self._texts), set(self._hopeless))

    async def take(self, update: FileUpdate) -> None:
        """Place one update; where it cannot be, its file is refused with the reason."""
        name = update.file or self._scene.path
        try:
            base = await self._targets.base(update, self._texts, self._files)
            if base.uri in self._files and self._files[base.uri].refusal:
                return
            self._files[base.uri] = await self._change(update, base)
        except NotPlaced as failure:
            await self._refuse(name, update, failure)
        except HomespunError as error:
            await self._refuse(name, update, NotPlaced(error.message, hopeless=True))

    def plan(self, plan_id: str, summary: str, *, complete: bool) -> ChangePlan:
        """What has been placed so far."""
        files = tuple(file for file in self._files.values() if self._counts(file))
        return ChangePlan(plan_id, self._scene.task.title, summary, files, complete)

    def repairable(self) -> tuple[str, ...]:
        """Why files were refused that the model could still get right."""
        return tuple(
            f"{file.path}: {file.refusal}"
            for uri, file in self._files.items()
            if file.refusal and uri not in self._hopeless
        )

    def forget_all(self) -> None:
        """Begin anew, for a reply that takes the place of the whole first one."""
        self._files.clear()
        self._texts.clear()
        self._hopeless.clear()

    def forget_refused(self) -> None:
        """Make room for another try at the files that `repairable` names."""
        self._first = (dict(self._files), dict(self._texts), set(self._hopeless))
        again = [u for u, f in self._files.items() if f.refusal and u not in self._hopeless]
        self._refused = {uri: self._files.pop(uri) for uri in again}
        for uri in again:
            self._texts.pop(uri, None)

    def restore_first(self) -> None:
        """The other try came to nothing: all is as it was before it."""
        self._files, self._texts, self._hopeless = self._first

    def keep_refused(self) -> None:
        """What the other try did not mention stays refused."""
        for uri, file in self._refused.items():
            self._files.setdefault(uri, file)

    def is_good(self, update: FileUpdate) -> bool:
        """Whether a good change of this update's file is already there."""
        try:
            uri = self._targets.uri(update, self._files)
        except HomespunError:
            return False
        return uri in self._files and not self._files[uri].refusal

    def _counts(self, file: FileChange) -> bool:
        """Leave out files in which nothing changes, but for the comment that only asked for it."""
        if file.refusal or file.action != "edit":
            return True
        return bool(file.hunks) and self._texts.get(file.uri) != self._start_text(file)

    def _start_text(self, file: FileChange) -> str | None:
        return self._scene.shown.text if file.uri == self._scene.original.uri else file.before

    async def _refuse(self, name: str, update: FileUpdate, failure: NotPlaced) -> None:
        try:
            uri = self._paths.uri(self._paths.target(name))
        except HomespunError:
            uri = self._scene.original.uri if name == self._scene.path else f"refused:{name}"
        before = self._files.get(uri)
        blank = FileChange(uri, name, _plan_action(update), None)
        self._files[uri] = (before or blank).refused(failure.reason)
        if failure.hopeless:
            self._hopeless.add(uri)

    async def _change(self, update: FileUpdate, base: Base) -> FileChange:
        match update.action:
            case "delete":
                return self._delete(base)
            case "rename":
                return await self._rename(update, base)
            case _:
                after = self._after(update, base)
                risks = await self._check(update, base, after)
                return self._edited(base, after, risks)

    def _after(self, update: FileUpdate, base: Base) -> str:
        if update.action == "region":
            return self._region(update, base)
        if update.action == "edit":
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
        if base.before is None and base.uri not in self._texts:
            raise NotPlaced("there is no such file, so nothing in it can be found")
        placed = place(base.text, update.hunks, self._within(base))
        if placed.failures:
            raise NotPlaced("; ".join(_describe(failure) for failure in placed.failures))
        return apply(base.text, placed.edits)

    def _within(self, base: Base) -> Span | None:
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

    def _edited(self, base: Base, after: str, risks: tuple[str, ...]) -> FileChange:
        before = base.before
        self._texts[base.uri] = after
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
        known = self._files.get(base.uri)
        if known is not None and known.action == "rename":
            all_risks = tuple(dict.fromkeys((*known.risks, *risks)))
            return replace(known, hunks=hunks_between(before.text, after), risks=all_risks)
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
        named = base.uri == self._scene.original.uri
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

    async def _rename(self, update: FileUpdate, base: Base) -> FileChange:
        if base.before is None:
            raise NotPlaced("there is no such file to rename")
        target = self._paths.target(update.to)
        new_uri = self._paths.uri(target)
        if await self._workspace.read(new_uri) is not None:
            raise NotPlaced(f"{target.relative} is already there", hopeless=True)
        if any(new_uri in (f.new_uri, f.uri) for u, f in self._files.items() if u != base.uri):
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


def _plan_action(update: FileUpdate) -> FileAction:
    match update.action:
        case "create" | "delete" | "rename":
            return update.action
        case _:
            return "edit"


def _describe(failure: Unplaced) -> str:
    where = f" (closest: line {failure.closest_line})" if failure.closest_line else ""
    return f"hunk {failure.index + 1}: {failure.reason}{where}"
