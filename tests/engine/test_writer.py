"""The writer makes a change wholly or not at all, and only inside the workspace."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from homespun.engine.steps import Step
from homespun.engine.writer import Writer
from homespun.errors import HomespunError, NotApplied, OutsideWorkspace, Stale

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="links and modes are POSIX's here")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def writer(root: Path) -> Writer:
    return Writer([str(root)])


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file under `folder` with its bytes, folders as "/", so that leftovers show up."""
    return {
        str(path.relative_to(folder)): "/" if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def test_replaces_text_byte_for_byte(root: Path, writer: Writer) -> None:
    path = root / "a.py"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r")
    writer.perform([writer.replacing(str(path), "\ufeffone\r\ntwo\r", "\ufeffone\r\n2\r")])
    assert tree(root) == {"a.py": b"\xef\xbb\xbfone\r\n2\r"}


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_keeps_the_mode(root: Path, writer: Writer, mode: int) -> None:
    path = root / "run.sh"
    path.write_text("old")
    path.chmod(mode)
    writer.perform([writer.replacing(str(path), "old", "new")])
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_text() == "new"


@posix_only
def test_a_new_file_has_the_mode_of_any_new_file(root: Path, writer: Writer) -> None:
    (root / "usual").touch()
    writer.create(str(root / "ours"), "x")
    assert (root / "ours").stat().st_mode == (root / "usual").stat().st_mode


def test_creates_with_the_folders_above(root: Path, writer: Writer) -> None:
    writer.create(str(root / "x" / "y" / "new.py"), "text")
    assert tree(root) == {"x": "/", "x/y": "/", "x/y/new.py": b"text"}


def test_renames_and_deletes(root: Path, writer: Writer) -> None:
    (root / "a").write_text("a")
    (root / "b").write_text("b")
    writer.rename(str(root / "a"), str(root / "deep" / "c"))
    writer.delete(str(root / "b"))
    assert tree(root) == {"deep": "/", "deep/c": b"a"}


def test_steps_may_build_on_each_other(root: Path, writer: Writer) -> None:
    (root / "a").write_text("one")
    a, b = str(root / "a"), str(root / "b")
    writer.perform([writer.moving(a, b), writer.replacing(b, "one", "two")])
    assert tree(root) == {"b": b"two"}


Change = Callable[[Writer, Path], list[Step]]
REFUSED: dict[str, tuple[Change, type[HomespunError]]] = {
    "stale text": (lambda w, r: [w.replacing(str(r / "b"), "not b", "new")], Stale),
    "a file that is gone": (lambda w, r: [w.replacing(str(r / "gone"), "", "new")], Stale),
    "a folder as text": (lambda w, r: [w.replacing(str(r / "d"), "", "new")], NotApplied),
    "create over a file": (lambda w, r: [w.creating(str(r / "b"), "new")], NotApplied),
    "rename over a file": (lambda w, r: [w.moving(str(r / "a"), str(r / "b"))], NotApplied),
    "rename what is gone": (lambda w, r: [w.moving(str(r / "no"), str(r / "x"))], Stale),
    "rename a folder": (lambda w, r: [w.moving(str(r / "d"), str(r / "e"))], NotApplied),
    "delete what is gone": (lambda w, r: [w.removing(str(r / "no"))], Stale),
    "delete a folder": (lambda w, r: [w.removing(str(r / "d"))], NotApplied),
    "a file as a folder": (lambda w, r: [w.creating(str(r / "b" / "c"), "x")], NotApplied),
    "a name too long": (lambda w, r: [w.creating(str(r / ("n" * 300)), "x")], NotApplied),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_refused_step_takes_everything_back(root: Path, writer: Writer, name: str) -> None:
    (root / "d").mkdir()
    for file in ("a", "b", "first", "moved", "removed"):
        (root / file).write_text(file)
    before = tree(root)
    change, error = REFUSED[name]
    others = [
        writer.replacing(str(root / "first"), "first", "changed"),
        writer.creating(str(root / "new" / "file"), "new"),
        writer.moving(str(root / "moved"), str(root / "elsewhere" / "moved")),
        writer.removing(str(root / "removed")),
    ]
    with pytest.raises(error):
        writer.perform([*others, *change(writer, root)])
    assert tree(root) == before


class Meddling:
    """A step during which something else happens to the disk; it then fails, or not."""

    paths = ()

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.make = meddle

    def check(self) -> None: ...
    def prepare(self) -> None: ...
    def take_back(self) -> None: ...
    def clean(self) -> None: ...


def test_a_file_that_changes_in_the_middle_is_not_written_over(root: Path, writer: Writer) -> None:
    for file in ("a", "b"):
        (root / file).write_text(file)
    with pytest.raises(Stale):
        writer.perform(
            [
                writer.replacing(str(root / "a"), "a", "A"),
                Meddling(lambda: (root / "b").write_text("typed meanwhile")),
                writer.replacing(str(root / "b"), "b", "B"),
            ]
        )
    assert tree(root) == {"a": b"a", "b": b"typed meanwhile"}


def test_a_name_that_is_taken_in_the_middle_is_not_written_over(root: Path, writer: Writer) -> None:
    with pytest.raises(NotApplied):
        writer.perform(
            [
                Meddling(lambda: (root / "new").write_text("theirs")),
                writer.creating(str(root / "new"), "ours"),
            ]
        )
    assert tree(root) == {"new": b"theirs"}


def test_taking_back_never_takes_what_others_wrote(root: Path, writer: Writer) -> None:
    (root / "a").write_text("a")

    def disturb() -> None:
        (root / "a").write_text("typed after the swap")
        raise OSError(28, "No space left on device")

    steps = [writer.replacing(str(root / "a"), "a", "A"), Meddling(disturb)]
    with pytest.raises(NotApplied, match=r"left changed: .*a\.") as refused:
        writer.perform(steps)
    assert "No space left" in refused.value.message
    assert tree(root) == {"a": b"typed after the swap"}


def test_a_deleted_file_survives_when_its_place_is_taken(root: Path, writer: Writer) -> None:
    (root / "a").write_text("precious")

    def take_place() -> None:
        (root / "a").write_text("other")
        raise OSError(5, "Input/output error")

    with pytest.raises(NotApplied):
        writer.perform([writer.removing(str(root / "a")), Meddling(take_place)])
    assert sorted(tree(root).values(), key=str) == [b"other", b"precious"]


@pytest.mark.parametrize("way", ["../outside", "x/../../outside", "."])
def test_paths_that_leave_are_refused(root: Path, writer: Writer, way: str) -> None:
    with pytest.raises(OutsideWorkspace):
        writer.create(f"{root}/{way}", "x")
    assert tree(root.parent) == {"project": "/"}


@posix_only
def test_a_link_inside_is_followed_to_its_target(root: Path, writer: Writer) -> None:
    (root / "real").write_text("old")
    (root / "link").symlink_to("real")
    writer.perform([writer.replacing(str(root / "link"), "old", "new")])
    assert (root / "link").is_symlink()
    assert (root / "real").read_text() == "new"


@posix_only
def test_links_that_lead_out_are_refused(root: Path, writer: Writer) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "file").write_text("old")
    (root / "file").symlink_to(outside / "file")
    (root / "folder").symlink_to(outside)
    attempts: list[Callable[[], object]] = [
        lambda: writer.replacing(str(root / "file"), "old", "new"),
        lambda: writer.create(str(root / "folder" / "new"), "x"),
        lambda: writer.delete(str(root / "folder" / "file")),
        lambda: writer.rename(str(root / "folder" / "file"), str(root / "stolen")),
    ]
    for attempt in attempts:
        with pytest.raises(OutsideWorkspace):
            attempt()
    assert tree(outside) == {"file": b"old"}


@posix_only
def test_a_folder_swapped_for_a_link_in_the_middle_is_refused(root: Path, writer: Writer) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "a").write_text("a")
    (root / "d").mkdir()
    (root / "d" / "a").write_text("a")

    def swap() -> None:
        (root / "d").rename(root / "was")
        (root / "d").symlink_to(outside)

    with pytest.raises(OutsideWorkspace):
        writer.perform([Meddling(swap), writer.replacing(str(root / "d" / "a"), "a", "hacked")])
    assert tree(outside) == {"a": b"a"}


@posix_only
def test_a_broken_or_circular_link_is_not_written_through(root: Path, writer: Writer) -> None:
    (root / "broken").symlink_to(root / "nothing")
    (root / "circle").symlink_to("circle")
    with pytest.raises(NotApplied):
        writer.create(str(root / "broken"), "x")
    with pytest.raises(OutsideWorkspace):
        writer.replacing(str(root / "circle"), "", "x")
    assert not (root / "nothing").exists()


@posix_only
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_read_only_file_is_refused(root: Path, writer: Writer) -> None:
    path = root / "a"
    path.write_text("a")
    path.chmod(0o444)
    with pytest.raises(NotApplied, match="read-only"):
        writer.perform([writer.replacing(str(path), "a", "b")])
    assert path.read_text() == "a"


def test_text_that_is_no_unicode_is_refused(root: Path, writer: Writer) -> None:
    with pytest.raises(NotApplied, match="Unicode"):
        writer.create(str(root / "a"), "half a pair: \ud83d")
    assert tree(root) == {}
