"""The smallest sensible edits within lines that changed, by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from homespun.core.alignment import smallest
from homespun.core.block import Block

# A line end, a run of spaces, a word, or one mark of punctuation. What is neither space nor ASCII
# punctuation is word, so that no emoji, accent or surrogate pair is ever cut in two.
_WORD = re.compile(r"[^\s!-/:-@\[-^`{-~]+")
_TOKEN = re.compile(rf"{_WORD.pattern}|\r\n|[^\S\r\n]+|.", re.DOTALL)
_MOST_EDITS = 4  # in one line; more is confetti


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `start` to `end` (offsets in the text before) by `text`."""

    start: int
    end: int
    text: str


def refine(before: Sequence[str], after: Sequence[str], start: int) -> Iterator[Edit]:
    """The edits that turn the changed lines `before`, the first at offset `start`, into `after`.

    Lines are compared one by one where there are as many on both sides; else the block is one
    edit, without the words that its ends share. A line end that stays is not touched.
    """
    if not before or not after:
        yield Edit(start, start + sum(map(len, before)), "".join(after))
    elif len(before) != len(after):
        yield _between_shared_ends(before, after, start)
    else:
        for old, new in zip(before, after, strict=True):
            yield from _within_line(old, new, start)
            start += len(old)


def _between_shared_ends(before: Sequence[str], after: Sequence[str], start: int) -> Edit:
    old, new = "".join(before), "".join(after)
    most = min(len(old), len(new))
    head = _shared(_tokens(before[0]), _tokens(after[0]), most)
    tail = _shared(_tokens(before[-1])[::-1], _tokens(after[-1])[::-1], most - head)
    return Edit(start + head, start + len(old) - tail, new[head : len(new) - tail])


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(line)


def _shared(old: list[str], new: list[str], most: int) -> int:
    """The length of the tokens that both begin with, up to `most` characters."""
    length = 0
    for one, other in zip(old, new, strict=False):
        if one != other or length + len(one) > most:
            break
        length += len(one)
    return length


def _within_line(old: str, new: str, start: int) -> Iterator[Edit]:
    words, new_words = _tokens(old), _tokens(new)
    places = list(accumulate(map(len, words), initial=start))
    for block in _without_confetti(smallest(words, new_words), words):
        yield Edit(
            places[block.before_start],
            places[block.before_end],
            "".join(new_words[block.after_start : block.after_end]),
        )


def _without_confetti(found: Iterable[Block], words: list[str]) -> list[Block]:
    """The same changes; those with no whole word between them as one, and too many as one."""
    joined: list[Block] = []
    for block in found:
        if joined and not any(map(_WORD.match, words[joined[-1].before_end : block.before_start])):
            joined[-1] = joined[-1].through(block)
        else:
            joined.append(block)
    return joined if len(joined) <= _MOST_EDITS else [joined[0].through(joined[-1])]
