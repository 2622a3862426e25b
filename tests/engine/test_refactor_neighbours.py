"""What each request of a refactor shows beside its own files: what those use, as it is by then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.test_refactor import FILES, RENAME, RIGHT, begun, part, run, says, shown
from engine.world import World
from homespun.core.plan import ChangePlan, FileChange, hunks_between
from homespun.core.text import Snapshot
from homespun.engine.paths import Paths
from homespun.engine.refactor.neighbourhood import Neighbourhood
from homespun.engine.refactor.overlay import Overlay
from homespun.engine.refactor.proposed import Proposed
from homespun.engine.refactor.task import RefactorTask
from homespun.providers.base import Request

PLAIN = RefactorTask(RENAME.instruction, include=("pkg",), review="never")
SMALL = 5000
SECRET = "ghp_" + "a1B2c3D4e5F6" * 3


def asked_for(here: World, path: str) -> Request:
    """The request for this file."""
    (request,) = [one for one in here.model.requests if part(one) == [path]]
    return request


def helper(lines: int, secret: str = "") -> str:
    """A file that is no part of the refactor, which defines `helper` after so many lines."""
    filler = "".join(f"FILLER_{n} = {n}\n" for n in range(lines))
    return f"{filler}\n\ndef helper(value):\n    key = '{secret}'\n    return value, key\n"


def using(lines: int, secret: str = "") -> dict[str, str]:
    """The project, with a helper that one of its files uses."""
    one = f"from lib.help import helper\n{FILES['pkg/one.py']}\n\nhelper(one())\n"
    return {**FILES, "lib/__init__.py": "", "lib/help.py": helper(lines, secret), "pkg/one.py": one}


async def test_what_a_file_uses_is_shown_with_it_as_it_is_by_then(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4)
    done = await run(here)
    assert (done.outcome.status, done.unseen) == ("applied", ())
    two = asked_for(here, "pkg/two.py")
    # The level before has renamed it there.
    assert shown(two, "pkg/one.py") == FILES["pkg/one.py"].replace("fetch", "load")
    system, user = (message.content for message in two.messages)
    assert "FILE pkg/one.py" not in system, "what all requests begin with would change with each"
    assert user.index("FILE pkg/one.py") < user.index("FILE pkg/two.py") < user.index("\nTASK\n")
    assert "FILE pkg/two.py" in asked_for(here, "pkg/one.py").messages[1].content


async def test_of_a_long_file_the_lines_that_matter_are_shown(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4, files=using(400))
    assert (await run(here, PLAIN)).outcome.status == "applied"
    said = asked_for(here, "pkg/one.py").messages[1].content
    assert "FILE lib/help.py (lines 40" in said and "def helper(value):\n" in said
    assert "FILLER_200 = 200\n    " not in said and len(said) < 12_000


async def test_lines_are_found_where_they_are_after_what_is_proposed(tmp_path: Path) -> None:
    here = begun(tmp_path, files=using(400))
    uri, index = here.workspace.uri("lib/help.py"), here.engine.index
    paths = Paths(here.workspace, windows=False)
    subject = await here.workspace.read(here.workspace.uri("pkg/one.py"))
    before = await here.workspace.read(uri)
    assert subject is not None and before is not None
    proposed = Proposed()

    async def lines() -> str:
        overlay = Overlay(here.workspace, proposed)
        gathered = await Neighbourhood(overlay, paths, index).of([subject])
        (found,) = [one for _, one in gathered.candidates if one.path == "lib/help.py"]
        (place,) = found.places
        return "".join(found.snapshot.lines[place[0] : place[1] + 1])

    head = "def helper(value):\n    key = ''\n"
    assert await lines() == head
    proposed.take([(_plan(uri, before, "import os\n" * 50 + before.text), [uri])])
    assert await lines() == head
    shorter = before.text.replace("FILLER_7 = 7\n", "").replace("def helper(", "def helper(self, ")
    proposed = Proposed()
    proposed.take([(_plan(uri, before, shorter), [uri])])
    assert await lines() == head.replace("(", "(self, ")


async def test_what_has_no_room_is_left_out_and_told(tmp_path: Path) -> None:
    # One line of it that matters is longer than all that there is room for.
    files = using(0)
    files["lib/help.py"] = f"def helper(value):\n    return '{'x ' * 4000}'\n" + "#\n" * 80
    here = begun(tmp_path, *[RIGHT] * 4, files=files)
    done = await run(here, PLAIN)
    assert (done.outcome.status, done.unseen) == ("applied", ("lib/help.py",))
    assert "x x x" not in asked_for(here, "pkg/one.py").messages[1].content


async def test_what_was_left_out_is_known_after_a_resume(tmp_path: Path) -> None:
    files = using(0)
    files["lib/help.py"] = f"def helper(value):\n    return '{'x ' * 4000}'\n" + "#\n" * 80
    here = begun(tmp_path, *[RIGHT] * 4, files=files)
    dry = await run(here, RefactorTask(RENAME.instruction, include=("pkg",), dry_run=True))
    assert dry.unseen == ("lib/help.py",)
    asked = len(here.model.requests)
    resumed = RefactorTask("", resume=dry.outcome.change_id, review="never")
    assert (await run(here, resumed)).unseen == ("lib/help.py",)
    assert len(here.model.requests) == asked


async def test_a_request_fits_the_window_by_the_servers_own_count(tmp_path: Path) -> None:
    """A tokenizer of a token for two bytes: the estimate, of three, would fill too much."""
    files = using(2)
    for number in range(4):
        name = f"helper_{number}"
        text = f"def {name}():\n    return '{'x ' * 350}'\n"
        files[f"lib/{name}.py"] = text
        files["pkg/one.py"] = f"from lib.{name} import {name}\n{files['pkg/one.py']}{name}()\n"
    here = begun(tmp_path, *[RIGHT] * 4, files=files)
    here.model.size = SMALL
    here.model.counts = lambda text: len(text) // 2
    done = await run(here, PLAIN)
    assert done.outcome.status == "applied"
    assert done.unseen, "there was room for all of it: this shows nothing"
    for request in here.model.requests:
        said = sum(len(message.content) for message in request.messages)
        assert said // 2 + request.max_tokens <= SMALL
    assert "def helper_0" in asked_for(here, "pkg/one.py").messages[1].content


async def test_a_secret_beside_the_files_stays_here(tmp_path: Path) -> None:
    here = begun(tmp_path, *[RIGHT] * 4, files=using(2, SECRET))
    assert (await run(here, PLAIN)).outcome.status == "applied"
    said = asked_for(here, "pkg/one.py").messages[1].content
    assert "HOMESPUN_SECRET_" in said and SECRET not in said
    assert here.workspace.text("lib/help.py") == helper(2, SECRET)


LOOKED_AT = using(2)["lib/help.py"]
FEWER = {"find": "    return value, key\n", "replace": "    return key\n"}


@pytest.mark.parametrize(
    ("update", "after", "told"),
    [
        ({"action": "edit", "hunks": [FEWER]}, LOOKED_AT.replace("value, key\n", "key\n"), ""),
        ({"action": "write", "text": "gone = 1\n"}, LOOKED_AT, "not shown whole"),
        ({"action": "delete"}, LOOKED_AT, "may not delete"),
    ],
    ids=["a hunk is a risk", "a whole text is refused", "a deletion is refused"],
)
async def test_what_was_only_to_be_looked_at_is_not_written_over(
    tmp_path: Path, update: Mapping[str, object], after: str, told: str
) -> None:
    def answer(request: Request) -> str:
        if part(request) != ["pkg/one.py"] or len(request.messages) > 2:
            return RIGHT(request) if len(request.messages) == 2 else says()
        assert "FILE lib/help.py" in request.messages[1].content
        own = json.loads(RIGHT(request))["updated_files"]
        return says(*own, {"file": "lib/help.py", **update})

    here = begun(tmp_path, *[answer] * 5, files=using(2))
    task = RefactorTask(RENAME.instruction, include=("pkg",), review="always")
    done = await run(here, task)
    assert here.workspace.text("lib/help.py") == after
    risks = {file.path: file.risks for file in here.recorder.shown[0].files}
    if told:
        assert any(one.startswith("lib/help.py: ") and told in one for one in done.outcome.reasons)
    else:
        assert "the answer on another file changes it" in risks["lib/help.py"]


def _plan(uri: str, before: Snapshot, after: str) -> ChangePlan:
    hunks = hunks_between(before.text, after)
    change = FileChange(uri, "lib/help.py", "edit", before.text, hunks)
    return ChangePlan("p", "", "", (change,))
