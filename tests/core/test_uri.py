from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.core.uri import from_path, is_file, key, same, to_path
from homespun.errors import InputError
from model_servers.depth import examples

POSIX = [
    ("file:///home/me/a.py", "/home/me/a.py"),
    ("file:/home/me/a.py", "/home/me/a.py"),
    ("file://localhost/home/a.py", "/home/a.py"),
    ("FILE:///a.py", "/a.py"),
    ("file:///a%20b%23c/%E8%AA%9E.py", "/a b#c/語.py"),
    ("file:///a#b?c.py", "/a#b?c.py"),
    ("file:///c%3A/a.py", "/c:/a.py"),
    ("file:///a%FF.py", "/a\udcff.py"),
    ("file:///", "/"),
]
WINDOWS = [
    ("file:///c%3A/Users/me/a.py", "C:\\Users\\me\\a.py"),
    ("file:///C:/Users/me/a.py", "C:\\Users\\me\\a.py"),
    ("file:/C:/a.py", "C:\\a.py"),
    ("file://c:/a.py", "C:\\a.py"),
    ("file:///c:", "C:\\"),
    ("file:///c:/", "C:\\"),
    ("file://server/share/a%20b.py", "\\\\server\\share\\a b.py"),
    ("file:////server/share/a.py", "\\\\server\\share\\a.py"),
    ("file://localhost/c:/a.py", "C:\\a.py"),
]


@pytest.mark.parametrize(("uri", "path"), POSIX)
def test_posix_paths(uri: str, path: str) -> None:
    assert to_path(uri, windows=False) == path


@pytest.mark.parametrize(("uri", "path"), WINDOWS)
def test_windows_paths(uri: str, path: str) -> None:
    assert to_path(uri, windows=True) == path


@pytest.mark.parametrize(
    ("uri", "windows"),
    [
        ("untitled:Untitled-1", False),
        ("git:/a.py?ref", False),
        ("file://server/a.py", False),
        ("file:a.py", False),
        ("file:///a%00.py", False),
        ("file:///a.py", True),
        ("file:///", True),
        ("", True),
    ],
)
def test_what_has_no_path(uri: str, windows: bool) -> None:
    with pytest.raises(InputError) as caught:
        to_path(uri, windows=windows)
    assert caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("C:\\a b\\c.py", "file:///C:/a%20b/c.py"),
        ("c:/a#b.py", "file:///c:/a%23b.py"),
        ("\\\\server\\share\\a.py", "file://server/share/a.py"),
        ("\\\\?\\C:\\a.py", "file:///C:/a.py"),
        ("\\\\?\\UNC\\server\\share\\a.py", "file://server/share/a.py"),
    ],
)
def test_uris_of_windows_paths(path: str, uri: str) -> None:
    assert from_path(path, windows=True) == uri


@pytest.mark.parametrize(
    ("path", "windows"), [("a.py", False), ("\\a.py", True), ("C:a.py", True), ("/\ud800", False)]
)
def test_paths_that_have_no_uri(path: str, windows: bool) -> None:
    with pytest.raises(InputError):
        from_path(path, windows=windows)


_NAMES = st.text(
    st.characters(exclude_characters="/\\:\0", exclude_categories=["Cs"]), min_size=1, max_size=8
).filter(lambda name: name not in ("?", "."))


@given(st.lists(_NAMES, min_size=1, max_size=4))
@settings(max_examples=examples(200))
def test_paths_come_back_from_their_uris(names: list[str]) -> None:
    posix, windows = "/" + "/".join(names), "C:\\" + "\\".join(names)
    assert to_path(from_path(posix, windows=False), windows=False) == posix
    assert to_path(from_path(windows, windows=True), windows=True) == windows
    assert to_path(from_path("\\\\host\\" + names[0], windows=True), windows=True).endswith(
        names[0]
    )


def test_bytes_that_are_no_utf_8_come_back() -> None:
    path = b"/a\xff.py".decode("utf-8", "surrogateescape")
    assert from_path(path, windows=False) == "file:///a%FF.py"


@pytest.mark.parametrize(
    ("one", "other", "windows", "ignore_case", "expected"),
    [
        ("file:///c%3A/A.py", "file:///C:/a.py", True, False, True),
        ("file://SERVER/share/a.py", "file:////server/share/a.py", True, False, True),
        ("file:///C:/a", "file:///C:/a/", True, False, True),
        ("file:///a%2Bb.py", "file:///a+b.py", False, False, True),
        ("file:///a.py", "file:///A.py", False, False, False),
        ("file:///a.py", "file:///A.py", False, True, True),
        ("file:///e%CC%81.py", "file:///%C3%A9.py", False, True, True),
        ("file:///e%CC%81.py", "file:///%C3%A9.py", False, False, False),
        ("untitled:a", "untitled:a", False, False, True),
        ("untitled:a", "untitled:A", True, True, False),
        ("file:///a.py", "untitled:/a.py", False, False, False),
        ("file://server/a.py", "file:///a.py", False, False, False),
    ],
)
def test_same(one: str, other: str, windows: bool, ignore_case: bool, expected: bool) -> None:
    assert same(one, other, windows=windows, ignore_case=ignore_case) is expected
    keys = {key(uri, windows=windows, ignore_case=ignore_case) for uri in (one, other)}
    assert (len(keys) == 1) is expected


def test_is_file() -> None:
    assert [is_file(uri) for uri in ("file:///a", "File:/a", "files:/a", "git:/a")] == [
        True,
        True,
        False,
        False,
    ]
