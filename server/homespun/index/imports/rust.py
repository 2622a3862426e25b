"""Rust: modules of the crate, from `crate`, `self`, `super` or another crate of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from homespun.index.imports.tree import Imports, Tree, below, folder_of, stem_of, upwards

_TOPS = ("lib.rs", "main.rs")


class Rust(Imports):
    """A spec is a path of modules, as in `use`; `mod a;` is `self::a`."""

    def specs(self, statement: str) -> Sequence[str]:
        """Every path of a `use`, its braces taken apart."""
        text = re.sub(r"//[^\n]*|\s+", " ", statement).strip().rstrip(";")
        if match := re.search(r"(?:^|\s)mod (\w+)$", text):
            return [f"self::{match[1]}"]
        if match := re.search(r"extern crate (\w+)", text):
            return [match[1]]
        match = re.search(r"(?:^|\s)use (.+)$", text)
        return list(dict.fromkeys(_paths(match[1]))) if match else ()

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """Every part of the path: which of them is the file, only the files tell."""
        parts = [part for part in spec.split("::") if part not in ("self", "*")]
        if "super" not in parts:
            return list(dict.fromkeys(parts))
        # The module above may be the crate's top, or the one that the folder is named after.
        above = upwards(_own_folder(path))[parts.count("super") :][:1]
        names = [part for part in parts if part != "super"]
        return list(dict.fromkeys((*names, "crate", *(one.rpartition("/")[2] for one in above))))

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The module's name; `crate` and its folder's for the top of a crate."""
        name = path.rpartition("/")[2]
        folder = folder_of(path)
        if name in _TOPS:
            above = folder_of(folder).rpartition("/")[2]
            return ["crate", *([above.replace("-", "_")] if above else [])]
        return [folder.rpartition("/")[2]] if name == "mod.rs" else [stem_of(path)]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The file of the longest part of the path that is a module."""
        parts = [part for part in spec.split("::") if part]
        for base, rest, at_top in _bases(parts, path, tree):
            for count in range(len(rest), 0, -1):
                place = below(base, "/".join(rest[:count]))
                for file in (f"{place}.rs", f"{place}/mod.rs"):
                    if tree.has(file):
                        return [file]
            if at_top:
                tops = [*(below(base, top) for top in (*_TOPS, "mod.rs")), f"{base}.rs"]
                found = [top for top in tops if tree.has(top) and top != path]
                if found:
                    return found[:1]
        return ()


def _paths(text: str) -> Iterator[str]:
    """`a::{b, c::{d, e as f}}` as `a::b`, `a::c::d`, `a::c::e`."""
    head, brace, rest = text.partition("{")
    if not brace:
        yield re.sub(r" as .*", "", text).replace(" ", "").removesuffix("::*").strip(":")
        return
    head = head.replace(" ", "")
    for part in _split(rest.rpartition("}")[0]):
        for path in _paths(part):
            yield head.removesuffix("::") if path == "self" else (head + path).strip(":")


def _split(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    if last := text[start:].strip():
        yield last


def _bases(
    parts: Sequence[str], path: str, tree: Tree
) -> Iterator[tuple[str, Sequence[str], bool]]:
    """Folders to look in, what to look for there, and whether a crate's top is meant."""
    if not parts:
        return
    own = _own_folder(path)
    if parts[0] == "crate":
        yield _crate(path, tree), parts[1:], True
    elif parts[0] in ("self", "super"):
        ups = sum(part == "super" for part in parts)
        above = upwards(own)
        rest = [part for part in parts if part not in ("self", "super")]
        if ups < len(above):
            yield above[ups], rest, ups > 0
    else:
        yield own, parts, False
        yield _crate(path, tree), parts, False
        name = parts[0]
        for top in (name, name.replace("_", "-")):
            for above in upwards(_crate(path, tree)):
                for place in (f"{top}/src", f"crates/{top}/src"):
                    yield below(above, place), parts[1:], True


def _own_folder(path: str) -> str:
    """The folder where the modules of the file at `path` are."""
    name = path.rpartition("/")[2]
    return folder_of(path) if name in (*_TOPS, "mod.rs") else path.removesuffix(".rs")


def _crate(path: str, tree: Tree) -> str:
    for folder in upwards(folder_of(path)):
        if any(tree.has(below(folder, top)) for top in _TOPS):
            return folder
    return folder_of(path)
