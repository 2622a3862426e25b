"""Names in Python text: what a module has, what it takes from others, what it lacks."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from homespun.core.python_tree import tree_of

_KNOWN = frozenset(dir(builtins)) | {
    "__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__", "__loader__",
    "__class__", "__annotations__", "__dict__", "__module__", "__qualname__", "__builtins__",
}  # fmt: skip
_LONGEST = 2_000_000
"""Characters of a text that is looked at; more is no code of people."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A name that a module imports: `from MODULE import NAME`, or with "" the module alone.

    `level` counts the dots of a relative import; `line` is from 1.
    """

    module: str
    name: str
    level: int
    line: int


def parsed(text: str) -> ast.Module | None:
    """The tree of a text; None where it is no Python."""
    if len(text) > _LONGEST:
        return None
    try:
        return tree_of(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def offered(tree: ast.Module) -> frozenset[str] | None:
    """The names that others can import from a module; None where only running it would tell."""
    found = top_names(tree)
    return None if stars(tree) or "__getattr__" in found else found


def top_names(tree: ast.Module) -> frozenset[str]:
    """The names that a module binds by name at its top, under an `if` or a `try`, too."""
    return frozenset(name for node in _top(tree.body) for name in _bound(node))


def stars(tree: ast.Module) -> list[Taken]:
    """The modules of which a module imports all at its top."""
    return [
        Taken(node.module or "", "*", node.level, node.lineno)
        for node in _top(tree.body)
        if isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names)
    ]


def taken(tree: ast.Module) -> list[Taken]:
    """All that a module imports, wherever in it."""
    found: list[Taken] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names, lineno=line):
                found += [Taken(one.name, "", 0, line) for one in names]
            case ast.ImportFrom(module=module, names=names, level=level, lineno=line):
                found += [Taken(module or "", one.name, level, line) for one in names]
            case _:
                continue
    return found


def undefined(tree: ast.Module) -> dict[str, int]:
    """Names that are used and bound nowhere in the module, with their first line (from 1).

    It errs on the side of silence: a name that any scope binds counts as bound everywhere.
    """
    bound = set(_KNOWN)
    used: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(one.name == "*" for one in node.names):
            return {}
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used[node.id] = min(node.lineno, used.get(node.id, node.lineno))
        else:
            bound.update(_bound(node))
    return {name: line for name, line in used.items() if name not in bound}


def used_in_code(tree: ast.Module, name: str) -> bool:
    """Whether code, not only a comment or a text, uses `name` of elsewhere."""
    own: set[str] = set()
    loads = False
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=attr) if attr == name:
                return True
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                if any(name in one.name.split(".") for one in names):
                    return True
            case ast.Name(id=found, ctx=ast.Load()) if found == name:
                loads = True
            case ast.Assign() | ast.AugAssign() if name in _exported(node):
                return True
            case _:
                own.update(_bound(node))
    return loads and name not in own


def _exported(node: ast.Assign | ast.AugAssign) -> set[str]:
    """The names that a statement lists for export: `__all__ = [...]`; none for any other."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
        return set()
    texts = (one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant))
    return {text for text in texts if isinstance(text, str)}


def _top(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What stands at the top of a module, also within `if`, `try`, `with` and loops there."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield from ast.walk(statement)


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.Import(names=names):
            yield from (one.asname or one.name.partition(".")[0] for one in names)
        case ast.ImportFrom(names=names):
            yield from (one.asname or one.name for one in names)
        case ast.ExceptHandler(name=str() as name):
            yield name
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
            yield name
        case ast.MatchMapping(rest=str() as name):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case _:
            if type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
                yield str(getattr(node, "name", ""))


def module_name(path: str, files: frozenset[str]) -> str:
    """What a file (path with `/`) is imported as; `files` tell which folders are packages."""
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    start = len(path.split("/")) - 1
    while start > 0 and "/".join([*path.split("/")[:start], "__init__.py"]) in files:
        start -= 1
    return ".".join(parts[start:])


def resolved(one: Taken, path: str, files: frozenset[str]) -> str:
    """The full name of the module that an import in the file `path` means."""
    if not one.level:
        return one.module
    own = module_name(path, files).split(".")
    above = one.level if not path.endswith("__init__.py") else one.level - 1
    package = own[: len(own) - above] if above else own
    return ".".join([*package, *([one.module] if one.module else [])])
