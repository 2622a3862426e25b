"""Instructions written into the code: comments that start with `homespun:`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from homespun.core.text import Snapshot, Span

_ANYWHERE = r"#+|//+!?|--+|/\*+|<!--|\{-|\(\*|\{#|<%#"
_ALONE = r";+|%+|'|\"|REM\b|\.\."
"""What opens a comment only where nothing stands before it: elsewhere it is a string, or code."""
_OPENERS = rf"(?:{_ANYWHERE}|{_ALONE})"
_CLOSERS = r"(?:\*+/|-->|-\}|\*\)|#\}|%>)"
_OPENED = re.compile(
    rf"(?P<opener>{_ANYWHERE}|(?<![^ \t])(?<!\S[ \t])(?:{_ALONE}))"
    r"[ \t]*homespun:[ \t]*(?P<text>.*)",
    re.IGNORECASE,
)
_CONTINUED = re.compile(rf"[ \t]*(?P<opener>{_OPENERS})[ \t]?(?P<text>.*)")
_CLOSED = re.compile(rf"[ \t]*{_CLOSERS}[ \t]*$")
_LOOK_BACK = 20
"""How many lines above the cursor a comment that runs over several lines may start."""


@dataclass(frozen=True, slots=True)
class InstructionComment:
    """A `homespun:` comment: what it asks for, and the span that goes away with the edit.

    The span covers whole lines where the comment stands alone on them, else only the comment
    and the white space before it.
    """

    instruction: str
    span: Span
    first_line: int
    last_line: int


def comment_at(snapshot: Snapshot, first: int, last: int) -> InstructionComment | None:
    """The first `homespun:` comment that touches the lines `first` to `last` (from 0)."""
    lines = snapshot.lines
    for number in range(max(0, first - _LOOK_BACK), min(last + 1, len(lines))):
        if "homespun:" not in lines[number].lower():
            continue
        found = _read(snapshot, number)
        if found is not None and found.last_line >= first:
            return found
    return None


def _read(snapshot: Snapshot, number: int) -> InstructionComment | None:
    line = snapshot.lines[number].rstrip("\r\n")
    opened = _OPENED.search(line)
    if opened is None:
        return None
    alone = not line[: opened.start()].strip()
    words = [_CLOSED.sub("", opened["text"]).strip()]
    last = number
    closed = _CLOSED.search(opened["text"]) is not None
    if alone and not closed:
        last = _continue(snapshot.lines, number, opened["opener"], words)
    instruction = " ".join(word for word in words if word)
    if not instruction:
        return None
    start = snapshot.line_span(number, number).start
    if alone:
        return InstructionComment(instruction, snapshot.line_span(number, last), number, last)
    kept = len(line[: opened.start()].rstrip())
    return InstructionComment(instruction, Span(start + kept, start + len(line)), number, number)


def _continue(lines: tuple[str, ...], number: int, opener: str, words: list[str]) -> int:
    """Take in the comment's next lines; the number of its last one."""
    block = opener.startswith(("/*", "<!--", "{-", "(*", "{#", "<%#"))
    last = number
    for following in range(number + 1, min(number + 1 + _LOOK_BACK, len(lines))):
        text = lines[following].rstrip("\r\n")
        if block:
            words.append(_CLOSED.sub("", text).strip().lstrip("*").strip())
            last = following
            if _CLOSED.search(text):
                break
            continue
        more = _CONTINUED.fullmatch(text)
        if more is None or more["opener"] != opener or _OPENED.search(text) or not more["text"]:
            break
        words.append(more["text"].strip())
        last = following
    return last
