"""Texts that are hard on anything that counts: every line end, every width, broken halves."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from homespun.core.text import Encoding, Position, Range

# Line ends, what only Python takes for one, one to four utf-8 bytes, a combining mark, halves.
_PIECES = ["\n", "\r", "\r\n", "\u2028", "\x0c", "a", "bc", " ", ".", "é", "e\u0301", "語", "😀"]
_HALVES = ["\ud83d", "\ude00"]

ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

encodings = st.sampled_from(ENCODINGS)
texts = st.lists(st.sampled_from(_PIECES), max_size=20).map("".join)
broken_texts = st.lists(st.sampled_from(_PIECES + _HALVES), max_size=20).map("".join)
positions = st.builds(Position, st.integers(-1, 8), st.integers(-1, 12))
ranges = st.builds(Range, positions, positions)


@st.composite
def changed(draw: st.DrawFn, before: str) -> str:
    """`before` with a few parts replaced."""
    after = before
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(after)))
        end = draw(st.integers(start, min(start + 5, len(after))))
        after = (
            after[:start]
            + draw(st.lists(st.sampled_from(_PIECES), max_size=3).map("".join))
            + after[end:]
        )
    return after


pairs = texts.flatmap(lambda before: st.tuples(st.just(before), texts | changed(before)))
