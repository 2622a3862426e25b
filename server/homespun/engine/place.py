"""File updates as a model wrote them to a plan: each placed, or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable

from homespun.core.checks.change import Parse, unread
from homespun.core.plan import ChangePlan, FileAction, FileChange
from homespun.core.reply import FileUpdate, Growth
from homespun.core.text import Snapshot
from homespun.engine.changes import Changes
from homespun.engine.growing import GrowingFile
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.scene import Scene
from homespun.engine.targets import Base, NotPlaced, Targets
from homespun.errors import HomespunError


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
        self._paths = paths
        self._scene = scene
        self._changes = Changes(workspace, paths, scene, parse)
        self._targets = Targets(workspace, paths, scene, shown, withheld)
        self._files: dict[str, FileChange] = {}
        self._texts: dict[str, str] = {}
        self._hopeless: set[str] = set()
        self._refused: dict[str, FileChange] = {}
        self._first = (dict(self._files), dict(self._texts), set(self._hopeless))
        self._growing: GrowingFile | None = None
        self._open_update: tuple[int, str, str] | None = None

    async def grow(self, growth: Growth) -> bool:
        """See to an update whose end has not come; whether there is more to see of it now."""
        update = growth.number, growth.file, growth.action
        if self._open_update != update:
            self._open_update = update
            self._growing = await self._begin(growth)
        return self._growing is not None and self._growing.take(growth)

    async def take(self, update: FileUpdate) -> None:
        """Place one update; where it cannot be, its file is refused with the reason."""
        await self._take(update)
        self._growing = self._open_update = None

    async def _take(self, update: FileUpdate) -> None:
        name = update.file or self._scene.path
        try:
            base = await self._targets.base(update, self._texts, self._files)
            if base.uri in self._files and self._files[base.uri].refusal:
                return
            change = await self._changes.of(update, base, self._files)
            self._files[base.uri] = change
            if update.action not in ("delete", "rename"):
                self._texts[base.uri] = change.after
        except NotPlaced as failure:
            await self._refuse(name, update, failure)
        except HomespunError as error:
            await self._refuse(name, update, NotPlaced(error.message, hopeless=True))

    def plan(self, plan_id: str, summary: str, *, complete: bool) -> ChangePlan:
        """What has been placed so far."""
        files = {uri: file for uri, file in self._files.items() if self._counts(file)}
        if not complete and self._growing is not None:
            growing = self._growing.change()
            files[growing.uri] = growing
        return ChangePlan(plan_id, self._scene.task.title, summary, tuple(files.values()), complete)

    def repairable(self) -> tuple[str, ...]:
        """Why files were refused that the model could still get right."""
        return tuple(
            f"{file.path}: {file.refusal}"
            for uri, file in self._files.items()
            if file.refusal and uri not in self._hopeless
        )

    def forget_all(self) -> None:
        """Begin anew, for a reply that takes the place of the whole first one."""
        self._growing = self._open_update = None
        self._files.clear()
        self._texts.clear()
        self._hopeless.clear()

    def forget_refused(self) -> None:
        """Make room for another try at the files that `repairable` names."""
        self._growing = self._open_update = None
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

    async def _begin(self, growth: Growth) -> GrowingFile | None:
        """An update has begun: what it will change, None where it may not."""
        try:
            update = FileUpdate(growth.action, growth.file)
            base = await self._targets.base(update, self._texts, self._files)
        except (NotPlaced, HomespunError):
            return None
        known = self._files.get(base.uri)
        if (known is not None and known.refusal) or not self._may_grow(growth, base):
            return None
        blank = self._changes.edited(base, base.text, self._files)
        return GrowingFile(base, blank, self._changes.within(base))

    def _may_grow(self, growth: Growth, base: Base) -> bool:
        """Whether a text may come to anything where the file stands as it does."""
        if growth.action == "edit" or base.before is None:
            return True
        if growth.action == "region" and self._scene.region is not None:
            return base.text == self._scene.shown.text
        return growth.action != "create" and base.shown_whole

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


def _plan_action(update: FileUpdate) -> FileAction:
    match update.action:
        case "create" | "delete" | "rename":
            return update.action
        case _:
            return "edit"
