"""What resolving an import asks of the index, and what each language answers to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Tree(Protocol):
    """The files of one workspace folder; paths with `/`, relative to it."""

    def has(self, path: str) -> bool:
        """Whether there is a file of this path."""
        ...

    def holds(self, folder: str) -> bool:
        """Whether there is a file in this folder, at any depth."""
        ...

    def inside(self, folder: str) -> Sequence[str]:
        """The files right in a folder, "" for the top."""
        ...

    def named(self, name: str) -> Sequence[str]:
        """The files of this name, in any folder."""
        ...

    def declaring(self, space: str) -> Sequence[str]:
        """The files that say they are in this namespace."""
        ...


class Imports(Protocol):
    """How one language imports.

    A `spec` is one thing that an import names, as text of that language's own making; a `key` is
    a word that a spec and the file that it leads to have in common, by which importers are found.
    """

    def specs(self, statement: str) -> Sequence[str]:
        """What an import statement names."""
        ...

    def spaces(self, statement: str) -> Sequence[str]:
        """The namespaces that a statement puts its file into; none where a module is its path."""
        return ()

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The keys of a spec in the file at `path`."""
        ...

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The keys of the file at `path`, which declares `spaces`."""
        ...

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The files that a spec in the file at `path` leads to, as far as can be seen."""
        ...

    def may_lead(self, spec: str, path: str, target: str) -> bool:
        """Whether a spec in the file at `path` can lead to `target`, by their names alone.

        Much less work than `resolve`, for who asks of thousands of files with a common key.
        """
        return True


def folder_of(path: str) -> str:
    """The folder of a path, "" for the top."""
    return path.rpartition("/")[0]


def stem_of(path: str) -> str:
    """The name of a file without its ending."""
    name = path.rpartition("/")[2]
    return name[: name.find(".", 1)] if "." in name[1:] else name


def joined(folder: str, relative: str) -> str | None:
    """`relative` seen from `folder`, without `.` and `..`; None where it leads out at the top."""
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def upwards(folder: str) -> Sequence[str]:
    """A folder and all above it, the nearest first, "" last."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]


def below(folder: str, rest: str) -> str:
    """The path of `rest` in `folder`, which may be the top."""
    return f"{folder}/{rest}" if folder else rest
