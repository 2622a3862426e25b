"""Files that the user renames, followed from the name that a job knows."""

from __future__ import annotations

import pytest

from homespun.lsp.documents import Documents

A, B, C = "file:///w/a.py", "file:///w/b.py", "file:///w/sub/c.py"


@pytest.mark.parametrize(
    ("renames", "uri", "moved"),
    [
        ([], A, A),
        ([(A, B)], A, B),
        ([(A, B)], C, C),
        ([(A, B), (B, C)], A, C),
        ([(A, B), (B, A)], A, A),
        ([(A, B), (B, A), (A, C)], B, C),
        ([("file:///w/sub", "file:///w/new")], C, "file:///w/new/c.py"),
        ([("file:///w/sub", "file:///w/new/")], C, "file:///w/new/c.py"),
        ([("file:///w/su", "file:///w/new")], C, C),
        ([("file:///w", "file:///v"), ("file:///v/sub", "file:///v/x")], C, "file:///v/x/c.py"),
        ([("file:///w/%61.py", B)], A, B),
    ],
)
def test_a_name_is_followed(renames: list[tuple[str, str]], uri: str, moved: str) -> None:
    documents = Documents("linux")
    for old, new in renames:
        documents.rename(old, new)
    assert documents.moved(uri) == moved
