import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.lsp.markdown import ImageFilter, without_images


@pytest.mark.parametrize(
    ("markdown", "safe"),
    [
        ("plain `code` and [a link](https://a)", "plain `code` and [a link](https://a)"),
        ("![what](http://a/?q=secret)", "!~[what](http://a/?q=secret)"),
        ("![![a](x)](http://y)", "!~[!~[a](x)](http://y)"),
        ("!![a](x)", "!!~[a](x)"),
        ("![a\nb](x)", "!~[a\nb](x)"),
        ("![x][ref]\n\n[ref]: http://a", "!~[x][ref]\n\n[~ref]: http://a"),
        ("![ref]\n\n> [ref]: http://a", "![ref]\n\n> [~ref]: http://a"),
        ("if a[0]:\n    b[1]: int", "if a[0]:\n    b[1]: int"),
        ("`vec![1, 2]`", "`vec![1, 2]`"),
        ('a <img src="http://a"> b', 'a <~img src="http://a"> b'),
        ("<im<img>g>", "<im<~img>g>"),
        ("<IMG\nsrc=http://a>", "<~IMG\nsrc=http://a>"),
        ("<svg/onload=x>", "<~svg/onload=x>"),
        ("`a < b` and <b>bold</b>", "`a < b` and <b>bold</b>"),
    ],
)
def test_what_would_be_fetched_is_broken_up(markdown: str, safe: str) -> None:
    assert without_images(markdown).replace("\u200b", "~") == safe
    assert without_images(without_images(markdown)) == without_images(markdown)


PIECES = ["![", "x", "]", "(http://a)", "<", "img ", ">", "\n", "\n\n", "a < b ", "!", "[y]:", " "]


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.randoms(use_true_random=False))
def test_streamed_text_is_the_same_in_any_cutting(words: list[str], cuts: random.Random) -> None:
    text, shown, stream = "".join(words), "", ImageFilter()
    rest = text
    while rest:
        size = cuts.randint(1, 5)
        shown += stream.feed(rest[:size])
        rest = rest[size:]
    assert shown + stream.finish() == without_images(text)
