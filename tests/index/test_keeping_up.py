"""The index follows its folder: what changes, comes and goes is found, and what is gone is not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from homespun.index import texts
from homespun.index.languages import loaded, tongue
from homespun.index.reader import Reader
from homespun.index.scan import Limits, limits
from homespun.index.schema import VERSION
from homespun.index.store import Store
from index.building import building, built, write

SHOP = {"shop.py": "def pay():\n    pass\n", "main.py": "import shop\nshop.pay()\n"}


def test_a_changed_file_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    with building(tmp_path, SHOP) as (builder, reader):
        for _ in builder.steps():
            pass
        assert [hit.path for hit in reader.words(["pay"], 9)] == ["shop.py", "main.py"]
        write(tmp_path / "project", {"shop.py": "def charge():\n    pass\n"})
        builder.changed([str(tmp_path / "project/shop.py")])
        assert [hit.path for hit in reader.words(["pay"], 9)] == ["main.py"]
        assert [hit.path for hit in reader.words(["charge"], 9)] == ["shop.py"]
        assert not reader.definitions(["pay"], 9)
        assert [one.path for one in reader.definitions(["charge"], 9)] == ["shop.py"]
        assert reader.state().files == 2


def test_what_comes_and_goes(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with building(tmp_path, SHOP | {"deep/er/a.py": "one = 1\n"}) as (builder, reader):
        for _ in builder.steps():
            pass
        write(project, {"new.py": "from shop import pay\n"})
        (project / "main.py").rename(project / "start.py")
        (project / "deep/er/a.py").unlink()
        (project / "deep/er").rmdir()
        names = ["new.py", "main.py", "start.py", "deep/er", "never.py"]
        builder.changed([str(project / name) for name in names])
        assert [file.path for file in reader.files()] == ["new.py", "shop.py", "start.py"]
        assert reader.importers("shop.py") == ["new.py", "start.py"]
        assert {one.path for one in reader.references(["pay"], 9)} == {"new.py", "start.py"}


def test_a_new_folder_and_a_new_ignore_file_are_looked_into(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with building(tmp_path, SHOP) as (builder, reader):
        for _ in builder.steps():
            pass
        write(project, {"more/a.py": "", ".gitignore": "main.py\n"})
        builder.changed([str(project / "more"), str(project / ".gitignore")])
        assert builder.stale
        for _ in builder.steps():
            pass
        assert [file.path for file in reader.files()] == [".gitignore", "more/a.py", "shop.py"]


@pytest.mark.parametrize("name", [".env", "node_modules/a.js", "../outside.py", "ignored.py", "."])
def test_news_of_what_is_not_indexed_changes_nothing(tmp_path: Path, name: str) -> None:
    project = tmp_path / "project"
    with building(tmp_path, SHOP | {".gitignore": "ignored.py\n"}) as (builder, reader):
        for _ in builder.steps():
            pass
        before = reader.files()
        if name != ".":
            write(project, {name: "secret_word = 1\n"})
        builder.changed([os.path.join(project, name)])
        for _ in builder.steps():
            pass
        assert reader.files() == before
        assert not reader.words(["secret_word"], 9)


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with built(tmp_path, SHOP | {"a.bin": b"\0"}):
        pass
    write(project, {"shop.py": "def charge(): pass\n"})
    with building(tmp_path, {}) as (builder, reader):
        kept = _ids(reader)
        steps = sum(1 for _ in builder.steps())
        assert steps <= 3  # One folder, one changed file's words and symbols.
        assert [hit.path for hit in reader.words(["charge"], 9)] == ["shop.py"]
        assert _ids(reader) == kept


def _ids(reader: Reader) -> dict[str, int | None]:
    store = Store(reader.database)
    return {path: store.id(path) for path in store.stamps()}


def test_a_file_that_comes_back_is_whole(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with building(tmp_path, SHOP) as (builder, reader):
        for _ in builder.steps():
            pass
        (project / "shop.py").unlink()
        builder.changed([str(project / "shop.py")])
        assert not reader.definitions(["pay"], 9)
        write(project, SHOP)
        builder.changed([str(project / "shop.py")])
        assert [one.path for one in reader.definitions(["pay"], 9)] == ["shop.py"]


def reasons(tmp_path: Path, files: dict[str, str | bytes], bounds: Limits | None = None) -> dict:
    with building(tmp_path, files, bounds) as (builder, reader):
        for _ in builder.steps():
            pass
        state = reader.state()
        assert state.skipped_count == len(state.skipped)
        assert "good.py" in {file.path for file in reader.files()}
        return {one.path: one.reason for one in state.skipped}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("huge.txt", b"word " * 250_000, "it is larger than 1 MB"),
        ("flat.js", b"var a=1;" * 1_000, "its lines are those of a minified file"),
        ("x.min.js", b"a\n", "it is made from another file"),
        ("data", b"a\0b", "it is binary"),
        ("pic.PNG", b"a", "it is binary"),
    ],
)
def test_what_is_no_text_is_skipped_with_its_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    assert reasons(tmp_path, {"good.py": "a = 1\n", name: content}) == {name: reason}


@pytest.mark.skipif(os.name == "nt", reason="Windows names are text")
def test_names_that_are_not_utf8_are_skipped(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    Path(os.fsdecode(os.fsencode(project) + b"/b\xe9.py")).write_text("bad = 1\n")
    assert reasons(tmp_path, {"good.py": "", "gööd.py": ""}) == {
        "b\ufffd.py": "its name is not UTF-8"
    }


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_are_not_followed_so_loops_end(tmp_path: Path) -> None:
    write(tmp_path / "project", {"a/b.py": "word = 1\n"})
    (tmp_path / "outside.py").write_text("outside = 1\n")
    (tmp_path / "project/a/loop").symlink_to(tmp_path / "project")
    (tmp_path / "project/alias.py").symlink_to(tmp_path / "outside.py")
    (tmp_path / "project/nowhere").symlink_to(tmp_path / "nothing")
    found = reasons(tmp_path, {"good.py": ""})
    assert set(found) == {"a/loop", "alias.py", "nowhere"}
    assert set(found.values()) == {"a link: what it leads to counts where it stands"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    os.mkfifo(tmp_path / "project/pipe.py")
    assert reasons(tmp_path, {"good.py": ""}) == {}
    assert texts.read(str(tmp_path / "project/pipe.py")).reason == "it is no plain file"


@contextmanager
def bound_by_rights() -> Generator[Path]:
    """A folder in which rights bind this process, whoever it is: root becomes nobody meanwhile."""
    nobody = 65_534
    with TemporaryDirectory() as folder:
        if os.getuid() != 0:
            yield Path(folder)
            return
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_unreadable_folders_and_files_are_skipped() -> None:
    python = tongue("a.py")
    assert python is not None
    loaded(python)  # Nobody may not be able to read where the libraries are.
    with bound_by_rights() as folder:
        write(folder / "project", {"shut/a.py": "", "b.py": ""})
        (folder / "project/shut").chmod(0)
        (folder / "project/b.py").chmod(0)
        found = reasons(folder, {"good.py": ""})
        (folder / "project/shut").chmod(0o700)
    assert set(found) == {"shut", "b.py"}
    assert all("Permission denied" in reason for reason in found.values())


@pytest.mark.parametrize("changes", [1, 2, 3])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    """It is read once more; one that never rests is found to be another by the next walk."""
    path = tmp_path / "project" / "a.py"
    versions = [f"version_{number} = {'x' * number}\n" for number in range(changes + 1)]
    with building(tmp_path, {"a.py": versions.pop(0)}) as (builder, reader):
        read = os.read

        def changing(file: int, size: int) -> bytes:
            data = read(file, size)
            if versions:
                path.write_text(versions.pop(0))
            return data

        with monkeypatch.context() as patched:
            patched.setattr(texts.os, "read", changing)
            for _ in builder.steps():
                pass
        for _ in builder.steps():
            pass
        found = {n for n in range(changes + 1) if reader.words([f"version_{n}"], 9)}
        assert found == {changes}


def test_a_folder_too_large_is_indexed_from_its_top(tmp_path: Path) -> None:
    files = {f"d{number}/deep/a.py": "" for number in range(20)}
    found = reasons(tmp_path, {"good.py": "", **files}, Limits(files=5, folders=10))
    assert "too large to be indexed whole: the index holds 1 file of 10 folders, " in found["."]


def test_a_home_folder_and_what_is_above_it_have_limits(tmp_path: Path) -> None:
    home = tmp_path / "home" / "me"
    (home / "project").mkdir(parents=True)
    for folder in (home, tmp_path / "home", Path("/")):
        assert limits(str(folder), str(home)) == Limits(10_000, 5_000, crosses=False)
    for folder in (home / "project", tmp_path / "home" / "m"):
        assert limits(str(folder), str(home)) == Limits()


def test_a_broken_repository_is_a_folder_like_any_other(tmp_path: Path) -> None:
    broken = {".git": "gitdir: nowhere/at/all", ".gitignore": "b.py\n", "b.py": "", "good.py": ""}
    assert reasons(tmp_path, broken) == {}


def older(database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute(f"PRAGMA user_version = {VERSION - 1}")
    db.close()


def cut(database: Path) -> None:
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])


def overwritten(database: Path) -> None:
    database.write_bytes(b"no database at all" * 1_000)


@pytest.mark.parametrize("harm", [older, cut, overwritten])
def test_an_index_that_is_damaged_or_older_is_made_anew(tmp_path: Path, harm) -> None:
    many = {f"f{number}.py": f"def name_{number}(): pass\n" * 20 for number in range(300)}
    with built(tmp_path, many | SHOP) as reader:
        database = reader.database
    harm(database)
    with built(tmp_path, {}) as reader:
        assert [hit.path for hit in reader.words(["pay"], 9)] == ["shop.py", "main.py"]
        assert len(reader.definitions(["name_7"], 99)) == 20
        assert reader.state().symbols


def test_files_are_found_by_their_names_before_the_last_dot(tmp_path: Path) -> None:
    names = (
        "a_test.py",
        "deep/a.test.ts",
        "deep/a.py",
        "a.tests.ts",
        "b_test.py",
        "a_test",
        "a'.py",
    )
    with built(tmp_path, dict.fromkeys(names, "x = 1\n")) as reader:
        named = reader.named(("a.test", "a_test", "a'"))
        assert [one.path for one in named] == ["a'.py", "a_test.py", "deep/a.test.ts"]
        assert reader.named(()) == []


def test_files_are_found_by_when_they_changed(tmp_path: Path) -> None:
    with built(tmp_path, dict.fromkeys(("a.py", "b.py", "c.py"), "x = 1\n")) as reader:
        latest, *earlier = sorted(reader.files(), key=lambda one: -one.changed)
        assert reader.edited(0.0, 1) == [latest]
        assert len(reader.edited(0.0, 9)) == 3
        assert reader.edited(latest.changed + 1, 9) == []
        assert [one.path for one in reader.edited(0.0, 9)][1:] == [one.path for one in earlier]


def test_a_name_that_is_everywhere_is_looked_for_where_it_is_likely(tmp_path: Path) -> None:
    files = {f"m{number}.py": "run()\n" for number in range(30)} | {"rare.py": "rare(run())\n"}
    with built(tmp_path, files) as reader:
        near = ["m7.py", "rare.py", "none.py"]
        found = reader.references(["run", "rare"], 99, common=20, near=near)
        assert sorted((one.path, one.name) for one in found) == [
            ("m7.py", "run"),
            ("rare.py", "rare"),
            ("rare.py", "run"),
        ]
        assert len(reader.references(["run"], 99)) == 31


def test_words_that_are_everywhere_count_only_where_there_are_no_others(tmp_path: Path) -> None:
    files = {f"m{number}.txt": "common words\n" for number in range(600)}
    with built(tmp_path, files | {"rare.txt": "a rare thing\n"}) as reader:
        assert [hit.path for hit in reader.words(["common", "rare"], 99)] == ["rare.txt"]
        assert len(reader.words(["common"], 99)) == 99


def test_an_outline_is_that_of_the_file_as_it_is_now(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with building(tmp_path, SHOP) as (builder, reader):
        for _ in builder.steps():
            pass
        for name in ("pay", "charge", "refund"):
            write(project, {"shop.py": f"def {name}():\n    pass\n"})
            builder.changed([str(project / "shop.py")])
            found = reader.outlines(["shop.py", "none.py"])
            assert [one.name for one in found["shop.py"]] == [name]
            assert not found["none.py"]


def test_a_name_that_is_defined_everywhere_is_left_out_where_it_tells_nothing(
    tmp_path: Path,
) -> None:
    files = {
        f"f{number}.py": f"def run():\n    pass\ndef only{number}(): pass\n" for number in (1, 2)
    }
    with built(tmp_path, files) as reader:
        names = ["run", "only1"]
        assert [one.name for one in reader.definitions(names, 9)] == ["run", "run", "only1"]
        assert [one.name for one in reader.definitions(names, 9, common=2)].count("run") == 2
        assert [one.name for one in reader.definitions(names, 9, common=1)] == ["only1"]


def test_how_far_it_is_is_told_as_it_is_now(tmp_path: Path) -> None:
    with building(tmp_path, SHOP) as (builder, reader):
        for _ in builder.steps():
            pass
        assert reader.state().files == reader.state().files == 2
        write(tmp_path / "project", {"third.py": ""})
        builder.changed([str(tmp_path / "project/third.py")])
        assert reader.state().files == 3


def test_imports_that_only_differ_after_a_nul_harm_nothing(tmp_path: Path) -> None:
    padding = "// a line\n" * 1_000  # What has a NUL near its top is no text.
    odd = f'{padding}import "./a\0b";\nimport "./a\0c";\nimport "./shop";\n'
    with built(tmp_path, {"odd.js": odd, "shop.js": "export const x = 1\n"}) as reader:
        assert reader.imports("odd.js") == ["shop.js"]
        assert reader.importers("shop.js") == ["odd.js"]
