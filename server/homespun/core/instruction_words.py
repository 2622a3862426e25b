"""What an instruction talks about: names of the code, and plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUOTED = re.compile(r"`([^`\n]{1,200})`")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_PATHS = re.compile(r"[\w./-]+\.\w{1,5}\b")
_SAYING_NOTHING = """
a about across add after all also an and any are as at be before by call called callers calls
change changes class classes code def delete do does each every everywhere fields file files
find fix for from function functions get give has have if import imports in instead into is it
its just keep like make method methods module modules move name names need new no not now of off
old on one only or other our out over package parameter parameters part put remove rename
replace return same set should signature so some split take test tests that the their them then
there these they this to type types up update use used users uses using value values variable
was we when where which will with without write you your
"""
_COMMON = frozenset(_SAYING_NOTHING.split())
"""Words that say nothing of where to look."""


def names(instruction: str) -> tuple[str, ...]:
    """The names of code in it, the surest first: in backticks, called, then spelled like one."""
    quoted = [name for part in _QUOTED.findall(instruction) for name in _NAME.findall(part)]
    plain = [m[0] for m in _NAME.finditer(_PATHS.sub(" ", instruction)) if _is_code(m, instruction)]
    found = dict.fromkeys((*quoted, *plain))
    return tuple(name for name in found if len(name) > 1)


def words(instruction: str) -> tuple[str, ...]:
    """All words of it that may say where to look, in order."""
    found = dict.fromkeys(_NAME.findall(instruction))
    return tuple(word for word in found if len(word) > 2 and word.lower() not in _COMMON)


def paths(instruction: str) -> tuple[str, ...]:
    """What looks like a file's path or name in it."""
    return tuple(dict.fromkeys(_PATHS.findall(instruction)))


def _is_code(found: re.Match[str], text: str) -> bool:
    """Whether a word is spelled as only code is: `a_b`, `aB`, `f()`, `a.b`."""
    word = found[0]
    after = text[found.end() : found.end() + 2]
    called = after.startswith("(")
    dotted = len(after) == 2 and after[0] == "." and after[1].isalpha()
    dotted = dotted or (found.start() > 1 and text[found.start() - 1] == ".")
    inner = word.strip("_")
    return called or dotted or "_" in inner or bool(re.search(r"[a-z][A-Z]", inner))


def word_at(text: str, offset: int) -> str:
    """The name that holds `offset`, "" where there is none."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    for found in _NAME.finditer(text, start, min(len(text), offset + 200)):
        if found.start() <= offset <= found.end():
            return found[0]
        if found.start() > offset:
            break
    return ""


def uses(text: str, name: str) -> list[int]:
    """The lines (from 0) of `text` that have `name` as a whole word."""
    if name not in text:
        return []
    whole = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    return [number for number, line in enumerate(text.splitlines()) if whole.search(line)]


def mentions(text: str, wanted: Sequence[str]) -> list[str]:
    """Those of `wanted` that `text` has as whole words."""
    return [name for name in wanted if uses(text, name)]
