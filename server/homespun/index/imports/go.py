"""Go: a package is a folder, found by the end of its path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from homespun.index.imports.tree import Imports, Tree, folder_of

_PATH = re.compile(r'["`]([^"`]+)["`]')


class Go(Imports):
    """A spec is the path of a package."""

    def specs(self, statement: str) -> Sequence[str]:
        """The path of one import spec, `alias "path"`."""
        return _PATH.findall(statement)

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The path's last part, without the version that major releases have there."""
        parts = [part for part in spec.split("/") if not re.fullmatch(r"v\d+", part)]
        return parts[-1:]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The folder's name."""
        return [folder_of(path).rpartition("/")[2]]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The files of the folder that has the most of the path's end.

        The head of the path is the module's name, which only `go.mod` knows; one that has no dot
        in its first part is of the standard library, unless a folder has all of it.
        """
        parts = spec.split("/")
        least = 0 if "." in parts[0] else -len(parts)
        for start in range(len(parts)):
            if least and start:
                break
            files = _package("/".join(parts[start:]), tree)
            if files:
                return files
        return ()


def _package(folder: str, tree: Tree) -> list[str]:
    return [
        path
        for path in tree.inside(folder)
        if path.endswith(".go") and not path.endswith("_test.go")
    ]
