"""Files that must not be changed: each is refused with its reason, and the others still land."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.test_edit import edit, hunk, task, updates
from engine.world import World, world
from homespun.core.text import Span

TEXT = "x = 1\n"


def latin(path: Path) -> None:
    path.write_bytes("é = 1\n".encode("latin-1"))


def binary(path: Path) -> None:
    path.write_bytes(b"\x7fELF\x00\xff\xfe")


def nul(path: Path) -> None:
    path.write_bytes(b"x = 1\n\x00")


def read_only(path: Path) -> None:
    path.chmod(0o444)


def large(path: Path) -> None:
    path.write_bytes(b"x = 1\n" * 2_000_000)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


TARGETS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "not UTF-8": ("b.py", latin, "not UTF-8"),
    "binary": ("b.bin", binary, "not UTF-8"),
    "binary, but UTF-8": ("b.bin", nul, "binary"),
    "read-only": ("b.py", read_only, "read-only"),
    "too large": ("b.py", large, "larger than"),
    "a folder": ("b.py", folder, "folder"),
    "ignored": ("ignored.py", lambda path: None, "ignore"),
    "secret": ("id_rsa", lambda path: None, "secret"),
    ".git": (".git/config", lambda path: None, ".git"),
}


def everything(w: World) -> dict[str, bytes]:
    return {
        str(path.relative_to(w.workspace.root)): path.read_bytes()
        for path in w.workspace.root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
async def test_a_target_that_must_stay_stays(
    tmp_path: Path, target: tuple[str, Callable[[Path], None], str]
) -> None:
    name, make, reason = target
    files = {"a.py": TEXT, name: TEXT, ".gitignore": "ignored.py\n"}
    reply = updates(hunk("a.py", "x = 1", "x = 2"), hunk(name, "x = 1", "x = 2"))
    w = world(tmp_path, files, reply, reply, opened=["a.py"])
    make(w.workspace.root / name)
    before = everything(w)
    outcome = await edit(w, task(w, "a.py", scope="workspace"))
    assert outcome.status == "partly"
    assert len(outcome.reasons) == 1
    assert reason in outcome.reasons[0]
    assert w.workspace.text("a.py") == "x = 2\n"
    assert everything(w) == before
    assert len(w.model.requests) == 1, "asking the model again would not help"


async def test_an_edit_outside_of_the_selection_is_shown_first(tmp_path: Path) -> None:
    text = "a = 1\nb = 2\nc = 3\n"
    reply = updates(hunk("a.py", "c = 3", "c = 4"))
    w = world(tmp_path, {"a.py": text}, reply, settings={"edit_format": "hunks"})
    w.recorder.choice = lambda plan: None
    await edit(w, task(w, "a.py", at="b = 2", scope="selection"))
    (shown,) = w.recorder.shown
    assert "a.py: changes lines outside the selection" in shown.risks
    assert w.workspace.text("a.py") == text


async def test_another_file_than_the_one_asked_about_is_shown_first(tmp_path: Path) -> None:
    reply = updates(hunk("b.py", "x = 1", "x = 2"))
    w = world(tmp_path, {"a.py": TEXT, "b.py": TEXT}, reply)
    await edit(w, task(w, "a.py"))
    (shown,) = w.recorder.shown
    assert "b.py: not the file that was asked about" in shown.risks


async def test_a_region_that_repeats_its_surroundings_lands_once(tmp_path: Path) -> None:
    text = "import os\nimport re\n\nvalue_one = 1\n\nprint(os)\nprint(re)\n"
    w = world(tmp_path, {"a.py": text}, text.replace("= 1", "= 2").join(('{"text": "', '"}')))
    asked = task(w, "a.py", at="value_one = 1", scope="selection")
    assert asked.place.span == Span(21, 34)
    assert (await edit(w, asked)).status == "applied"
    assert w.workspace.text("a.py") == text.replace("= 1", "= 2")
