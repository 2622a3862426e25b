"""Which file is an update of a model about, and may it be touched?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homespun.core.plan import FileChange
from homespun.core.reply import FileUpdate
from homespun.core.text import Snapshot
from homespun.engine.paths import Paths
from homespun.engine.ports import Workspace
from homespun.engine.scene import Scene
from homespun.security.path_guard import read_only

_BINARY = "\0"
"""What git tells binary files by; they may be valid UTF-8."""


class NotPlaced(Exception):
    """An update cannot be offered; `reason` is for the user and for the model.

    `hopeless` where asking the model again cannot help.
    """

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hopeless = hopeless


@dataclass(frozen=True, slots=True)
class Base:
    """A file that an update changes: `text` as the model saw it, `before` as it stands."""

    uri: str
    path: str
    text: str
    before: Snapshot | None
    shown: bool
    shown_whole: bool


class Targets:
    """Finds the files of one reply's updates."""

    def __init__(
        self,
        workspace: Workspace,
        paths: Paths,
        scene: Scene,
        shown: Mapping[str, tuple[Snapshot, bool]],
        withheld: Callable[[str], str | None],
    ) -> None:
        """`shown`: what the model saw, by URI, and whether wholly; `withheld`: by absolute path."""
        self._workspace = workspace
        self._paths = paths
        self._scene = scene
        self._shown = shown
        self._withheld = withheld

    async def base(
        self, update: FileUpdate, texts: Mapping[str, str], files: Mapping[str, FileChange]
    ) -> Base:
        """What `update` changes; `texts` and `files` are what updates before it came to, by URI.

        Raises `NotPlaced` and `Refused` for a file that must not be touched.
        """
        base = await self._find(update, texts, files)
        path = self._paths.absolute(base.uri)
        if base.before is not None and path and read_only(path):
            raise NotPlaced("the file is read-only; make it writable and try again", hopeless=True)
        if base.before is not None and _BINARY in base.before.text:
            raise NotPlaced("the file is binary: it holds NUL characters", hopeless=True)
        return base

    def uri(self, update: FileUpdate, files: Mapping[str, FileChange]) -> str:
        """The URI of the file that `update` changes, from before any renaming in this reply.

        Raises `Refused` for a path that must not be touched.
        """
        if update.action == "region" or update.file in ("", self._scene.path):
            return self._scene.original.uri
        return _before_renaming(self._paths.uri(self._paths.target(update.file)), files)

    async def _find(
        self, update: FileUpdate, texts: Mapping[str, str], files: Mapping[str, FileChange]
    ) -> Base:
        uri = self.uri(update, files)
        self._refuse_old_name(update, uri, files)
        if uri == self._scene.original.uri:
            return self._primary(texts)
        path, target = self._paths.relative(uri), self._paths.target(update.file)
        if uri in self._shown:
            snapshot, whole = self._shown[uri]
            return Base(uri, path, texts.get(uri, snapshot.text), snapshot, True, whole)
        before = await self._workspace.read(uri)
        reason = self._withheld(target.path)
        if reason and before is not None:
            raise NotPlaced(f"the file is not to be touched: {reason}", hopeless=True)
        text = texts.get(uri, "" if before is None else before.text)
        return Base(uri, path, text, before, False, False)

    def _refuse_old_name(
        self, update: FileUpdate, uri: str, files: Mapping[str, FileChange]
    ) -> None:
        """A file that this reply has renamed is not there any more under its old name."""
        known = files.get(uri)
        if known is None or known.action != "rename" or not update.file:
            return
        if self._paths.uri(self._paths.target(update.file)) != known.new_uri:
            raise NotPlaced(f"the reply has renamed it to {known.new_path}: use that name")

    def _primary(self, texts: Mapping[str, str]) -> Base:
        """The file that the task is about."""
        scene = self._scene
        uri = scene.original.uri
        whole = self._shown.get(uri, (scene.shown, True))[1]
        text = texts.get(uri, scene.shown.text)
        return Base(uri, scene.path, text, scene.original, True, whole)


def _before_renaming(uri: str, files: Mapping[str, FileChange]) -> str:
    """The URI that the file had before this reply renamed it to `uri`."""
    return next((file.uri for file in files.values() if file.new_uri == uri), uri)
