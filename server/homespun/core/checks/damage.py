"""Ways in which models spoil a file: code left out, markup left in, text said twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from homespun.core.checks.change import Change, Finding, lines_of
from homespun.core.counting import counted
from homespun.core.elision import is_placeholder

_SHORT_FILE = 10
_LONG_FILE = 40
_LARGE_DELETION = 40
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?")
_DIFF_HEADER = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*|\*\*\* (?:Begin|End) Patch")
EXAMPLES = (
    *("path/as/shown.py", "path/of/new_file.py", "new/path.py"),
    *("lines copied exactly", "the lines that take their place", "the whole text"),
    *("the whole new text", "the whole new text of the region"),
)
_NUL = "\0"
_DUPLICATED = 8
_DISTINCT = 5


def placeholders(change: Change) -> Iterator[Finding]:
    """Refuse "rest of the code unchanged" in place of the code."""
    for number, line in change.added:
        if is_placeholder(line):
            message = f"line {number} stands for code that is left out; give all of the code"
            yield Finding("placeholder", message, fatal=True)
            return


def shrink(change: Change) -> Iterator[Finding]:
    """Refuse a whole text that lost most of a long file; show large deletions."""
    old, new = _said(change.old_lines), _said(change.new_lines)
    if change.update.action != "write":
        if old - new > _LARGE_DELETION:
            yield Finding("large_deletion", f"a large deletion: {old - new} lines", fatal=False)
        return
    if not old or new * 2 >= old:
        return
    message = f"the new text has {counted(new, 'line')} where the file had {old}"
    if old > _LONG_FILE or not new:
        yield Finding("shrink", f"{message}; give the whole file", fatal=True)
    elif old > _SHORT_FILE:
        yield Finding("large_deletion", message, fatal=False)


def existing(change: Change) -> Iterator[Finding]:
    """Refuse to create what is there."""
    if change.update.action == "create" and (change.before or "").strip():
        message = "the file to create is there already; change it with hunks, or write it whole"
        yield Finding("exists", message, fatal=True)


def conflict_markers(change: Change) -> Iterator[Finding]:
    """Refuse the markers of a merge conflict, or of a search block, left in the text."""
    for number, line in change.added:
        if _CONFLICT.fullmatch(line.rstrip()):
            yield Finding("conflict_marker", f"line {number} is a conflict marker", fatal=True)
            return


def nul(change: Change) -> Iterator[Finding]:
    """Refuse a NUL character that was not there: with it, most tools take the file for binary."""
    if _NUL in change.after and _NUL not in (change.before or ""):
        yield Finding("nul", "the new text holds a NUL character, as binary files do", fatal=True)


def diff_syntax(change: Change) -> Iterator[Finding]:
    """Refuse a diff given as text."""
    if change.suffix in ("diff", "patch") or change.is_prose:
        return
    if any(_DIFF_HEADER.fullmatch(line.rstrip()) for _, line in change.added) or any(
        _is_diff(lines_of(text)) for text in change.given
    ):
        message = "the new text is a diff; give the text itself, without + and - at its lines"
        yield Finding("diff_syntax", message, fatal=True)


def fences(change: Change) -> Iterator[Finding]:
    """Refuse Markdown fences around the text."""
    if change.is_prose:
        return
    for text in change.given:
        lines = [line for line in lines_of(text) if line.strip()]
        if lines and (lines[0].startswith("```") or lines[-1].rstrip() == "```"):
            message = "the new text stands in a Markdown fence; give it without"
            yield Finding("fence", message, fatal=True)
            return


def example(change: Change) -> Iterator[Finding]:
    """Refuse the example of the instructions, given back as it was."""
    given = (change.update.file, *(text.strip() for text in change.given))
    if any(text in EXAMPLES for text in given):
        message = "the reply repeats the example of the instructions; give the real change"
        yield Finding("example", message, fatal=True)


def duplicates(change: Change) -> Iterator[Finding]:
    """Show a block of lines that now stands twice in a row."""
    line = _repeated(change.new_lines)
    if line is not None and _repeated(change.old_lines) is None:
        message = f"lines are repeated at line {line + 1}: the same block stands there twice"
        yield Finding("duplicate", message, fatal=False)


def _said(lines: Iterable[str]) -> int:
    return sum(1 for line in lines if line.strip())


def _is_diff(lines: Sequence[str]) -> bool:
    """Whether every line begins as a diff's lines do, with some added and some removed."""
    marks = {line[0] for line in lines if line.strip()}
    return {"+", "-"} <= marks <= {"+", "-", " "}


def _repeated(lines: Sequence[str]) -> int | None:
    """Where (from 0) a block of lines begins again right after itself; None where none does.

    One pass: `period` is how far back the lines now being read were seen, `run` for how long.
    """
    last: dict[str, int] = {}
    period = run = 0
    for number, line in enumerate(lines):
        if period and line == lines[number - period]:
            run += 1
        else:
            period, run = number - last.get(line, number), 1
        if len(line.strip()) > 3:
            last[line] = number
        if period >= _DUPLICATED and run >= period:
            block = lines[number - period + 1 : number + 1]
            if len({text for text in block if text.strip()}) >= _DISTINCT:
                return number - period + 1
    return None
