"""Answers of one refactor that meet: what comes of files that several of them change or move."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.test_refactor import FILES as PYTHON
from engine.test_refactor import RIGHT, begun, part, run, says
from homespun.engine.refactor.task import RefactorTask
from homespun.providers.base import Request

TEXT = "".join(f"line {n}\n" for n in range(1, 10))
FILES = {"a.txt": TEXT, "b.txt": "b\n", "c.txt": "c\n", "d.txt": "d\n"}
TASK = RefactorTask("Put all in order.", include=("*.txt",), review="never")
Update = Mapping[str, Any]


def edit(file: str, find: str, replace: str) -> Update:
    return {"action": "edit", "file": file, "hunks": [{"find": find, "replace": replace}]}


def create(file: str, text: str) -> Update:
    return {"action": "create", "file": file, "text": text}


def delete(file: str) -> Update:
    return {"action": "delete", "file": file}


def rename(file: str, to: str) -> Update:
    return {"action": "rename", "file": file, "to": to}


@dataclass(frozen=True)
class Case:
    """What the model says of each file in each level, and what comes of that.

    `after` tells the files that differ from those before (None: it is gone), `told` the beginnings
    of the reasons.
    """

    name: str
    levels: Sequence[Mapping[str, Sequence[Update]]]
    after: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    told: Sequence[str] = ()


FIRST, LAST = ("line 1\n", "first\n"), ("line 9\n", "last\n")
BOTH = TEXT.replace(*FIRST).replace(*LAST)
CASES = [
    Case(
        "two answers of a level change a file at different places",
        [{"a.txt": [edit("a.txt", *FIRST)], "b.txt": [edit("a.txt", *LAST)]}],
        {"a.txt": BOTH},
    ),
    Case(
        "two answers of a level change the same line: the file's own counts",
        [
            {
                "b.txt": [edit("a.txt", "line 1\n", "other\n")],
                "c.txt": [],
                "a.txt": [edit("a.txt", *FIRST)],
            }
        ],
        {"a.txt": TEXT.replace(*FIRST)},
        ["a.txt: another answer of this refactor has changed it otherwise"],
    ),
    Case(
        "two answers of a level change what an earlier level has changed",
        [
            {"a.txt": [edit("a.txt", "line 5\n", "fifth\n")]},
            {"b.txt": [edit("a.txt", *FIRST)], "c.txt": [edit("a.txt", *LAST)]},
        ],
        {"a.txt": BOTH.replace("line 5", "fifth")},
    ),
    Case(
        "a file is renamed by its own answer and changed by another at the same time",
        [{"a.txt": [rename("a.txt", "n.txt")], "b.txt": [edit("a.txt", *LAST)]}],
        {"a.txt": None, "n.txt": TEXT.replace(*LAST)},
    ),
    Case(
        "a file is changed and renamed by its own answer, and changed by another",
        [
            {
                "a.txt": [edit("a.txt", *FIRST), rename("a.txt", "n.txt")],
                "b.txt": [edit("a.txt", *LAST)],
            }
        ],
        {"a.txt": None, "n.txt": BOTH},
    ),
    Case(
        "a file is changed by its own answer and renamed by another",
        [{"a.txt": [edit("a.txt", *FIRST)], "b.txt": [rename("a.txt", "n.txt")]}],
        {"a.txt": None, "n.txt": TEXT.replace(*FIRST)},
    ),
    Case(
        "a file that an earlier level has renamed is worked on under its new name",
        [{"b.txt": [rename("a.txt", "n.txt")]}, {"a.txt": [edit("n.txt", *FIRST)]}],
        {"a.txt": None, "n.txt": TEXT.replace(*FIRST)},
    ),
    Case(
        "a file is renamed twice, one level after the other",
        [{"a.txt": [rename("a.txt", "n.txt")]}, {"b.txt": [rename("n.txt", "o.txt")]}],
        {"a.txt": None, "o.txt": TEXT},
    ),
    Case(
        "a file is renamed, and back again",
        [
            {"a.txt": [edit("a.txt", *FIRST), rename("a.txt", "n.txt")]},
            {"b.txt": [rename("n.txt", "a.txt")]},
        ],
        {"a.txt": TEXT.replace(*FIRST)},
    ),
    Case(
        "two answers rename a file to different names",
        [{"a.txt": [rename("a.txt", "n.txt")], "b.txt": [rename("a.txt", "o.txt")]}],
        {"a.txt": None, "n.txt": TEXT},
        ["a.txt: another answer of this refactor renames it to n.txt"],
    ),
    Case(
        "two answers rename a file to the same name",
        [{"a.txt": [rename("a.txt", "n.txt")], "b.txt": [rename("a.txt", "n.txt")]}],
        {"a.txt": None, "n.txt": TEXT},
    ),
    Case(
        "two files are renamed to one name",
        [{"a.txt": [rename("a.txt", "n.txt")], "b.txt": [rename("b.txt", "n.txt")]}],
        {"a.txt": None, "n.txt": TEXT},
        ["b.txt: another answer of this refactor puts another file at n.txt"],
    ),
    Case(
        "a file is renamed to where another answer makes a new one",
        [{"a.txt": [create("n.txt", "new\n")], "b.txt": [rename("b.txt", "n.txt")]}],
        {"b.txt": None, "n.txt": "b\n"},
        ["n.txt: another answer of this refactor renames b.txt to it"],
    ),
    Case(
        "a new file is made where another answer renames one to",
        [{"a.txt": [rename("a.txt", "n.txt")], "b.txt": [create("n.txt", "new\n")]}],
        {"a.txt": None, "n.txt": TEXT},
        ["n.txt: another answer of this refactor renames a.txt to it"],
    ),
    Case(
        "a file is renamed to where one is",
        [{"a.txt": [rename("a.txt", "b.txt")]}],
        {},
        ["a.txt: b.txt is already there"],
    ),
    Case(
        "a file is renamed to where an earlier level has taken one away",
        [{"b.txt": [delete("b.txt")]}, {"a.txt": [rename("a.txt", "b.txt")]}],
        {"b.txt": None},
        ["a.txt: another answer of this refactor takes away what was at b.txt"],
    ),
    Case(
        "a new file is made where an earlier level has renamed one from",
        [{"a.txt": [rename("a.txt", "n.txt")]}, {"b.txt": [create("a.txt", "new\n")]}],
        {"a.txt": None, "n.txt": TEXT},
        ["a.txt: another answer of this refactor renames it to n.txt"],
    ),
    Case(
        "two answers make the same new file",
        [{"a.txt": [create("n.txt", "new\n")], "b.txt": [create("n.txt", "new\n")]}],
        {"n.txt": "new\n"},
    ),
    Case(
        "two answers make a new file differently",
        [{"a.txt": [create("n.txt", "new\n")], "b.txt": [create("n.txt", "other\n")]}],
        {"n.txt": "new\n"},
        ["n.txt: another answer of this refactor makes it with other text"],
    ),
    Case(
        "a file that an earlier level has made is changed",
        [{"a.txt": [create("n.txt", "one\ntwo\n")]}, {"b.txt": [edit("n.txt", "one\n", "1\n")]}],
        {"n.txt": "1\ntwo\n"},
    ),
    Case(
        "a file that an earlier level has made is renamed",
        [{"a.txt": [create("n.txt", "new\n")]}, {"b.txt": [rename("n.txt", "o.txt")]}],
        {"o.txt": "new\n"},
    ),
    Case(
        "a file is deleted by its own answer and changed by another",
        [{"b.txt": [edit("a.txt", *FIRST)], "a.txt": [delete("a.txt")]}],
        {"a.txt": None},
        ["a.txt: another answer of this refactor deletes it"],
    ),
    Case(
        "a file that an earlier level has deleted is changed",
        [{"a.txt": [delete("a.txt")]}, {"b.txt": [edit("a.txt", *FIRST)]}],
        {"a.txt": None},
        ["a.txt: there is no such file"],
    ),
    Case(
        "a file that an earlier level has deleted is made anew",
        [{"a.txt": [delete("a.txt")]}, {"b.txt": [create("a.txt", "new\n")]}],
        {"a.txt": "new\n"},
    ),
    Case(
        "a file's turn comes when an earlier level has deleted it",
        [{"b.txt": [], "a.txt": [delete("a.txt")]}, {"c.txt": [edit("c.txt", "c\n", "C\n")]}],
        {"a.txt": None, "c.txt": "C\n"},
    ),
    Case(
        "a file is split, and what used it follows a level later",
        [
            {"a.txt": [edit("a.txt", "line 9\n", ""), create("n.txt", "line 9\n")]},
            {"b.txt": [edit("b.txt", "b\n", "b, see n\n")]},
        ],
        {"a.txt": TEXT.replace("line 9\n", ""), "n.txt": "line 9\n", "b.txt": "b, see n\n"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_several_answers_come_to(tmp_path: Path, case: Case) -> None:
    said = {path: updates for level in case.levels for path, updates in level.items()}
    plan = {
        "decisions": [],
        "leave_out": [path for path in FILES if path not in said],
        "levels": [list(level) for level in case.levels],
        "summary": "In order.",
    }

    def answer(request: Request) -> str:
        if "WANTED" in request.messages[-1].content:
            return json.dumps(plan)
        asked = part(request)
        # A file may have been renamed by then: the one whose turn it is.
        return says(*said[asked[0] if asked and asked[0] in said else "a.txt"])

    here = begun(tmp_path, *[answer] * 12, files=FILES)
    done = await run(here, TASK)
    expected = {**FILES, **case.after}
    texts = {path.name: path.read_text() for path in here.workspace.root.iterdir()}
    assert texts == {path: text for path, text in expected.items() if text is not None}
    assert len(done.outcome.reasons) == len(case.told), done.outcome.reasons
    for reason, beginning in zip(sorted(done.outcome.reasons), case.told, strict=True):
        assert reason.startswith(beginning)
    if done.outcome.status in ("applied", "partly"):
        assert (await here.engine.undo(None)).status == "applied"
    assert {path.name: path.read_text() for path in here.workspace.root.iterdir()} == FILES


async def test_a_renamed_file_is_mended_under_its_new_name(tmp_path: Path) -> None:
    two = PYTHON["pkg/two.py"].replace("fetch", "load").replace("pkg.one", "pkg.uno")
    said = {
        "pkg/one.py": says(rename("pkg/one.py", "pkg/uno.py")),
        "pkg/two.py": says(edit("pkg/two.py", PYTHON["pkg/two.py"], two)),
    }

    def answer(request: Request) -> str:
        (path,) = part(request) or ["plan"]
        return said.get(path) or RIGHT(request)

    here = begun(tmp_path, *[answer] * 5)
    done = await run(here)
    assert (done.outcome.status, done.left) == ("applied", ()), done
    assert "in pkg/uno.py something is left" in here.model.requests[-1].messages[-1].content
    assert here.workspace.text("pkg/one.py") is None
    assert here.workspace.text("pkg/uno.py") == PYTHON["pkg/one.py"].replace("fetch", "load")
    assert here.workspace.text("pkg/two.py") == two
