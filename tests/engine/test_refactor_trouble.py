"""What can go wrong in a refactor: each a clear report, and nothing half made."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from engine.memory_index import MemoryIndex
from engine.test_refactor import FILES, RENAME, RIGHT, begun, part, run, says
from engine.world import Recorder, ToldModel, engine_over
from homespun.disk import DiskWorkspace
from homespun.engine.ports import FileOperation
from homespun.engine.refactor.task import RefactorTask
from homespun.engine.steps import Step
from homespun.errors import HomespunError, KeepingFailed, NothingToDo
from homespun.journal.store import Journal
from homespun.providers.base import Request

PLAIN = {"refactor": {"files_in_a_request": 1}, "edit_format": "hunks"}


async def test_a_file_too_long_for_the_window_is_worked_on_in_its_parts(tmp_path: Path) -> None:
    filler = "".join(f"\n\ndef step_{n}(value):\n    return value + {n}\n" for n in range(800))
    long = f"from pkg.base import fetch\n{filler}\n\ndef last():\n    return fetch('x')\n"
    files = {**FILES, "pkg/one.py": long}

    def hunks(request: Request) -> str:
        said = request.messages[-1].content
        assert "FILE pkg/one.py (lines" in said and "the rest is not shown" in said
        assert "step_400(" not in said
        found = [
            {"find": line, "replace": line.replace("fetch", "load")}
            for line in ("from pkg.base import fetch\n", "    return fetch('x')\n")
        ]
        return says({"action": "edit", "file": "pkg/one.py", "hunks": found})

    here = begun(tmp_path, files=files)
    here.model.size = 8192
    here.model.turns = ["no plan", RIGHT, hunks, RIGHT]
    done = await run(here)
    assert done.outcome.status == "applied", done
    assert here.workspace.text("pkg/one.py") == long.replace("fetch", "load")


async def test_where_no_file_fits_each_is_refused_with_its_reason(tmp_path: Path) -> None:
    every = "".join(f"fetch({n})\n" for n in range(6000))
    files = {
        "a.py": f"def fetch(n):\n    return n\n{every}",
        "b.py": f"from a import fetch\n{every}",
    }
    here = begun(tmp_path, files=files)
    here.model.size = 4096
    here.model.turns = ["no plan"]
    done = await run(here)
    assert done.outcome.status == "rejected"
    assert [reason.partition(":")[0] for reason in done.outcome.reasons] == ["a.py", "b.py"]
    assert all("does not fit the model's context window" in r for r in done.outcome.reasons)
    assert here.workspace.applied == [] and len(here.model.requests) == 1


async def test_other_files_than_asked_are_changed_only_where_that_is_sure(tmp_path: Path) -> None:
    """A file that the model was not shown: a unique place is taken, and shown as a risk."""
    files = {**FILES, "twice.py": "x = 1\nx = 1\n"}
    other = {"find": "def nothing():\n", "replace": "def something():\n"}
    unsure = {"find": "x = 1\n", "replace": "x = 2\n"}
    meddling = says(
        {"action": "edit", "file": "pkg/base.py",
         "hunks": [{"find": "def fetch(url):\n", "replace": "def load(url):\n"}]},
        {"action": "edit", "file": "other.py", "hunks": [other]},
        {"action": "edit", "file": "twice.py", "hunks": [unsure]},
        {"action": "write", "file": "pkg/__init__.py", "text": "A = 1\n"},
        {"action": "edit", "file": "../outside.py", "hunks": [other]},
        {"action": "create", "file": ".git/hooks/post-commit", "text": "boom\n"},
    )  # fmt: skip
    here = begun(tmp_path, files=files)
    repaired = says()
    here.model.turns = ["no plan", meddling, repaired, RIGHT, RIGHT]
    plans = here.recorder.shown
    done = await run(here, RefactorTask(RENAME.instruction, review="always"))
    risks = {file.path: file.risks for file in plans[0].files}
    assert "the model was not shown this file" in risks["other.py"]
    assert here.workspace.text("other.py") == "def something():\n    return 1\n"
    assert here.workspace.text("twice.py") == files["twice.py"]
    assert here.workspace.text("pkg/__init__.py") == ""
    refused = {reason.partition(":")[0] for reason in done.outcome.reasons}
    assert refused >= {"twice.py", "pkg/__init__.py", "../outside.py", ".git/hooks/post-commit"}
    assert done.outcome.status == "partly"


async def test_read_only_and_secret_files_are_never_chosen(tmp_path: Path) -> None:
    files = {**FILES, ".env": "# fetch\nA=1\n"}
    here = begun(tmp_path, files=files)
    (here.workspace.root / "pkg/two.py").chmod(0o444)
    here.model.turns = ["no plan", RIGHT, RIGHT]
    here.recorder.pick = lambda survey: [file.uri for file in survey.files]
    done = await run(here)
    refusals = {file.path: file.refusal for file in here.recorder.surveys[0].files if file.refusal}
    assert refusals["pkg/two.py"] == "the file is read-only" and refusals[".env"]
    assert [part(r) for r in here.model.requests] == [[], ["pkg/base.py"], ["pkg/one.py"]]
    assert here.workspace.text("pkg/two.py") == FILES["pkg/two.py"]
    assert any(finding.startswith("pkg/two.py: still has `fetch`") for finding in done.left)


async def test_a_file_that_goes_in_mid_way_is_refused_and_the_rest_is_made(tmp_path: Path) -> None:
    here = begun(tmp_path)

    def vanish(request: Request) -> str:
        (here.workspace.root / "pkg/two.py").unlink()
        (here.workspace.root / "pkg/base.py").unlink()
        return RIGHT(request)

    here.model.turns = ["no plan", RIGHT, vanish]
    done = await run(here)
    assert done.outcome.status == "partly"
    reasons = " ".join(done.outcome.reasons)
    assert "pkg/two.py: the file is gone" in reasons and "pkg/base.py: the file is gone" in reasons
    assert here.workspace.text("pkg/one.py") == FILES["pkg/one.py"].replace("fetch", "load")
    assert here.workspace.text("pkg/two.py") is None


class Failing(DiskWorkspace):
    """A disk that fails with `number` when its last file is written."""

    number = errno.ENOSPC

    def _step(self, operation: FileOperation) -> Step:
        step = super()._step(operation)
        return NotMade(step, self.number) if str(step.paths[0]).endswith("two.py") else step


class NotMade:
    """A step that the disk refuses, at the last moment."""

    def __init__(self, step: Step, number: int) -> None:
        self._number = number
        self.paths = step.paths
        self.check, self.prepare = step.check, step.prepare
        self.take_back, self.clean = step.take_back, step.clean

    def make(self) -> None:
        raise OSError(self._number, os.strerror(self._number))


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO], ids=errno.errorcode.get
)
async def test_a_disk_that_refuses_a_file_makes_nothing_and_all_is_kept(
    tmp_path: Path, number: int
) -> None:
    """It is full, or the file or all of it has become read-only meanwhile, or it is broken."""
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    journal = Journal(tmp_path / "state" / "journal.db")
    model = ToldModel(["no plan", *[RIGHT] * 3])

    def engine(kind: type[DiskWorkspace]):
        return engine_over(
            kind([str(root)]), model, journal, tmp_path, PLAIN, None, MemoryIndex(root)
        )

    recorder = Recorder()
    failing = type("Refusing", (Failing,), {"number": number})
    with pytest.raises(HomespunError, match=os.strerror(number)) as failed:
        await engine(failing).refactors.run(RENAME, recorder, recorder)
    assert {name: (root / name).read_text() for name in FILES} == FILES
    assert "homespun refactor --resume" in failed.value.hint
    healthy = engine(DiskWorkspace).refactors
    (left,) = await healthy.unfinished()
    done = await healthy.run(RefactorTask("", resume=left.change_id), recorder, recorder)
    assert done.outcome.status == "applied" and len(model.requests) == 4
    assert all("fetch" not in (root / name).read_text() for name in FILES)


async def test_a_journal_that_cannot_be_written_stops_before_anything_is_changed(
    tmp_path: Path,
) -> None:
    here = begun(tmp_path, *[RIGHT] * 4)
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(KeepingFailed):
        await run(here)
    assert here.workspace.applied == []


async def test_a_journal_that_fails_in_mid_way_stops_it_and_what_was_kept_stays(
    tmp_path: Path,
) -> None:
    here = begun(tmp_path, *[RIGHT] * 5)
    state, aside = tmp_path / "state", tmp_path / "aside"

    def fail() -> None:
        if len(here.model.requests) == 3:
            state.rename(aside)
            state.write_text("in the way")

    here.model.during = fail
    with pytest.raises(KeepingFailed):
        await run(here)
    assert here.workspace.applied == []
    assert {name: here.workspace.text(name) for name in FILES} == FILES
    state.unlink()
    aside.rename(state)
    (left,) = await here.engine.refactors.unfinished()
    assert (left.files, left.done) == (3, 1)
    done = await run(here, RefactorTask("", resume=left.change_id))
    assert done.outcome.status == "applied" and len(here.model.requests) == 5


async def test_what_another_version_kept_is_told_apart(tmp_path: Path) -> None:
    here = begun(tmp_path)
    here.journal.begin("old", str(here.workspace.root), "t", "i", "m", "p", True)
    here.journal.refactors.begin("old", json.dumps({"unknown": 1}))
    (left,) = await here.engine.refactors.unfinished()
    assert (left.change_id, left.files) == ("old", 0)
    with pytest.raises(NothingToDo, match="not understood"):
        await run(here, RefactorTask("", resume="old"))
    assert await here.engine.refactors.drop("old")
