"""Where a path that a model wrote leads, on a real file system with links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.errors import OutsideWorkspace, Protected, Refused
from homespun.security.path_guard import recheck, resolve
from model_servers.depth import examples

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_text("")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("")
    return folder


def where(root: Path, wanted: str) -> str:
    target = resolve([("project", str(root))], wanted)
    assert target.path == str(root / target.relative)
    assert target.folder == str(root)
    return target.relative


@pytest.mark.parametrize(
    ("wanted", "relative"),
    [
        ("src/a.py", "src/a.py"),
        ("src\\a.py", "src/a.py"),
        ("./src/./a.py", "src/a.py"),
        ("src//a.py", "src/a.py"),
        ("new/deep/er.py", "new/deep/er.py"),
        ("src/~a.py", "src/~a.py"),
        ("src/..a.py", "src/..a.py"),
        (".vscode/settings.json", ".vscode/settings.json"),
    ],
)
def test_paths_inside(root: Path, wanted: str, relative: str) -> None:
    assert where(root, wanted) == relative


@pytest.mark.parametrize(
    "wanted",
    [
        "", ".", "/", "src/", "src/.", "/etc/passwd", "\\etc\\passwd", "//server/share/x",
        "\\\\server\\share\\x", "\\\\?\\C:\\x", "\\\\.\\pipe\\x", "C:\\x", "C:x", "c:/x", "../x",
        "..\\x", "src/../../x", "src/../a.py", "..", "~/x", "~root/x", "~", "a\0b", "src/a\nb",
        "\ud800", "x" * 300, "d/" * 3000 + "x", "file.txt:stream", "src/new.", "src/new ",
        "src/aux.c", "NUL", "src",
    ],
)  # fmt: skip
def test_paths_that_are_refused(root: Path, wanted: str) -> None:
    with pytest.raises(OutsideWorkspace) as failure:
        where(root, wanted)
    assert failure.value.message.isprintable()
    assert len(failure.value.message) < 300
    assert failure.value.hint


@pytest.mark.skipif(os.name == "nt", reason="no such names on Windows")
def test_a_file_that_is_already_there_may_have_a_name_that_windows_lacks(root: Path) -> None:
    (root / "src" / "aux.c").write_text("")
    assert where(root, "src/aux.c") == "src/aux.c"


def test_git_is_refused_with_its_own_error(root: Path) -> None:
    for wanted in (".git/config", "src/.GIT/hooks/x", "git~1"):
        with pytest.raises(Protected, match="never written"):
            where(root, wanted)


@needs_links
def test_links_inside_are_followed_and_links_out_refused(root: Path) -> None:
    (root / "inner").symlink_to("src")
    (root / "away").symlink_to(root.parent / "outside")
    (root / "dangling").symlink_to(root.parent / "outside" / "new")
    (root / "loop").symlink_to("loop")
    (root / "file").symlink_to(root.parent / "outside" / "secret")
    (root / "parent").symlink_to("..")
    assert where(root, "inner/a.py") == "inner/a.py"
    assert where(root, "inner/new.py") == "inner/new.py"
    for wanted in ("away/secret", "away/new/x", "dangling", "loop", "loop/x", "file", "parent/x"):
        with pytest.raises(OutsideWorkspace, match="link"):
            where(root, wanted)


@needs_links
def test_a_link_hides_no_protected_place(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".vscode").mkdir()
    (root / "notes").symlink_to(".git")
    (root / "docs").symlink_to(".vscode")
    with pytest.raises(Protected, match="never written"):
        where(root, "notes/config")
    with pytest.raises(Protected, match="link to a protected file"):
        where(root, "docs/settings.json")


@needs_links
def test_a_folder_that_is_a_link_itself_is_fine(root: Path) -> None:
    linked = root.parent / "linked"
    linked.symlink_to(root)
    assert where(linked, "src/a.py") == "src/a.py"


def test_a_folder_with_a_similar_name_is_outside(root: Path) -> None:
    (root.parent / "project-2").mkdir()
    with pytest.raises(OutsideWorkspace):
        where(root, "../project-2/x")


@needs_links
def test_a_link_that_was_put_in_the_way_is_seen(root: Path) -> None:
    target = resolve([("project", str(root))], "src/a.py")
    recheck(target)
    (root / "src").rename(root / "moved")
    (root / "src").symlink_to("moved")
    with pytest.raises(OutsideWorkspace, match="leads elsewhere"):
        recheck(target)
    (root / "src").unlink()
    (root / "src").symlink_to(root.parent / "outside")
    with pytest.raises(OutsideWorkspace, match="link"):
        recheck(target)


@pytest.fixture
def folders(tmp_path: Path) -> list[tuple[str, str]]:
    for file in ("one/src/only.py", "one/both.py", "two/both.py", "two/one/trap.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    return [("one", str(tmp_path / "one")), ("two", str(tmp_path / "two"))]


@pytest.mark.parametrize(
    ("wanted", "relative"),
    [
        ("one/src/only.py", "one/src/only.py"),
        ("two/both.py", "two/both.py"),
        ("src/only.py", "one/src/only.py"),
        ("two/new.py", "two/new.py"),
        ("one/trap.py", "two/one/trap.py"),
    ],
)
def test_in_several_folders(folders: list[tuple[str, str]], wanted: str, relative: str) -> None:
    target = resolve(folders, wanted)
    assert target.relative == relative
    name, _, inside = relative.partition("/")
    assert target.path == os.path.join(dict(folders)[name], *inside.split("/"))


@pytest.mark.parametrize("wanted", ["both.py", "new.py", "three/new.py"])
def test_what_could_be_in_several_folders_is_refused(
    folders: list[tuple[str, str]], wanted: str
) -> None:
    with pytest.raises(OutsideWorkspace, match="several workspace folders") as failure:
        resolve(folders, wanted)
    assert "one, two" in failure.value.hint


def test_without_a_folder_nothing_is_inside() -> None:
    with pytest.raises(OutsideWorkspace, match="No workspace folder"):
        resolve([], "a.py")


PIECES = st.sampled_from(
    ["src", "a.py", "..", ".", "", "~", "away", "inner", ".git", "C:", "\\", "/", "new", "\0", " "]
)


@needs_links
@settings(max_examples=examples(200))
@given(st.lists(PIECES, max_size=6), st.sampled_from(["/", "\\", ""]))
def test_whatever_is_written_it_stays_inside(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], between: str
) -> None:
    home = tmp_path_factory.getbasetemp() / "property"
    root = home / "project"
    if not root.exists():
        (root / "src").mkdir(parents=True)
        (root / "inner").symlink_to("src")
        (root / "away").symlink_to(home)
    try:
        target = resolve([("project", str(root))], between.join(pieces))
    except Refused:
        return
    real = Path(os.path.realpath(target.path))
    assert real.is_relative_to(root)
    assert ".git" not in real.parts
