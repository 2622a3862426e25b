"""Java, C# and PHP: what is imported is named by its namespace, wherever its file is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from homespun.index.imports.tree import Imports, Tree, folder_of, joined, stem_of

_JAVA = re.compile(r"import\s+(?:static\s+)?([\w.]+(?:\.\*)?)\s*;")
_PACKAGE = re.compile(r"package\s+([\w.]+)")
_USING = re.compile(r"using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)")
_NAMESPACE = re.compile(r"namespace\s+([\w.\\]+)")
_FILE = re.compile(r"['\"]/?([^'\"\n]+\.\w+)['\"]")
_MOST = 200
"""Files of one namespace that an import leads to: more says nothing of any of them."""


class Java(Imports):
    """A spec is the full name of a class, or `package.*`."""

    def specs(self, statement: str) -> Sequence[str]:
        """`import a.b.C;`, `import static a.b.C.d;`, `import a.b.*;`."""
        return _JAVA.findall(statement)

    def spaces(self, statement: str) -> Sequence[str]:
        """The package."""
        return _PACKAGE.findall(statement)

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The class; of a member also its class; of a whole package its name."""
        if spec.endswith(".*"):
            return [spec.removesuffix(".*"), spec.split(".")[-2]]
        return spec.split(".")[-2:]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The class that the file is named after, and its package."""
        return [stem_of(path), *spaces]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The file of the class, or of the class around it; all of a whole package."""
        parts = spec.removesuffix(".*").split(".")
        for count in range(len(parts), 1, -1):
            wanted = "/".join(parts[:count]) + ".java"
            named = tree.named(f"{parts[count - 1]}.java")
            found = [one for one in named if one == wanted or one.endswith("/" + wanted)]
            if found:
                return found
        return tree.declaring(".".join(parts))[:_MOST] if spec.endswith(".*") else ()


class CSharp(Imports):
    """A spec is a namespace, or the full name of a class."""

    def specs(self, statement: str) -> Sequence[str]:
        """`using A.B;`, `using static A.B.C;`, `using X = A.B.C;`."""
        return _USING.findall(statement)

    def spaces(self, statement: str) -> Sequence[str]:
        """The namespace."""
        return _NAMESPACE.findall(statement)[:1]

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The namespace, and the one around it where a class is meant."""
        return [spec, spec.rpartition(".")[2]]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """Its namespaces, and the class that it is named after."""
        return [stem_of(path), *spaces]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """All files of the namespace; of a class, those that are named after it."""
        found = tree.declaring(spec)[:_MOST]
        if found:
            return found
        space, _, name = spec.rpartition(".")
        named = set(tree.named(f"{name}.cs"))
        return [one for one in tree.declaring(space) if one in named]


class Php(Imports):
    """A spec is the full name of a class, or the path of a file that ends in its ending."""

    def specs(self, statement: str) -> Sequence[str]:
        r"""`use A\B\{C, D as E};`, `require 'a/b.php';`."""
        text = statement.strip()
        if not text.startswith("use"):
            return _FILE.findall(text)
        text = re.sub(r"^use\s+(function\s+|const\s+)?", "", text).rstrip("; \n")
        head, brace, rest = text.partition("{")
        names = rest.rstrip("} ").split(",") if brace else text.split(",")
        prefix = head.strip() if brace else ""
        return [(prefix + name.split()[0]).lstrip("\\") for name in names if name.split()]

    def spaces(self, statement: str) -> Sequence[str]:
        """The namespace."""
        return _NAMESPACE.findall(statement)[:1]

    def keys(self, spec: str, path: str) -> Sequence[str]:
        """The class, or the file's name without its ending."""
        if "\\" in spec or "." not in spec:
            return [spec.rpartition("\\")[2]]
        return [stem_of(spec)]

    def own_keys(self, path: str, spaces: Sequence[str]) -> Sequence[str]:
        """The class that the file is named after."""
        return [stem_of(path)]

    def resolve(self, spec: str, path: str, tree: Tree) -> Sequence[str]:
        """The file that is named after the class and says it is in its namespace."""
        if "\\" not in spec and "." in spec:
            place = joined(folder_of(path), spec)
            return [one for one in (place, spec) if one and tree.has(one)][:1]
        space, _, name = spec.rpartition("\\")
        named = tree.named(f"{name}.php")
        inside = set(tree.declaring(space)) if space else set(named)
        return [one for one in named if one in inside]
