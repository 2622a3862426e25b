"""Which files a change of a function's signature touches, told by Python's own parser.

It knows nothing of our index: imports are followed by the rules of the language, re-exports too.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MOST_FILES = 15


@dataclass(frozen=True, slots=True)
class Edit:
    """A function (lines from 0) whose signature changes, and the other files that call it."""

    file: str
    name: str
    first_line: int
    last_line: int
    needed: frozenset[str]


@dataclass
class _Module:
    file: str
    functions: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    names: dict[str, str] = field(default_factory=dict[str, str])
    """What a name of the module stands for: `package.module.name`, or a module."""
    calls: set[str] = field(default_factory=set[str])
    """Dotted names that are called, as they are written."""


def edits(root: Path, most: int) -> list[Edit]:
    """At most `most` edits in the packages below `root`, the same ones each time."""
    modules = dict(_modules(root))
    callers: dict[str, set[str]] = {}
    for module in modules.values():
        for call in module.calls:
            if target := _resolve(modules, _full(module, call)):
                callers.setdefault(target, set()).add(module.file)
    found = [
        Edit(module.file, name, *lines, frozenset(needed))
        for dotted, module in modules.items()
        for name, lines in module.functions.items()
        if (needed := callers.get(f"{dotted}.{name}", set()) - {module.file})
        and len(needed) <= _MOST_FILES
    ]
    return sorted(found, key=_shuffled)[:most]


def _shuffled(edit: Edit) -> str:
    return hashlib.sha256(f"{edit.file} {edit.name}".encode()).hexdigest()


def _modules(root: Path) -> Iterator[tuple[str, _Module]]:
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        parts = list(relative.with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        dotted = ".".join(parts[:-1] if is_package else parts)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        module = _Module(relative.as_posix())
        package = dotted if is_package else dotted.rpartition(".")[0]
        _read(module, tree, package)
        yield dotted, module


def _read(module: _Module, tree: ast.Module, package: str) -> None:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions[node.name] = (node.lineno - 1, (node.end_lineno or node.lineno) - 1)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom():
                base = _base(node, package)
                for one in node.names:
                    module.names[one.asname or one.name] = f"{base}.{one.name}"
            case ast.Import():
                for one in node.names:
                    top = one.name if one.asname else one.name.partition(".")[0]
                    module.names[one.asname or top] = top
            case ast.Call():
                if dotted := _dotted(node.func):
                    module.calls.add(dotted)


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join((*above, *((node.module,) if node.module else ())))


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def _full(module: _Module, written: str) -> str:
    first, dot, rest = written.partition(".")
    return f"{module.names[first]}{dot}{rest}" if first in module.names else ""


def _resolve(modules: Mapping[str, _Module], dotted: str, depth: int = 5) -> str:
    """The function that a dotted name means, through re-exports; "" for anything else."""
    home, _, name = dotted.rpartition(".")
    module = modules.get(home)
    if module is None or not depth:
        return ""
    if name in module.functions:
        return dotted
    return _resolve(modules, module.names[name], depth - 1) if name in module.names else ""
