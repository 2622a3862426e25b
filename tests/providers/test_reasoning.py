"""Thoughts parted from answers, in any cutting."""

import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.errors import BadResponse
from homespun.providers.reasoning import ThinkFilter

EXAMPLES = 100 * (50 if os.environ.get("HOMESPUN_DEEP") == "1" else 1)


def parted(pieces: list[str], *, holds: bool, searches: bool = False) -> tuple[str, str]:
    thoughts = ThinkFilter(holds=holds, searches=searches)
    told = [thoughts.feed(piece) for piece in pieces]
    told.append(thoughts.finish())
    return "".join(text for text, _ in told), "".join(reasoning for _, reasoning in told)


CASES = [
    # name, content, holds, text, reasoning
    ('{"a": "</think>"}', True, '{"a": "</think>"}', ""),
    ('<think>hm</think>{"a": 1}', True, '{"a": 1}', "hm"),
    ('  \n<think>hm <b>\n</think>\n\n{"a": 1}', True, '\n\n{"a": 1}', "hm <b>\n"),
    ('let me see\n</think>\n{"a": 1}', True, '\n{"a": 1}', "let me see\n"),
    ("Here it is: {}", True, "Here it is: {}", ""),
    ("Here it is: {}", False, "Here it is: {}", ""),
    ("```python\n</think>\n```", True, "```python\n</think>\n```", ""),
    ("[1, 2]", True, "[1, 2]", ""),
    ("<think>never closed", True, "", "never closed"),
    ("<thi", True, "<thi", ""),
    ("<thing>", False, "<thing>", ""),
    ("a </think> b", False, "a </think> b", ""),
    ("<think>one</think><think>two</think>x", True, "x", "onetwo"),
    ("", True, "", ""),
    ("   ", True, "   ", ""),
    ("``", True, "``", ""),
]


@pytest.mark.parametrize(("content", "holds", "text", "reasoning"), CASES)
@settings(max_examples=EXAMPLES)
@given(places=st.lists(st.integers(0, 40), max_size=12))
def test_any_cutting_gives_the_same(
    content: str, holds: bool, text: str, reasoning: str, places: list[int]
):
    bounds = [0, *sorted(min(place, len(content)) for place in places), len(content)]
    pieces = [content[a:b] for a, b in itertools.pairwise(bounds)]
    assert parted(pieces, holds=holds) == (text, reasoning)


def test_json_and_free_text_are_given_out_at_once():
    assert ThinkFilter(holds=True).feed('{"summ') == ('{"summ', "")
    assert ThinkFilter(holds=False, searches=True).feed("The func") == ("The func", "")
    assert ThinkFilter(holds=True).feed("The func") == ("", "")


@pytest.mark.parametrize("pieces", [["so it is\n</thi", "nk>\n\nanswer"], ["a\n</think>\nb"]])
def test_free_text_that_was_thoughts_is_refused_and_held_from_then_on(pieces: list[str]):
    thoughts = ThinkFilter(holds=False, searches=True)
    with pytest.raises(BadResponse, match="thoughts"):
        for piece in pieces:
            thoughts.feed(piece)
    assert thoughts.orphan
    text, reasoning = parted(pieces, holds=True, searches=True)
    assert "answer" in text or "b" in text
    assert reasoning


def test_a_tag_within_a_line_of_free_text_is_text():
    pieces = ["the tag `</think>` ends ", "thoughts"]
    assert parted(pieces, holds=False, searches=True) == ("".join(pieces), "")
