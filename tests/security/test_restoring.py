from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.security.restoring import Restorer
from homespun.security.secret_scan import redact, restore
from model_servers.depth import examples

KEYS = ("AKIA" + "Q" * 16, "ghp_" + "a1" * 18)
HIDDEN, SECRETS = redact(" ".join(KEYS))
NAMES = tuple(SECRETS)

fragments = st.sampled_from(
    [*NAMES, *(name[:9] for name in NAMES), NAMES[0][:-1], "H", "HOMESPUN", "_SECRET_", "x", " "]
)


def in_pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(places)]


@settings(max_examples=examples(200))
@given(st.lists(fragments, max_size=8).map("".join), st.lists(st.integers(0, 500), max_size=12))
def test_any_cutting_gives_the_same_text(text: str, cuts: list[int]) -> None:
    restorer = Restorer(SECRETS)
    given_ = [restorer.feed(piece) for piece in in_pieces(text, cuts)]
    assert "".join((*given_, restorer.finish())) == restore(text, SECRETS)


def test_only_what_may_be_a_placeholder_waits() -> None:
    restorer = Restorer(SECRETS)
    assert restorer.feed("say H") == "say "
    assert restorer.feed("ello, ") == "Hello, "
    assert restorer.feed(NAMES[0][:20]) == ""
    assert restorer.feed(NAMES[0][20:]) == SECRETS[NAMES[0]]
    assert restorer.feed(NAMES[1][:-1]) == ""
    assert restorer.finish() == NAMES[1][:-1]
    assert restorer.finish() == ""


def test_without_secrets_nothing_waits() -> None:
    assert Restorer({}).feed("HOMESPUN_SECRET_") == "HOMESPUN_SECRET_"
