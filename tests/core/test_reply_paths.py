from __future__ import annotations

import pytest

from homespun.core.reply_paths import looks_like_path, path_in_info, path_in_line


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("src/app.py", "src/app.py"),
        ("**src/app.py**", "src/app.py"),
        ("**`src/app.py`**:", "src/app.py"),
        ("# src/app.py", "src/app.py"),
        ("### File: `src/app.py`", "src/app.py"),
        ("**File:** src/app.py", "src/app.py"),
        ("- __init__.py", "__init__.py"),
        ("1. pkg/__main__.py (new file)", "pkg/__main__.py"),
        ("// web/[id]/page.tsx", "web/[id]/page.tsx"),
        ("<!-- index.html -->", "index.html"),
        ("Makefile", "Makefile"),
        ("src\\app.py", "src\\app.py"),
        (".gitignore", ".gitignore"),
        ("Update src/app.py as follows:", ""),
        ("Here is the code:", ""),
        ("Done.", ""),
        ("e.g.", ""),
        ("https://example.org/a.py", ""),
        ("version 1.2", ""),
        ("```", ""),
        ("", ""),
    ],
)
def test_a_line_names_a_path_or_says_something_else(line: str, path: str) -> None:
    assert path_in_line(line) == path


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ("python", ""),
        ("", ""),
        ("src/app.py", "src/app.py"),
        ("python src/app.py", "src/app.py"),
        ("python:src/app.py", "src/app.py"),
        ('ts title="src/a.ts"', "src/a.ts"),
        ("js filename=a.js", "a.js"),
        ("python {file='a.py'}", "a.py"),
        ("12:15:src/app.py", ""),
        ("c++", ""),
        ("python linenums", ""),
    ],
)
def test_an_info_string_names_a_path_or_none(info: str, path: str) -> None:
    assert path_in_info(info) == path


def test_a_path_of_a_novels_length_is_none() -> None:
    assert not looks_like_path("a/" * 200 + "b.py")
