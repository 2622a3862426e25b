"""Refactors of many files, from the survey to one change, with a model that is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.world import World, world
from homespun.engine.refactor.task import Refactored, RefactorTask
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
    _, task, said = request.messages[-1].content.rpartition("TASK")
    return [] if not task else re.findall(r"^- ([\w/.]+\.\w+)(?:: |$)", said, re.MULTILINE)


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
