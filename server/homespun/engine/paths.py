"""Files by their three names: the editor's URI, the path on disk, the path the model sees."""

from __future__ import annotations

import os
from dataclasses import dataclass

from homespun.core import uri as uris
from homespun.engine.ports import Folder, Workspace
from homespun.errors import InputError
from homespun.security.path_guard import Target, resolve


@dataclass(frozen=True, slots=True)
class Paths:
    """Translates between names, for the workspace's folders as they are now.

    `windows`: whether file URIs name Windows paths.
    """

    workspace: Workspace
    windows: bool

    def absolute(self, uri: str) -> str:
        """The path on disk, "" for a document that has none (such as `untitled:`)."""
        try:
            return uris.to_path(uri, windows=self.windows)
        except InputError:
            return ""

    def relative(self, uri: str) -> str:
        """The path that the model sees: with `/`, after the folder's name if there are several.

        A document outside every folder is shown by its last name alone.
        """
        path = self.absolute(uri)
        folder = self._folder(path)
        if folder is None:
            return uri.rsplit("/", 1)[-1].rsplit(":", 1)[-1] or "untitled"
        # As the folder holds it, this is `relpath` in a tenth of its time.
        inside = os.path.normpath(path[len(folder.path) :].lstrip(os.sep)).replace(os.sep, "/")
        return f"{folder.name}/{inside}" if len(self.workspace.folders()) > 1 else inside

    def inside(self, uri: str) -> bool:
        """Whether the file is in a workspace folder."""
        return self._folder(self.absolute(uri)) is not None

    def home(self, uri: str) -> str:
        """The workspace folder of the file, "" where it is in none."""
        folder = self._folder(self.absolute(uri))
        return "" if folder is None else folder.path

    def target(self, wanted: str) -> Target:
        """Where a path that a model wrote leads. Raises `OutsideWorkspace` or `Protected`."""
        folders = [(folder.name, folder.path) for folder in self.workspace.folders()]
        return resolve(folders, wanted)

    def uri(self, target: Target) -> str:
        """The URI of `target`: as the editor spells it where the file is open."""
        plain = uris.from_path(target.path, windows=self.windows)
        opened = self.workspace.opened(plain)
        return plain if opened is None else opened.uri

    def uri_of(self, folder: str, path: str) -> str:
        """The URI of the file at `path` (with `/`) in a folder (absolute path), as `uri`."""
        plain = uris.from_path(os.path.join(folder, *path.split("/")), windows=self.windows)
        opened = self.workspace.opened(plain)
        return plain if opened is None else opened.uri

    def within(self, folder: str, uri: str) -> str:
        """The path (with `/`) of a file within its folder (absolute path)."""
        return os.path.relpath(self.absolute(uri), folder).replace(os.sep, "/")

    def _folder(self, path: str) -> Folder | None:
        holding = [f for f in self.workspace.folders() if path and _holds(f.path, path)]
        return max(holding, key=lambda folder: len(folder.path), default=None)


def _holds(folder: str, path: str) -> bool:
    folder, path = os.path.normcase(folder), os.path.normcase(path)
    return path == folder or path.startswith(folder.rstrip("/\\") + os.sep)
