"""A route's server that dies in mid-way of a refactor: the next one goes on, to the same change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.world import Recorder
from homespun.engine.refactor.task import RefactorTask
from homespun.errors import Unreachable
from homespun.providers.base import Endpoint, Route
from homespun.providers.scripted import Turn
from refactor.disk_engine import engine_at, local
from refactor.model import answering
from refactor.project import WANTED, project, renamed, right, written

BEFORE = project(9)
TASK = RefactorTask(WANTED, review="never")


def dying(lives: int, end: Turn) -> Callable[[str, list[str]], str | Turn]:
    """A model that does so many requests rightly, one more as `end` says, and no other."""
    asked: list[list[str]] = []

    def answer(message: str, paths: list[str]) -> str | Turn:
        asked.append(paths)
        if len(asked) <= lives:
            return right(message, paths)
        broken = Turn(reply=right(message, paths), piece=40, fault=end.fault, after=end.after)
        return broken if len(asked) == lives + 1 else Turn(fault="close")

    return answer


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(Turn(fault="close"), id="before its answer"),
        pytest.param(Turn(fault="cut", after=3), id="in its answer"),
        pytest.param(Turn(fault="error", after=3), id="with an error in its answer"),
    ],
)
@pytest.mark.parametrize("at_once", [1, 3])
async def test_another_server_goes_on_to_the_same_change(
    tmp_path: Path, end: Turn, at_once: int
) -> None:
    root = tmp_path / "project"
    written(root, BEFORE)
    async with answering(dying(4, end)) as one, answering(right) as two:
        members = (local(one.address, name="one"), local(two.address, name="two"))
        engine = engine_at(root, Endpoint.routed("fast", Route(members)), at_once)
        recorder = Recorder()
        try:
            done = await engine.refactors.run(TASK, recorder, recorder)
        finally:
            await engine.close()
        assert (done.outcome.status, done.left) == ("applied", ()), done.outcome.reasons
        assert {path: (root / path).read_text() for path in BEFORE} == renamed(BEFORE)
        # The plan and three files came from the first; no file was answered by both.
        assert len(two.chats) == len(BEFORE) - 1 - 3
        assert 5 <= len(one.chats) <= 5 + at_once
    assert done.outcome.provider == "two"


def failing_in_repair(lives: int, nonsense: str) -> Callable[[str, list[str]], str | Turn]:
    """A model that does so many requests rightly, one wrongly, and dies as it mends that."""
    asked: list[list[str]] = []

    def answer(message: str, paths: list[str]) -> str | Turn:
        asked.append(paths)
        if len(asked) <= lives:
            return right(message, paths)
        if len(asked) == lives + 1:
            return nonsense.replace("PATH", paths[0])
        cut = Turn(
            reply='{"summary": "Mended", "updated_files": []}', piece=4, fault="cut", after=3
        )
        return cut if len(asked) == lives + 2 else Turn(fault="close")

    return answer


UNPLACED = json.dumps({
    "summary": "Renamed.",
    "updated_files": [
        {"action": "edit", "file": "PATH", "hunks": [{"find": "nowhere\n", "replace": "x\n"}]}
    ],
})  # fmt: skip


@pytest.mark.parametrize("nonsense", [UNPLACED, "I would rather not."], ids=["unplaced", "rubbish"])
async def test_a_server_that_dies_as_it_mends_an_answer_has_another_go_on(
    tmp_path: Path, nonsense: str
) -> None:
    root = tmp_path / "project"
    written(root, BEFORE)
    async with answering(failing_in_repair(4, nonsense)) as one, answering(right) as two:
        members = (local(one.address, name="one"), local(two.address, name="two"))
        engine = engine_at(root, Endpoint.routed("fast", Route(members)), 1)
        recorder = Recorder()
        try:
            done = await engine.refactors.run(TASK, recorder, recorder)
        finally:
            await engine.close()
        assert (done.outcome.status, done.outcome.reasons, done.left) == ("applied", (), ())
        assert {path: (root / path).read_text() for path in BEFORE} == renamed(BEFORE)
        assert (len(one.chats), len(two.chats)) == (6, len(BEFORE) - 1 - 3)


async def test_where_no_other_server_mends_it_what_is_done_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "project"
    written(root, BEFORE)
    async with answering(failing_in_repair(4, UNPLACED)) as one:
        engine = engine_at(root, local(one.address), 1)
        recorder = Recorder()
        with pytest.raises(Unreachable) as failed:
            await engine.refactors.run(TASK, recorder, recorder)
        (left,) = await engine.refactors.unfinished()
        await engine.close()
    assert "homespun refactor --resume" in failed.value.hint and left.done == 3
    assert {path: (root / path).read_text() for path in BEFORE} == BEFORE


async def test_where_no_other_server_is_what_is_done_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "project"
    written(root, BEFORE)
    async with answering(dying(4, Turn(fault="cut", after=3))) as one:
        engine = engine_at(root, local(one.address), 1)
        recorder = Recorder()
        with pytest.raises(Unreachable) as failed:
            await engine.refactors.run(TASK, recorder, recorder)
        await engine.close()
    assert "homespun refactor --resume" in failed.value.hint
    assert {path: (root / path).read_text() for path in BEFORE} == BEFORE
    async with answering(right) as healthy:
        engine = engine_at(root, local(healthy.address), 1)
        (left,) = await engine.refactors.unfinished()
        assert left.done == 3
        done = await engine.refactors.run(
            RefactorTask("", resume=left.change_id), recorder, recorder
        )
        await engine.close()
    assert done.outcome.status == "applied"
    assert {path: (root / path).read_text() for path in BEFORE} == renamed(BEFORE)
