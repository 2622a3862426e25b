"""Texts of the disk are kept, and yet always as the disk has them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from homespun.core.text import Snapshot
from homespun.disk import to_path
from homespun.engine import disk_texts
from homespun.engine.disk_texts import DiskTexts

LONG_AGO = time.time() - 3600


def written(path: Path, text: str, at: float = LONG_AGO) -> None:
    path.write_bytes(text.encode())
    os.utime(path, (at, at))


def read(texts: DiskTexts, path: Path) -> Snapshot | None:
    return texts.readable([path.as_uri()]).get(path.as_uri())


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: a test cannot set the time at which a file was moved."""
    monkeypatch.setattr(disk_texts, "_SETTLED", -(10**12))


@pytest.mark.usefixtures("settled")
def test_an_unchanged_file_is_read_once(tmp_path: Path) -> None:
    texts = DiskTexts(to_path)
    written(tmp_path / "a", "one\n")
    first = read(texts, tmp_path / "a")
    assert first is not None
    assert read(texts, tmp_path / "a") is first


def rewrite(path: Path) -> None:
    written(path, "two\n", LONG_AGO + 1)


def replace(path: Path) -> None:
    """As editors save: another file takes the name, here with the same size and time."""
    written(path.with_name("aside"), "two\n")
    path.with_name("aside").rename(path)


def rewrite_and_hide_it(path: Path) -> None:
    written(path, "two\n")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", [rewrite, replace, rewrite_and_hide_it])
def test_a_changed_file_is_read_again(tmp_path: Path, change: Callable[[Path], None]) -> None:
    texts = DiskTexts(to_path)
    written(tmp_path / "a", "one\n")
    assert read(texts, tmp_path / "a") is not None
    time.sleep(0.05)  # the clock of a file system may tick at a hundredth of a second
    change(tmp_path / "a")
    again = read(texts, tmp_path / "a")
    assert again is not None
    assert again.text == "two\n"


@pytest.mark.usefixtures("settled")
def test_a_file_that_is_gone_is_gone(tmp_path: Path) -> None:
    texts = DiskTexts(to_path)
    written(tmp_path / "a", "one\n")
    read(texts, tmp_path / "a")
    (tmp_path / "a").unlink()
    assert read(texts, tmp_path / "a") is None


def test_a_file_that_changed_a_moment_ago_is_not_kept(tmp_path: Path) -> None:
    texts = DiskTexts(to_path)
    written(tmp_path / "a", "one\n", time.time())
    first = read(texts, tmp_path / "a")
    assert read(texts, tmp_path / "a") is not first


@pytest.mark.usefixtures("settled")
def test_what_was_not_asked_for_the_longest_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_texts, "_KEPT", 25)
    texts = DiskTexts(to_path)
    first: dict[str, Snapshot | None] = {}
    for name in "abc":
        written(tmp_path / name, "1234567890")
    for name in "abac":
        first.setdefault(name, read(texts, tmp_path / name))
    kept = {name for name in "cab" if read(texts, tmp_path / name) is first[name]}
    assert kept == {"a", "c"}


def test_what_is_no_text_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xff")
    written(tmp_path / "good", "text")
    uris = [(tmp_path / name).as_uri() for name in ("folder", "bytes", "gone", "good")]
    found = DiskTexts(to_path).readable([*uris, "file:///a%00b", "untitled:1"])
    assert {uri: snapshot.text for uri, snapshot in found.items()} == {uris[3]: "text"}
