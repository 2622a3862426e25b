"""The key of the placeholders is kept, is the user's alone, and is needed to guess a secret."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from homespun.security.placeholder_key import PlaceholderKey
from homespun.security.secret_scan import placeholder_of


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "placeholders.key"
    key = PlaceholderKey(path)()
    assert len(key) == 32
    assert PlaceholderKey(path)() == key
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "placeholders.key"
    PlaceholderKey(path)()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "placeholders.key"
    path.write_bytes(b"short")
    assert PlaceholderKey(path)() == path.read_bytes()
    assert len(path.read_bytes()) == 32


def test_where_none_can_be_kept_it_lasts_as_long_as_the_process(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    key = PlaceholderKey(tmp_path / "file" / "placeholders.key")
    assert key() == key()
    assert len(key()) == 32


def test_another_key_makes_another_placeholder() -> None:
    secret = "correct horse battery staple"
    made = {placeholder_of(secret, key) for key in (b"", b"a" * 32, b"b" * 32)}
    assert len(made) == 3
    assert placeholder_of(secret, b"a" * 32) in made
