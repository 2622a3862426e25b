"""A walk leaves out what the gate does: `Outward`, which git vouches for, is the oracle."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.index.scan import Found, Limits, scan
from homespun.security.descent import Descent
from homespun.security.ignore import Outward
from model_servers.depth import examples
from security.test_ignore import PATHS, PATTERNS, TEXTS, write

IGNORED = (".gitignore", ".ignore", ".homespunignore")


def walked(folder: Path, ignore: list[str] | None = None) -> set[str]:
    found = Found()
    for _ in scan(str(folder), Descent(str(folder), ignore or []), Limits(), found):
        pass
    return set(found.files)


def allowed(folder: Path, ignore: list[str] | None = None) -> set[str]:
    outward = Outward([str(folder)], ignore or [])
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)) for p in files if outward.reason(str(p)) is None}


@settings(max_examples=examples(60))
@given(
    st.lists(PATHS, min_size=5, max_size=15),
    st.lists(st.none() | TEXTS, min_size=3, max_size=3),
    st.none() | TEXTS,
    st.lists(PATTERNS, max_size=2),
)
def test_a_walk_finds_what_may_leave(
    tmp_path_factory: pytest.TempPathFactory,
    paths: list[list[str]],
    at_top: list[str | None],
    below: str | None,
    ignore: list[str],
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for parts in paths:
        path = root.joinpath(*parts)
        if not path.exists() and not any(p.is_file() for p in path.parents):
            write(root, {"/".join(parts): ""})
    for name, text in zip(IGNORED, at_top, strict=True):
        if text is not None:
            write(root, {name: text})
    if below is not None and (root / "a").is_dir():
        write(root, {"a/.gitignore": below})
    assert walked(root, ignore) == allowed(root, ignore)


CASES = {
    "secret names": {
        ".env": "",
        "a/id_rsa": "",
        "a/credentials/b.py": "",
        "x.pem": "",
        "a/x.py": "",
    },
    "a folder is let through again": {
        ".gitignore": "build/\n",
        ".ignore": "!build/\n",
        "build/a.py": "",
        "build/deep/b.py": "",
    },
    "a file within what is left out": {
        ".gitignore": "build/\n",
        ".ignore": "!build/keep.py\n",
        "build/keep.py": "",
        "build/drop.py": "",
    },
    "the strongest kind": {
        ".gitignore": "!a.py\nb.py\n",
        ".homespunignore": "a.py\n",
        "a.py": "",
        "b.py": "",
    },
    "a nested file": {"a/.gitignore": "*.py\n!b.py\n", "a/a.py": "", "a/b.py": "", "c.py": ""},
    "everything": {".gitignore": "**\n!a.py\n", "a.py": "", "b.py": ""},
}


@pytest.mark.parametrize("files", CASES.values(), ids=CASES)
def test_a_walk_by_example(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    assert walked(tmp_path) == allowed(tmp_path)
    assert walked(tmp_path)


def test_a_workspace_within_a_repository_heeds_its_ignore_files(tmp_path: Path) -> None:
    files = {".gitignore": "*.log\n/sub/out/\n", "sub/a.log": "", "sub/a.py": "", "sub/out/b": ""}
    write(tmp_path, {**files, ".git/info/exclude": "c.py\n", "sub/c.py": ""})
    assert walked(tmp_path / "sub") == allowed(tmp_path / "sub") == {"a.py"}


def test_a_workspace_that_its_repository_ignores_is_left_out_whole(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", ".gitignore": "/out\n", "out/a.py": ""})
    assert walked(tmp_path / "out") == allowed(tmp_path / "out") == set()
    assert isinstance(Descent(str(tmp_path / "out"), []).start(), str)


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="rights do not bind everybody")
def test_an_ignore_file_that_cannot_be_read_keeps_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a/.gitignore": "", "a/b.py": "", "c.py": ""})
    (tmp_path / "a/.gitignore").chmod(0)
    assert walked(tmp_path) == allowed(tmp_path)


def test_an_ignore_file_that_is_too_large_keeps_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a/.gitignore": "x\n" * 300_000, "a/b.py": "", "c.py": ""})
    assert walked(tmp_path) == allowed(tmp_path) == {"c.py"}
