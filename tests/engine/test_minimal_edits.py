"""A one-word change is one small edit, in texts of every kind; all else stays as it was."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import pytest

from engine.test_edit import edit, hunk, task, updates
from engine.world import World, world
from homespun.core.diff import Edit
from homespun.core.text import Snapshot
from homespun.engine.ports import EditFile, EditTask, Place

SMALL = "def one():\n    first = 1\n\n\ndef two():\n    second = 2\n"
TEXTS = {
    "CRLF": SMALL.replace("\n", "\r\n"),
    "lone CR": SMALL.replace("\n", "\r"),
    "mixed line ends": SMALL.replace("\n\n", "\r\n\n").replace("1\r\n", "1\r"),
    "a BOM": "\ufeff" + SMALL,
    "no final newline": SMALL.rstrip(),
    "blank lines at the end": SMALL + "\n\n\n",
    "tabs": SMALL.replace("    ", "\t"),
    "trailing white space": SMALL.replace("1\n", "1  \t\n"),
    "form feeds": "\x0c\n" + SMALL.replace("\n\n\n", "\n\x0c\n\n"),
    "U+2028": "# a\u2028b\n" + SMALL,
    "NEL and vertical tabs": "# a\x85b\x0bc\n" + SMALL,
    "astral characters": "# 𝄞😀\n" + SMALL.replace("first", "\U0001d557irst"),
    "combining marks": SMALL.replace("first", "fi\u0301rst").replace("one", "o\u0308ne"),
    "100,000 lines": "".join(f"value_{n} = {n}\n" for n in range(100_000)) + SMALL,
    "one line of 1 MB": "# " + "x y " * 250_000 + "\n" + SMALL,
}


def edits_of(w: World) -> tuple[Edit, ...]:
    ((_, (operation,)),) = w.workspace.applied
    assert isinstance(operation, EditFile)
    return operation.edits


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_one_word_is_one_small_edit(tmp_path: Path, text: str) -> None:
    w = world(tmp_path, {"a.py": text}, updates(hunk("a.py", "second = 2", "second = 3")))
    w.model.size = 4_000_000
    began = perf_counter()
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "applied", outcome.reasons
    at = text.index("second = 2") + len("second = ")
    assert edits_of(w) == (Edit(at, at + 1, "3"),)
    assert w.workspace.text("a.py") == text.replace("second = 2", "second = 3")
    assert perf_counter() - began < 10


@pytest.mark.parametrize("name", ["CRLF", "lone CR", "a BOM", "no final newline", "U+2028"])
async def test_a_text_given_whole_keeps_its_frame(tmp_path: Path, name: str) -> None:
    text = TEXTS[name]
    said = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    # The last line end is lost where there is one, and made up where there is none.
    told = said.replace("= 2", "= 3").removesuffix("\n") + "\n" * (not said.endswith("\n"))
    whole = {"action": "write", "file": "a.py", "text": told}
    w = world(tmp_path, {"a.py": text}, updates(whole))
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    assert w.workspace.text("a.py") == text.replace("= 2", "= 3")


async def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ""}, updates({"action": "write", "file": "a.py", "text": SMALL}))
    assert (await edit(w, task(w, "a.py"))).status == "applied"
    assert edits_of(w) == (Edit(0, 0, SMALL),)


async def test_a_file_is_emptied_only_where_that_is_spelled_out(tmp_path: Path) -> None:
    reply = updates({"action": "write", "file": "a.py", "text": ""})
    w = world(tmp_path, {"a.py": SMALL}, reply, reply)
    assert (await edit(w, task(w, "a.py"))).status == "rejected"
    assert w.workspace.text("a.py") == SMALL


async def test_a_document_without_a_file_is_edited_too(tmp_path: Path) -> None:
    w = world(tmp_path, {}, json.dumps({"summary": "", "text": SMALL.replace("= 2", "= 3")}))
    uri = "untitled:Untitled-1"
    w.workspace.buffers[uri] = Snapshot.of(uri, SMALL, 1, "python")
    outcome = await edit(w, EditTask("Mend it.", Place(uri), "file"))
    assert outcome.status == "applied", outcome.reasons
    assert edits_of(w) == (Edit(SMALL.index("2"), SMALL.index("2") + 1, "3"),)
