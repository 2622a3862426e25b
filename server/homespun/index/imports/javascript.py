"""JavaScript and TypeScript: relative paths with or without endings, and packages by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from homespun.index.imports.tree import Imports, Tree, folder_of, joined, stem_of, upwards

_SOURCE = re.compile(r"""(?:\bfrom\s*|\bimport\s*|\brequire\s*)\(?\s*['"`]([^'"`\n]+)['"`]""")
_ENDINGS = (
    "", ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs", ".vue", ".svelte",
    "/index.ts", "/index.tsx", "/index.d.ts", "/index.js", "/index.jsx", "/index.mjs",
)  # fmt: skip
_WRITTEN = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""What a file may be written in that is imported by the name of what it becomes."""
_OF_PACKAGES = ("packages/", "src/", "")
"""Where packages lie that are imported by name, seen from any folder above the importing file."""
_OF_ALIASES = ("src/", "app/", "")
"""Where `@/` and `~/` point to."""


class JavaScript(Imports):
    """A spec is what is between the quotes."""

    def specs(self, statement: str) -> Sequence[str]:
        """`import ... from "a"`, `export ... from "a"`, `require("a")`, `import("a")`."""
        sources = _SOURCE.findall(statement)
        return sources[-1:]

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The last part of the path, without its ending."""
        if spec.startswith("."):
            place = joined(folder_of(path), spec)
            return [] if place is None else [_stem(place) or "."]
        return [_stem(spec)]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The file's name; an index file also has that of its folder, or of the package."""
        stem = stem_of(path)
        if stem != "index":
            return [stem]
        folders = folder_of(path).split("/")
        return [stem, *(_stem(one) or "." for one in folders[-2:])]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The first file that node or a bundler would take."""
        for place in _places(spec, path, tree):
            for ending in _ENDINGS:
                if tree.has(place + ending):
                    return [place + ending]
            for made, sources in _WRITTEN.items():
                for source in sources if place.endswith(made) else ():
                    if tree.has(place.removesuffix(made) + source):
                        return [place.removesuffix(made) + source]
        return ()

    def may_lead(self, spec: str, path: str, target: str) -> bool:
        """Whether the target's path has that of the spec in it."""
        if spec.startswith("."):
            place = joined(folder_of(path), spec)
            return bool(place) and target.startswith(_unmade(place))
        # Of a package by name, its scope may be missing in the path.
        bare = re.sub(r"^[@~]/", "", spec)
        names = (bare, bare.partition("/")[2]) if bare.startswith("@") else (bare,)
        plain = [joined("", name) for name in names]
        return any(name is None or f"/{_unmade(name)}" in f"/{target}" for name in plain)


def _unmade(place: str) -> str:
    """The start of what a path may lead to, which may have another ending than what it becomes."""
    made = next((made for made in _WRITTEN if place.endswith(made)), "")
    return place.removesuffix(made)


def _places(spec: str, path: str, tree: Tree) -> Iterator[str]:
    folder = folder_of(path)
    if spec.startswith("."):
        if place := joined(folder, spec):
            yield place
        return
    bare = re.sub(r"^[@~]/", "", spec)
    alias = bare != spec
    for above in upwards(folder):
        for root in _OF_ALIASES if alias else _OF_PACKAGES:
            place = joined(above, root + bare)
            if place and (alias or tree.holds(place)):
                yield place
                yield f"{place}/src"
    if spec.startswith("@") and "/" in spec and not alias:
        yield from _places(spec.partition("/")[2], path, tree)


def _stem(path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return name[: name.find(".", 1)] if "." in name[1:] else name
