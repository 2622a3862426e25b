"""Any true edit, told in any format and cut anywhere, comes out as it was meant, or is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise, product, takewhile

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.replies import FORMATS, Tell, TrueEdit, edits, json_hunks, json_region, land, read
from homespun.core.diff import Edit, apply
from homespun.core.locate import place
from homespun.core.reply import FindReplace
from homespun.core.text import Span
from model_servers.depth import examples

STATED = (
    *("places (", "another hunk", "is empty", "leaves lines out", "there already"),
    *("around the region", "left out", "does not fit the file"),
)
formats = st.sampled_from(FORMATS)

Fault = Callable[[bytes, int, int], bytes]


def asked(edit: TrueEdit, tell: Tell) -> Span | None:
    return edit.region if tell is json_region else None


@settings(max_examples=examples(2000))
@given(edits(), formats, st.integers(0, 3), st.lists(st.floats(0, 1), max_size=6))
def test_a_true_edit_comes_out_as_meant(
    edit: TrueEdit, tell: Tell, context: int, cuts: list[float]
) -> None:
    reply = tell(edit, context)
    bounds = [0, *sorted(int(len(reply) * part) for part in cuts), len(reply)]
    updates = read([reply[a:b] for a, b in pairwise(bounds)])
    assert updates
    landed = land(edit, updates, asked(edit, tell))
    if isinstance(landed, str):
        assert landed == edit.after
    else:
        assert all(any(stated in reason for stated in STATED) for reason in landed)


@settings(max_examples=examples(2000))
@given(edits(), formats, st.integers(0, 3), st.floats(0, 1))
def test_a_reply_cut_off_is_never_half_of_what_was_meant(
    edit: TrueEdit, tell: Tell, context: int, part: float
) -> None:
    reply = tell(edit, context)
    updates = read([reply[: int(len(reply) * part)]])
    if updates is not None:
        assert updates == read([reply])


def dropped(data: bytes, at: int, size: int) -> bytes:
    return data[:at] + data[at + size :]


def doubled(data: bytes, at: int, size: int) -> bytes:
    return data[: at + size] + data[at:]


def swapped(data: bytes, at: int, size: int) -> bytes:
    first, second = data[at : at + size], data[at + size : at + 2 * size]
    return data[:at] + second + first + data[at + 2 * size :]


@settings(max_examples=examples(2000))
@given(
    edits(),
    formats,
    st.integers(0, 3),
    st.lists(
        st.tuples(st.sampled_from((dropped, doubled, swapped)), st.floats(0, 1), st.integers(1, 9)),
        min_size=1,
        max_size=3,
    ),
)
@example(  # What it says to find stands within three lines, and is the whole of one.
    TrueEdit("\nreturn a\nx = [1,\n\n\nreturn a\n\na\n", "\n\n\nreturn a\n\n", (0, 9)),
    json_hunks,
    0,
    [(dropped, 0.6640625, 6)],
)
@example(  # Two hunks that overlap in their context; the one ends within a line.
    TrueEdit(
        "\n\n\n  return a\nb = c\n    u-v\n# end\n  return a\n\n    return a\n",
        "\n\n\n    x = d\nb = c\n    u-v\n\nreturn a\n\n    return a\n",
        (2, 9),
    ),
    json_hunks,
    2,
    [(dropped, 0.4191, 4)],
)
def test_a_reply_that_was_garbled_says_what_it_says_and_no_more(
    edit: TrueEdit, tell: Tell, context: int, faults: list[tuple[Fault, float, int]]
) -> None:
    data = tell(edit, context).encode()
    for garble, part, size in faults:
        data = garble(data, int(len(data) * part), size)
    reply = data.decode(errors="replace")
    region = asked(edit, tell)
    updates = read([reply])
    landed = None if updates is None else land(edit, updates, region)
    if isinstance(landed, str) and landed != edit.before:
        assert spelled_out(edit.before, landed, reply, region)


def strings(reply: str) -> list[str]:
    """Whatever in `reply` reads as a JSON string, by another way than the parsers'."""
    return [text for found in re.finditer('"', reply) for text in string_at(reply, found.start())]


