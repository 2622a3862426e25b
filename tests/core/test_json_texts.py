from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.core.json_texts import through, within

texts = st.text(max_size=8)
data = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def shout(text: str) -> str:
    return text.replace("a", 'A"\n')


@given(data)
def test_all_that_is_said_is_changed_and_nothing_else(value: object) -> None:
    changed = json.loads(through(json.dumps(value), shout))
    assert changed == within(value, shout)
    assert within(value, lambda text: text) == value


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('{"a": ["a", 1, {"b": "xax"}]}', {'A"\n': ['A"\n', 1, {"b": 'xA"\nx'}]}),
        ('"a"', 'A"\n'),
        ("3", 3),
    ],
)
def test_texts_are_changed_within_json(text: str, changed: object) -> None:
    assert json.loads(through(text, shout)) == changed


@pytest.mark.parametrize("text", ["", "not json, a", '{"a": ', "[" * 100_000])
def test_what_is_no_json_is_changed_as_a_whole(text: str) -> None:
    assert through(text, shout) == shout(text)


def test_what_is_not_changed_keeps_its_spelling() -> None:
    assert through('{ "b" :\n1.50 }', shout) == '{ "b" :\n1.50 }'
