"""Refactors of many files, from the survey to one change, with a model that is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.world import World, world
from homespun.core.text import Span
from homespun.engine.ports import Place
from homespun.engine.refactor.task import Refactored, RefactorTask
from homespun.errors import NothingToDo
from homespun.providers.base import Request

FILES = {
    "pkg/__init__.py": "",
    "pkg/base.py": "def fetch(url):\n    return url\n",
    "pkg/one.py": "from pkg.base import fetch\n\n\ndef one():\n    return fetch('1')\n",
    "pkg/two.py": "from pkg.base import fetch\nfrom pkg.one import one\n\n\ndef two():\n"
    "    return fetch('2') + one()\n",
    "other.py": "def nothing():\n    return 1\n",
}
RENAME = RefactorTask("Rename `fetch` to `load`.", review="never")


def part(request: Request) -> list[str]:
    """The paths that a request asks to be worked on; none for the plan step."""
    _, task, said = request.messages[1].content.rpartition("TASK")
    listed = r"^- ([\w/.]+\.\w+)(?:: |$)|but in ([\w/.]+) something is left"
    found = re.findall(listed, said, re.MULTILINE) if task else []
    return [one or other for one, other in found]


def shown(request: Request, path: str) -> str:
    """The text of a file as the request shows it."""
    said = "\n".join(message.content for message in request.messages)
    found = re.search(rf"^FILE {re.escape(path)}.*?\n```\n(.*?)```$", said, re.M | re.S)
    assert found, said
    return found[1]


def rename(old: str, new: str) -> Callable[[Request], str]:
    """A model that does its part rightly: each line that has the name, by a hunk of its own."""

    def answer(request: Request) -> str:
        if not part(request):
            return "I will do it well."
        updates = [edit(path, shown(request, path), old, new) for path in part(request)]
        return json.dumps({"summary": "Renamed.", "updated_files": [u for u in updates if u]})

    return answer


def edit(path: str, text: str, old: str, new: str) -> Mapping[str, Any] | None:
    word = re.compile(rf"\b{old}\b")
    after = word.sub(new, text)
    if after == text:
        return None
    hunks = [{"find": text, "replace": after}]
    return {"action": "edit", "file": path, "hunks": hunks}


def begun(tmp_path: Path, *turns: Any, **more: Any) -> World:
    settings = {"refactor": {"files_in_a_request": 1}, "edit_format": "hunks"}
    given = {"opened": [], "index": True, "settings": settings, **more}
    return world(
        tmp_path, more.pop("files", FILES), *turns, **{k: given[k] for k in given if k != "files"}
    )


async def run(here: World, task: RefactorTask = RENAME) -> Refactored:
    return await here.engine.refactors.run(task, here.recorder, here.recorder)


async def test_a_name_is_changed_in_all_files_by_one_change_and_one_undo(tmp_path: Path) -> None:
    here = begun(tmp_path, *[rename("fetch", "load")] * 4)
    done = await run(here)
    assert done.outcome.status == "applied", done
    assert [f.path for f in here.recorder.surveys[0].chosen] == [
        "pkg/base.py", "pkg/one.py", "pkg/two.py",
    ]  # fmt: skip
    assert [f.level for f in here.recorder.surveys[0].chosen] == [0, 1, 2]
    for name in ("base", "one", "two"):
        text = here.workspace.text(f"pkg/{name}.py")
        assert text == FILES[f"pkg/{name}.py"].replace("fetch", "load")
    assert len(here.workspace.applied) == 1
    assert await here.engine.refactors.unfinished() == []
    undone = await here.engine.undo(None)
    assert undone.status == "applied"
    assert {name: here.workspace.text(name) for name in FILES} == FILES


def says(*updates: Mapping[str, Any], summary: str = "Done.") -> str:
    return json.dumps({"summary": summary, "updated_files": list(updates)})


def by_file(answers: Mapping[str, Any], plan: str = "no plan") -> Callable[[Request], str]:
    """A model that answers by the file that it is to work on: a text, or what makes one."""

    def answer(request: Request) -> str:
        paths = part(request)
        given = answers[paths[0]] if paths else plan
        return given(request) if callable(given) else given

    return answer


RIGHT = rename("fetch", "load")


async def test_what_is_wrong_is_refused_with_its_reason_and_the_rest_is_made(
    tmp_path: Path,
) -> None:
    broken = says(edit("pkg/one.py", FILES["pkg/one.py"], "fetch", "load("))
    answers = {"pkg/base.py": RIGHT, "pkg/one.py": broken, "pkg/two.py": RIGHT}
    # The plan, three files, the repair of the broken one, then it is asked to put right what it
    # left behind, and repaired once more.
    here = begun(tmp_path, *[by_file(answers)] * 7)
    done = await run(here)
    assert done.outcome.status == "partly"
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"]
    assert here.workspace.text("pkg/two.py") == FILES["pkg/two.py"].replace("fetch", "load")
    (refused,) = done.outcome.reasons
    assert refused.startswith("pkg/one.py: ") and "pars" in refused
    assert [finding.partition(":")[0] for finding in done.left] == ["pkg/one.py"] * 2
    assert "still has `fetch` (lines 1, 5), which pkg/base.py does not define" in done.left[0]
    assert "imports `fetch` from pkg.base (line 1), which does not have it" in done.left[1]


async def test_what_was_left_behind_is_put_right_by_one_more_answer(tmp_path: Path) -> None:
    turns = [by_file({"pkg/base.py": RIGHT, "pkg/one.py": says(), "pkg/two.py": RIGHT})] * 4
    here = begun(tmp_path, *turns, RIGHT)
    done = await run(here)
    assert (done.outcome.status, done.left) == ("applied", ())
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"].replace("fetch", "load")
    told = here.model.requests[-1].messages[-1].content
    assert "in pkg/one.py something is left" in told and "still has `fetch`" in told


async def test_a_later_level_is_told_what_changed_before_it(tmp_path: Path) -> None:
    here = begun(tmp_path, *[rename("fetch", "load")] * 4)
    await run(here)
    plan, base, one, two = here.model.requests
    assert "DEFINED IN pkg/base.py\ndef fetch(url):" in plan.messages[-1].content
    shared = [request.messages[0].content for request in (base, one, two)]
    assert all("Rename `fetch` to `load`." in text for text in shared)
    assert all("AS IT WAS, in pkg/base.py\ndef fetch(url):" in text for text in shared)
    assert "CHANGED ALREADY" not in shared[0]
    assert "CHANGED ALREADY, in pkg/base.py\n- def fetch(url):\n+ def load(url):" in shared[1]
    # A server keeps what it has read: each prompt begins with all of the one before.
    assert shared[1].startswith(shared[0]) and shared[2].startswith(shared[1])


async def test_the_model_orders_the_files_as_far_as_that_makes_sense(tmp_path: Path) -> None:
    plan = json.dumps({
        "decisions": ["`load` takes a url"],
        "leave_out": ["pkg/two.py", "nowhere.py"],
        "levels": [["pkg/one.py", "made/up.py"], ["pkg/one.py", "pkg/base.py"]],
        "summary": "Callers first.",
    })  # fmt: skip
    answers = {"pkg/base.py": RIGHT, "pkg/one.py": RIGHT, "pkg/two.py": RIGHT}
    here = begun(tmp_path, *[by_file(answers, plan)] * 3)
    done = await run(here)
    survey = here.recorder.surveys[0]
    assert [(f.path, f.level) for f in survey.chosen] == [("pkg/one.py", 0), ("pkg/base.py", 1)]
    assert (survey.summary, survey.decisions) == ("Callers first.", ("`load` takes a url",))
    left = [f for f in survey.files if f.path == "pkg/two.py"]
    assert not left[0].chosen and "the model would leave it as it is" in left[0].reasons
    # It was wrong: what it left out still has the old name, and that is told.
    assert done.outcome.status == "partly"
    assert any(finding.startswith("pkg/two.py: still has `fetch`") for finding in done.left)
    assert "- `load` takes a url" in here.model.requests[1].messages[0].content


async def test_the_user_chooses_and_what_was_left_out_stays_as_it_is(tmp_path: Path) -> None:
    meddling = says(
        edit("pkg/one.py", FILES["pkg/one.py"], "fetch", "load"),
        edit("pkg/two.py", FILES["pkg/two.py"], "fetch", "load"),
    )
    answers = {"pkg/base.py": RIGHT, "pkg/one.py": meddling}
    here = begun(tmp_path, *[by_file(answers)] * 3)
    here.recorder.pick = lambda survey: [f.uri for f in survey.chosen if "two" not in f.path]
    done = await run(here)
    assert done.outcome.status == "partly"
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"].replace("fetch", "load")
    assert here.workspace.text("pkg/two.py") == FILES["pkg/two.py"]
    assert "pkg/two.py: it is none of the files that were chosen" in done.outcome.reasons


async def test_a_no_leaves_all_as_it_is_and_nothing_is_kept(tmp_path: Path) -> None:
    here = begun(tmp_path, "no plan")
    here.recorder.pick = lambda survey: None
    done = await run(here)
    assert (done.outcome.status, here.workspace.applied) == ("rejected", [])
    assert await here.engine.refactors.unfinished() == []


async def test_where_nothing_matches_it_says_so(tmp_path: Path) -> None:
    here = begun(tmp_path)
    with pytest.raises(NothingToDo, match="No file seems to matter"):
        await run(here, RefactorTask("Rename `quux` to `zork`."))
    with pytest.raises(NothingToDo, match="No file that you named"):
        await run(here, RefactorTask("Rename `fetch` to `load`.", include=("docs/**",)))
    with pytest.raises(NothingToDo, match="no instruction"):
        await run(here, RefactorTask(" "))


async def test_globs_choose_and_the_symbol_under_the_cursor_is_a_hint(tmp_path: Path) -> None:
    here = begun(tmp_path, *["no plan"] * 3)
    here.recorder.pick = lambda survey: None
    everything = RefactorTask("Add type hints.", include=("pkg",), exclude=("__init__.py",))
    await run(here, everything)
    assert [f.path for f in here.recorder.surveys[-1].chosen] == [
        "pkg/base.py", "pkg/one.py", "pkg/two.py",
    ]  # fmt: skip
    where = Place(here.workspace.uri("pkg/two.py"))
    text = FILES["pkg/two.py"]
    at = text.index("one()") + 1
    pointed = Place(where.uri, Span(at, at))
    await run(here, RefactorTask("Give this a clearer name.", pointed))
    assert {f.path: f.reasons[0] for f in here.recorder.surveys[-1].chosen} == {
        "pkg/one.py": "defines `one`",
        "pkg/two.py": "uses `one` (2 places)",
    }


async def test_that_files_are_not_open_is_no_risk_where_they_were_asked_for(
    tmp_path: Path,
) -> None:
    files = {**FILES, "pkg/two.py": "from pkg.base import fetch\nfetch(2)\n"}
    settings = {"refactor": {"files_in_a_request": 4}, "edit_format": "hunks"}
    here = begun(tmp_path, *[RIGHT] * 3, files=files, settings=settings)
    done = await run(here, RefactorTask(RENAME.instruction, review="always"))
    assert done.outcome.status == "applied"
    assert [part(r) for r in here.model.requests][-1] == ["pkg/one.py", "pkg/two.py"]
    (plan,) = here.recorder.shown
    assert {file.path: file.risks for file in plan.files} == {
        "pkg/base.py": (), "pkg/one.py": (), "pkg/two.py": (),
    }  # fmt: skip