def string_at(reply: str, at: int) -> list[str]:
    """The JSON string that begins at `at`, if one does."""
    with suppress(ValueError):
        return [str(json.JSONDecoder(strict=False).raw_decode(reply, at)[0])]
    return []


def stripped(text: str) -> list[str]:
    """The lines that say something, without the white space around them."""
    cut = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
    return [line.strip() for line in cut if line.strip()]


def spelled_out(before: str, after: str, reply: str, region: Span | None) -> bool:
    """Whether all that sets `after` apart from `before` stands in `reply`.

    Either one of its texts is the whole of it, or the lines that none of them has are still there,
    in order, or it is what putting new texts in the place of those to be found gives.
    """
    if region is not None:
        above, below = before[: region.start], before[region.end :]
        assert after.startswith(above)
        assert after.endswith(below)
        before, after = "", after[len(above) : len(after) - len(below)]
    old, new = stripped(before), stripped(after)
    said = [stripped(text) for text in (reply, *strings(reply))]
    if any(holds(lines, new) for lines in said):
        return True
    known = {line for lines in said for line in lines}
    if unsaid(old, known) == unsaid(new, known):
        return True
    hunks = list(told_hunks(reply))
    borderless = [(find.strip("\n"), put.strip("\n")) for find, put in hunks]
    plain = re.sub(r"\r\n|\r", "\n", before)
    return any(new == stripped(text) for told in (hunks, borderless) for text in taken(plain, told))


def unsaid(lines: list[str], known: set[str]) -> list[str]:
    return [line for line in lines if line not in known]


def taken(text: str, hunks: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Each text that comes of putting, once for each hunk, the new text for that to be found.

    All hunks speak of `text`, or each of what the ones before it made. One whose text is not there
    is passed over: whether it may be is not asked here.
    """
    yield from in_turn(text, hunks)
    told = [[(at, *hunk) for at in found_at(text, hunk[0])] for hunk in hunks]
    for choice in product(*filter(None, told)):
        edits = sorted((told_edit(*one) for one in choice), key=lambda edit: edit.start)
        if all(one.end <= other.start for one, other in pairwise(edits)):
            yield apply(text, edits)


def in_turn(text: str, hunks: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not hunks:
        yield text
        return
    (find, new), *others = hunks
    for at in (places := found_at(text, find)):
        yield from in_turn(text[:at] + new + text[at + len(find) :], others)
    if not places:
        yield from in_turn(text, others)


def told_edit(at: int, find: str, new: str) -> Edit:
    """The hunk at its place, without what its two texts have in common at either end."""
    above = in_common(find, new)
    below = in_common(find[above:][::-1], new[above:][::-1])
    return Edit(at + above, at + len(find) - below, new[above : len(new) - below])


def in_common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def found_at(text: str, find: str) -> list[int]:
    """Where `find` stands in `text`: as whole lines if it does so anywhere, else within lines."""
    if not find:
        return []
    places = [found.start() for found in re.finditer(f"(?={re.escape(find)})", text)]
    ended = find if find.endswith("\n") else f"{find}\n"
    return [at for at in places if f"\n{text}\n".startswith(f"\n{ended}", at)] or places


def told_hunks(reply: str) -> Iterator[tuple[str, str]]:
    """The hunks of `reply`, in JSON and between markers, read by another way than the parsers'."""
    string = r'("(?:\\.|[^"\\])*")'
    for hunk in re.finditer(rf'"find"\s*:\s*{string}\s*,\s*"replace"\s*:\s*{string}', reply):
        find, new = (string_at(reply, hunk.start(part)) for part in (1, 2))
        if find and new:
            yield find[0], new[0]
    for marks in re.finditer(r"^(<{5,9}) ?SEARCH.*\n", reply, re.MULTILINE):
        block = reply[marks.end() :].split(">" * 5)[0]
        find, divider, new = f"\n{block}".partition(f"\n{'=' * len(marks[1])}\n")
        if divider:
            yield f"{find}\n"[1:], new


def holds(lines: list[str], run: list[str]) -> bool:
    return any(lines[at : at + len(run)] == run for at in range(len(lines) - len(run) + 1))


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


@settings(max_examples=examples(250))
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
