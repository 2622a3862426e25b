"""Python: modules, relative ones, packages, and what lies under `src`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from homespun.index.imports.tree import Imports, Tree, below, folder_of, stem_of, upwards

_REMARK = re.compile(r"#[^\n]*|\\\n")
"""A comment, or a line that goes on in the next."""
_FROM = re.compile(r"from\s+(\.*[\w.]*)\s+import\s+(.*)", re.DOTALL)
_ENDINGS = (".py", "/__init__.py", ".pyi", "/__init__.pyi")
_ROOTS = ("", "src/", "lib/", "python/", "server/")
"""Where packages lie, seen from any folder above the importing file."""


class Python(Imports):
    """A spec is `module`, or `module:name` where a name, which may be a module, is taken of it."""

    def specs(self, statement: str) -> Sequence[str]:
        """`import a.b as c, d` and `from .a import b`."""
        text = _REMARK.sub(" ", statement) if "#" in statement or "\\" in statement else statement
        if match := _FROM.match(text):
            module, names = match.groups()
            found = [_first_word(name) for name in names.strip("() \t\r\n").split(",")]
            return [f"{module}:{name}" if name != "*" else module for name in found if name]
        names = text.removeprefix("import").split(",")
        return [name for part in names if (name := _first_word(part))]

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The module's last part, and the name that is taken of it."""
        module, _, name = spec.partition(":")
        last = module.rpartition(".")[2]
        if not last:
            dots = len(module)
            above = upwards(folder_of(path))
            last = (above[dots - 1] if dots <= len(above) else "").rpartition("/")[2] or "."
        return [last, name] if name and name != last else [last]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The module's name; a package has that of its folder."""
        stem = stem_of(path)
        return [folder_of(path).rpartition("/")[2] or "."] if stem == "__init__" else [stem]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The module itself; of a package also what makes it importable is no import."""
        module, _, name = spec.partition(":")
        tried = [f"{module}.{name}" if not module.endswith(".") else module + name] if name else []
        for one in (*tried, module):
            for place in _places(one, path, tree):
                found = [place + ending for ending in _ENDINGS if tree.has(place + ending)]
                if found:
                    return found
        return ()

    def may_lead(self, spec: str, path: str, target: str) -> bool:
        """Whether the target is the module, or what is taken of it, seen from a folder above."""
        module, _, name = spec.partition(":")
        rest = module.lstrip(".")
        dots = len(module) - len(rest)
        end = rest.replace(".", "/")
        if dots:
            above = upwards(folder_of(path))
            if dots > len(above):
                return False
            end = below(above[dots - 1], end).rstrip("/")
        wanted = (end, below(end, name)) if name else (end,)
        stems = [target.removesuffix(ending) for ending in _ENDINGS if target.endswith(ending)]
        if dots:
            return any(stem in wanted for stem in stems)
        return any(
            f"/{stem}".endswith(f"/{one}") and _is_above(stem.removesuffix(one), path)
            for stem in stems
            for one in wanted
        )


def _places(module: str, path: str, tree: Tree) -> Iterator[str]:
    """Where a module may be, without its ending."""
    dots = len(module) - len(module.lstrip("."))
    rest = module[dots:].replace(".", "/")
    above = upwards(folder_of(path))
    if dots:
        if dots <= len(above):
            yield below(above[dots - 1], rest).rstrip("/")
        return
    package, _, more = rest.partition("/")
    for folder in above:
        for root in _ROOTS:
            if root and not tree.holds(below(folder, root.rstrip("/"))):
                continue
            if not more or tree.holds(below(folder, root + package)):
                yield below(folder, root + rest)


def _is_above(place: str, path: str) -> bool:
    """Whether packages in the folder `place`, "" or with a slash, are found from `path`."""
    return any(path.startswith(place.removesuffix(root)) for root in _ROOTS if place.endswith(root))


def _first_word(text: str) -> str:
    words = text.split()
    return words[0] if words else ""
