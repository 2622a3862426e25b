"""A change as people and `patch` read it: the unified format, exactly as git takes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from homespun.core.alignment import blocks
from homespun.core.block import Block


def unified(before: str, after: str, path: str, *, context: int = 3) -> str:
    """A unified diff for people and `patch`, "" where nothing changed.

    `path` stands in both headers (`a/`, `b/`); a missing final newline is marked as git does.
    Lines end at `\\n` alone here, as they do for git and `patch`. `context` is in lines.
    """
    old, new = _lines(before), _lines(after)
    changes = blocks(old, new)
    if not changes:
        return ""
    out = [f"--- {_quoted('a/' + path)}\n", f"+++ {_quoted('b/' + path)}\n"]
    for group in _groups(changes, context):
        out += _hunk(old, new, group, context)
    return "".join(out)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


def _quoted(path: str) -> str:
    """`path` as git writes it in a header: quoted as in C where needed, a tab after spaces."""
    if any(mark < " " or mark in '"\\\x7f' for mark in path):
        return f'"{"".join(map(_escaped, path))}"'
    return path + "\t" if " " in path else path


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return "\\" + mark
    return f"\\{ord(mark):03o}" if mark < " " or mark == "\x7f" else mark


def _groups(changes: Sequence[Block], context: int) -> Iterator[list[Block]]:
    """The changes that share a hunk, since their context lines meet."""
    group: list[Block] = []
    for change in changes:
        if group and change.before_start - group[-1].before_end > 2 * context:
            yield group
            group = []
        group.append(change)
    yield group


def _hunk(
    old: Sequence[str], new: Sequence[str], group: Sequence[Block], context: int
) -> Iterator[str]:
    first, last = group[0], group[-1]
    above = min(context, first.before_start)
    below = min(context, len(old) - last.before_end)
    removed = _extent(first.before_start - above, last.before_end + below)
    added = _extent(first.after_start - above, last.after_end + below)
    yield f"@@ -{removed} +{added} @@\n"
    at = first.before_start - above
    for change in group:
        yield from _marked(" ", old[at : change.before_start])
        yield from _marked("-", old[change.before_start : change.before_end])
        yield from _marked("+", new[change.after_start : change.after_end])
        at = change.before_end
    yield from _marked(" ", old[at : last.before_end + below])


def _extent(start: int, end: int) -> str:
    """Where a hunk's lines are: the first, from 1 (where there are none, the one before)."""
    if end - start == 1:
        return str(end)
    return f"{start + 1 if end > start else start},{end - start}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield (
            mark + line if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"
        )
