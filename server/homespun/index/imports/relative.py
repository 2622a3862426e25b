"""C and C++, Ruby and Lua: paths, seen from the importing file or from a folder above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from homespun.index.imports.tree import Imports, Tree, below, folder_of, joined, stem_of, upwards

_INCLUDE = re.compile(r'#\s*(?:include|import)\s+"([^"\n]+)"')
_RUBY = re.compile(r"""^(\w+)\b[^'"]*['"]([^'"\n]+)['"]""")
_LUA = re.compile(r"""require\s*\(?\s*['"]([\w./-]+)['"]""")


class Includes(Imports):
    """A spec is what is between the quotes of an `#include`."""

    def specs(self, statement: str) -> Sequence[str]:
        """Quoted includes only: those in angle brackets are the system's."""
        return _INCLUDE.findall(statement)

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The file's name."""
        return [spec.rpartition("/")[2]]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The file's name."""
        return [path.rpartition("/")[2]]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """Beside the file, in a folder above or its `include`, else wherever the path fits."""
        for folder in upwards(folder_of(path)):
            for root in ("", "include/", "src/"):
                place = joined(folder, root + spec)
                if place and tree.has(place):
                    return [place]
        wanted = "/" + spec.lstrip("./")
        fitting = [one for one in tree.named(spec.rpartition("/")[2]) if one.endswith(wanted)]
        return fitting if len(fitting) == 1 else ()


class Ruby(Imports):
    """A spec is the path, with `./` before it where it is relative to the file."""

    def specs(self, statement: str) -> Sequence[str]:
        """`require_relative "a"`, `require "a"`, `load "a.rb"`, `autoload :A, "a"`."""
        return [
            f"./{path}" if word == "require_relative" else path
            for word, path in _RUBY.findall(statement)
        ]

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The file's name without its ending."""
        return [stem_of(spec)]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The file's name without its ending."""
        return [stem_of(path)]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """Beside the file where it is relative, else in `lib` or the top of a folder above."""
        name = spec if spec.endswith(".rb") else f"{spec}.rb"
        folder = folder_of(path)
        if spec.startswith("."):
            places = [joined(folder, name)]
        else:
            places = [below(up, root + name) for up in upwards(folder) for root in ("lib/", "")]
        return [place for place in places if place and tree.has(place)][:1]


class Lua(Imports):
    """A spec is the module's name, with dots."""

    def specs(self, statement: str) -> Sequence[str]:
        """`require("a.b")`."""
        return _LUA.findall(statement)

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The last part of the name."""
        return [re.split(r"[./]", spec)[-1]]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The file's name without its ending; of `init.lua` its folder's."""
        stem = stem_of(path)
        return [folder_of(path).rpartition("/")[2]] if stem == "init" else [stem]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """In `lua`, `src` or the top of a folder above."""
        name = spec.replace(".", "/")
        for up in upwards(folder_of(path)):
            for root in ("", "lua/", "src/"):
                for ending in (".lua", "/init.lua"):
                    place = below(up, root + name + ending)
                    if tree.has(place):
                        return [place]
        return ()
