"""True edits, each told as a model would in one of the formats, and what becomes of a reply."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

from homespun.core.checks import check, settle, trim_region
from homespun.core.diff import Edit, apply, blocks
from homespun.core.locate import place
from homespun.core.region import fit_region
from homespun.core.reply import FileUpdate, FindReplace, parser
from homespun.core.text import Snapshot, Span, split_lines
from homespun.errors import Malformed

PATH = "src/app.txt"
_WORDS = (
    *("a", "b", "return a", "def f():", "}", "# end", "x = [1,", "a  ", "..."),
    *("é = '😀'", "e\u0301 = '𝄞'", "u\u2028v", "p\x0cq", 'x = "\\n{"', "```", "=======", "| a |"),
)


def _lines(unit: str) -> st.SearchStrategy[str]:
    """Lines of a file that is indented by `unit`."""
    levels, words = st.integers(0, 2), st.sampled_from(("", *_WORDS))
    return st.builds(lambda level, word: unit * level + word if word else "", levels, words)


@dataclass(frozen=True)
class TrueEdit:
    """A text, what it is to become, and a part of lines (from 0, end exclusive) that holds it."""

    before: str
    after: str
    part: tuple[int, int]

    @property
    def region(self) -> Span:
        return Snapshot.of("", self.before).line_span(self.part[0], self.part[1] - 1)


@st.composite
def edits(draw: st.DrawFn) -> TrueEdit:
    """Up to three places of a text changed; every line end, with and without a last one, a BOM."""
    lines = _lines(draw(st.sampled_from(("    ", "  ", "\t"))))
    old = draw(st.lists(lines, min_size=1, max_size=14))
    new = list(old)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 2))] = draw(st.lists(lines, max_size=2))
    end = draw(st.sampled_from(("\n", "\n", "\r\n", "\r")))
    last = draw(st.sampled_from(("", end)))
    bom = draw(st.sampled_from(("", "", "\ufeff")))
    before = bom + end.join(old) + last
    after = settle(before, end.join(new) + last)
    assume(before.strip("\ufeff \t\r\n") and after.strip("\ufeff \t\r\n") and before != after)
    changed = blocks(split_lines(before), split_lines(after))
    first = max(0, changed[0].before_start - 1)
    return TrueEdit(before, after, (first, changed[-1].before_end + 1))


def _plain(text: str) -> str:
    """As models write texts: line feeds, and no BOM."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _hunks(edit: TrueEdit, context: int) -> list[FindReplace]:
    """The change with some lines around each part of it."""
    old, new = split_lines(_plain(edit.before)), split_lines(_plain(edit.after))
    found: list[FindReplace] = []
    for block in blocks(old, new):
        above = old[max(0, block.before_start - context) : block.before_start]
        below = old[block.before_end : block.before_end + context]
        gone = old[block.before_start : block.before_end]
        come = new[block.after_start : block.after_end]
        found.append(FindReplace("".join(above + gone + below), "".join(above + come + below)))
    return found


def json_hunks(edit: TrueEdit, context: int) -> str:
    told = [{"find": h.find, "replace": h.replace} for h in _hunks(edit, context)]
    update = {"action": "edit", "file": PATH, "hunks": told}
    return json.dumps({"summary": "Done.", "updated_files": [update]})


def json_whole(edit: TrueEdit, context: int) -> str:
    update = {"action": "write", "file": PATH, "text": _plain(edit.after)}
    return json.dumps({"updated_files": [update]}, indent=context, ensure_ascii=False)


def json_alone(edit: TrueEdit, context: int) -> str:
    told = json.dumps({"summary": "x", "text": edit.after})
    return f"Here:\n```json\n{told}\n```\n"


def json_region(edit: TrueEdit, context: int) -> str:
    old, new = _plain(edit.before[edit.region.start : edit.region.end]), _new_region(edit)
    # Its base indentation and the blank lines at its borders are the frame of a region: the file's.
    assume(_base(old) == _base(new))
    assume(all(text.strip("\n") == text.removesuffix("\n") for text in (old, new)))
    assume(not _repeats_neighbours(edit, new))
    return json.dumps({"summary": "Done.", "text": new})


def fenced_whole(edit: TrueEdit, context: int) -> str:
    return f"Done.\n\n{PATH}\n````python\n{_ended(_plain(edit.after))}````\n"


def fenced_hunks(edit: TrueEdit, context: int) -> str:
    told = "\n".join(
        f"<<<<<<<<< SEARCH\n{_ended(h.find)}=========\n{_ended(h.replace)}>>>>>>>>> REPLACE"
        for h in _hunks(edit, context)
    )
    return f"{PATH}\n````\n{told}\n````\n"


def _new_region(edit: TrueEdit) -> str:
    """What the region becomes."""
    region = edit.region
    length = len(edit.after) - (len(edit.before) - region.end)
    return _plain(edit.after[region.start : length])


def _repeats_neighbours(edit: TrueEdit, new: str) -> bool:
    """Whether lines around the region stand in its new text too: that is mended, or refused."""
    around = _plain(edit.before).split("\n")
    above, below, told = around[: edit.part[0]], around[edit.part[1] :], new.split("\n")
    return any(line.strip() and line in (*above[-2:], *below[:2]) for line in told)


def _base(text: str) -> int:
    first = next((line for line in split_lines(text) if line.strip()), "")
    return len(first) - len(first.lstrip()) if first else -1


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


Tell = Callable[[TrueEdit, int], str]
FORMATS: Sequence[Tell] = (
    json_hunks,
    json_whole,
    json_alone,
    json_region,
    fenced_whole,
    fenced_hunks,
)


def read(pieces: Sequence[str]) -> tuple[FileUpdate, ...] | None:
    """The updates of a reply that comes in these pieces; None where it cannot be used."""
    reading = parser()
    try:
        for piece in pieces:
            reading.feed(piece)
        return reading.finish().updates
    except Malformed:
        return None


def land(edit: TrueEdit, updates: Sequence[FileUpdate], asked: Span | None) -> str | list[str]:
    """What the text becomes, as the engine makes it, or the reasons why it does not.

    `asked`: the region that was asked for, None for the whole file.
    """
    text = edit.before
    for update in updates:
        try:
            after = _proposed(text, update, asked)
        except Malformed as error:
            return [error.message]
        if isinstance(after, list):
            return after
        fatal = [f.message for f in check(update, PATH, text, after) if f.fatal]
        if fatal:
            return fatal
        text = after
    return text


def _proposed(text: str, update: FileUpdate, asked: Span | None) -> str | list[str]:
    if update.file not in ("", PATH):
        return ["there is no such file"]
    if update.action == "edit":
        placement = place(text, update.hunks)
        return [f.reason for f in placement.failures] or apply(text, placement.edits)
    if update.action == "region" and asked is not None:
        old = text[asked.start : asked.end]
        new = fit_region(old, trim_region(text, asked, settle(old, update.text)))
        return apply(text, [Edit(asked.start, asked.end, new)])
    if update.action in ("write", "create", "region"):
        return settle(text, update.text)
    return ["deleted or renamed"]
