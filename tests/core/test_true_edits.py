"""Any true edit, told in any format and cut anywhere, comes out as it was meant, or is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from homespun.core.checks import check, settle
from homespun.core.diff import apply, blocks
from homespun.core.locate import place
from homespun.core.reply import FileUpdate, FindReplace, parser
from homespun.core.text import split_lines
from homespun.errors import Malformed
from model_servers.depth import examples

PATH = "src/app.txt"
WORDS = ("a", "b", "return a", "def f():", "}", "é = '😀'", 'x = "\\n{"', "```", "", "# end")

lines = st.builds(
    lambda depth, word: (" " * 4 * depth + word) if word else "",
    st.integers(0, 2),
    st.sampled_from(WORDS),
)
texts = st.lists(lines, min_size=1, max_size=14)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and what it is to become."""
    old = draw(texts)
    new = list(old)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 2))] = draw(st.lists(lines, max_size=2))
    end = draw(st.sampled_from(("\n", "\r\n")))
    last = draw(st.sampled_from(("", end)))
    before = end.join(old) + last
    after = settle(before, end.join(new) + last)
    assume(before.strip() and after.strip() and before != after)
    return before, after


def hunks(before: str, after: str, context: int) -> list[FindReplace]:
    """The change as a model would tell it: with some lines around, and plain line ends."""
    old, new = (split_lines(text.replace("\r\n", "\n")) for text in (before, after))
    found: list[FindReplace] = []
    for block in blocks(old, new):
        above = old[max(0, block.before_start - context) : block.before_start]
        below = old[block.before_end : block.before_end + context]
        gone = old[block.before_start : block.before_end]
        come = new[block.after_start : block.after_end]
        found.append(FindReplace("".join(above + gone + below), "".join(above + come + below)))
    return found


def json_hunks(before: str, after: str, context: int) -> str:
    told = [{"find": h.find, "replace": h.replace} for h in hunks(before, after, context)]
    update = {"action": "edit", "file": PATH, "hunks": told}
    return json.dumps({"summary": "Done.", "updated_files": [update]})


def json_whole(before: str, after: str, context: int) -> str:
    update = {"action": "write", "file": PATH, "text": after}
    return json.dumps({"updated_files": [update]}, indent=context, ensure_ascii=False)


def json_alone(before: str, after: str, context: int) -> str:
    return "Here:\n```json\n" + json.dumps({"summary": "x", "text": after}) + "\n```\n"


def fenced_whole(before: str, after: str, context: int) -> str:
    return f"Done.\n\n{PATH}\n````python\n{after.rstrip()}\n````\n"


def fenced_hunks(before: str, after: str, context: int) -> str:
    told = "\n".join(
        f"<<<<<<< SEARCH\n{ended(h.find)}=======\n{ended(h.replace)}>>>>>>> REPLACE"
        for h in hunks(before, after, context)
    )
    return f"{PATH}\n````\n{told}\n````\n"


def ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


FORMATS: Sequence[Callable[[str, str, int], str]] = (
    json_hunks,
    json_whole,
    json_alone,
    fenced_whole,
    fenced_hunks,
)


def read(reply: str) -> tuple[FileUpdate, ...] | None:
    reading = parser()
    try:
        reading.feed(reply)
        return reading.finish().updates
    except Malformed:
        return None


def land(before: str, updates: Sequence[FileUpdate]) -> str | list[str]:
    """What the text becomes, or the reasons why it does not."""
    text = before
    for update in updates:
        known = text
        if update.action == "edit":
            placement = place(text, update.hunks)
            if placement.failures:
                return [failure.reason for failure in placement.failures]
            text = apply(text, placement.edits)
        else:
            text = settle(text, update.text)
        fatal = [f.message for f in check(update, PATH, known, text) if f.fatal]
        if fatal:
            return fatal
    return text


STATED = ("places (", "another hunk", "is empty", "leaves lines out", "there already")


@settings(max_examples=examples(250), deadline=None)
@given(edits(), st.sampled_from(FORMATS), st.integers(0, 3))
def test_a_true_edit_comes_out_as_meant(
    edit: tuple[str, str], tell: Callable[[str, str, int], str], context: int
) -> None:
    before, after = edit
    updates = read(tell(before, after, context))
    assert updates
    landed = land(before, updates)
    if isinstance(landed, str):
        assert frame(landed) == frame(after)
    else:
        assert all(any(stated in reason for stated in STATED) for reason in landed)


def frame(text: str) -> str:
    """Blank lines at the very end say nothing in some of the formats."""
    return text.rstrip()


@settings(max_examples=examples(250), deadline=None)
@given(edits(), st.sampled_from(FORMATS), st.integers(0, 3), st.floats(0, 1))
def test_a_reply_cut_off_is_never_half_of_what_was_meant(
    edit: tuple[str, str], tell: Callable[[str, str, int], str], context: int, part: float
) -> None:
    before, after = edit
    reply = tell(before, after, context)
    updates = read(reply[: int(len(reply) * part)])
    if updates is not None:
        assert updates == read(reply)


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Lines of code as (depth, words): each at most one step deeper than the one before."""
    names = draw(st.lists(st.integers(0, 999), min_size=3, max_size=12, unique=True))
    depth = 0
    tree: list[tuple[int, str]] = [(0, "top:"), (1, "first")]
    for name in names:
        depth = draw(st.integers(0, min(depth + 1, 4)))
        tree.append((depth, f"line_{name}"))
    return tree


def rendered(tree: Sequence[tuple[int, str]], unit: str, base: int = 0) -> str:
    return "".join(f"{unit * (depth - base)}{words}\n" for depth, words in tree)


@settings(max_examples=examples(250), deadline=None)
@given(trees(), trees(), st.data())
def test_indentation_told_in_another_way_comes_out_as_the_files(
    tree: list[tuple[int, str]], more: list[tuple[int, str]], data: st.DataObject
) -> None:
    unit, told = data.draw(st.sampled_from((("    ", "\t"), ("\t", "    "), ("    ", "    "))))
    first = data.draw(st.integers(0, len(tree) - 1))
    last = data.draw(st.integers(first + 1, len(tree)))
    kept = tree[first:last]
    base = data.draw(st.integers(0, min(depth for depth, _ in kept)))
    come = [(max(depth, base), f"new_{words}") for depth, words in more[:4]]
    hunk = FindReplace(rendered(kept, told, base), rendered([*kept, *come], told, base))
    placement = place(rendered(tree, unit), [hunk])
    if not placement.failures:
        after = [*tree[:last], *come, *tree[last:]]
        assert apply(rendered(tree, unit), placement.edits) == rendered(after, unit)
