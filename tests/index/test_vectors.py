"""Vectors that were made before: kept, bounded, and never in the way."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from homespun.index.vectors import VectorFile

ONE, OTHER = b"1" * 32, b"2" * 32


def test_what_was_kept_is_found_by_another_server(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "embeddings.db"
    VectorFile(file).keep("a", {ONE: (0.6, 0.8), OTHER: (1.0, 0.0)})
    VectorFile(file).keep("a", {OTHER: (0.0, 1.0)})
    found = VectorFile(file).found("a", [ONE, OTHER, b"3" * 32])
    assert {digest: tuple(round(n, 6) for n in v) for digest, v in found.items()} == {
        ONE: (0.6, 0.8),
        OTHER: (0.0, 1.0),
    }
    assert VectorFile(file).found("b", [ONE]) == {}


def test_one_model_is_forgotten_and_the_others_stay(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "embeddings.db")
    file.keep("a", {ONE: (1.0,)})
    file.keep("b", {ONE: (1.0,)})
    file.forget("a")
    assert (file.found("a", [ONE]), file.found("b", [ONE])) == ({}, {ONE: (1.0,)})


def test_the_oldest_go_where_it_grows_too_large(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.db"
    file = VectorFile(path, largest=256 * 1024)
    digests = [n.to_bytes(32, "big") for n in range(2000)]
    for start in range(0, 2000, 8):
        file.keep("a", {digest: (0.5,) * 256 for digest in digests[start : start + 8]})
    assert path.stat().st_size < 300 * 1024
    assert len(file.found("a", digests[-100:])) == 100
    assert not file.found("a", digests[:100])


def test_nothing_is_made_where_nothing_is_kept(tmp_path: Path) -> None:
    assert VectorFile(tmp_path / "embeddings.db").found("a", [ONE]) == {}
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.db"
    path.write_bytes(b"this is no database, and long enough to be looked at" * 100)
    file = VectorFile(path)
    assert file.found("a", [ONE]) == {}
    file.keep("a", {ONE: (1.0,)})
    assert file.found("a", [ONE]) == {ONE: (1.0,)}


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.db"
    with sqlite3.connect(path) as db:
        db.executescript("CREATE TABLE vector (other TEXT); PRAGMA user_version = 99;")
    db.close()
    file = VectorFile(path)
    file.keep("a", {ONE: (1.0,)})
    assert file.found("a", [ONE]) == {ONE: (1.0,)}


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    file = VectorFile(tmp_path / "file" / "embeddings.db")
    file.keep("a", {ONE: (1.0,)})
    file.forget("a")
    assert file.found("a", [ONE]) == {}
    (tmp_path / "embeddings.db").mkdir()
    VectorFile(tmp_path / "embeddings.db").keep("a", {ONE: (1.0,)})
    assert VectorFile(tmp_path / "embeddings.db").found("a", [ONE]) == {}
