"""How often a growing plan is told, and what it looks like on the wire."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from homespun.core.plan import ChangePlan, FileChange, hunks_between
from homespun.lsp.plans import PlanNotes, plan_result


def plan(files: int, *, complete: bool = False) -> ChangePlan:
    changes = tuple(
        FileChange(f"file:///{n}", str(n), "edit", "a\n", hunks_between("a\n", "b\n"))
        for n in range(files)
    )
    return ChangePlan("p", "Edit", "", changes, complete)


class Told:
    """Stands where a server would, and keeps what it is told to send."""

    def __init__(self, *, review: bool) -> None:
        self.notes: list[Any] = []
        self.client = SimpleNamespace(review=review)
        self.connection = self

    def notify(self, method: str, params: Any) -> None:
        assert method == "homespun/plan"
        self.notes.append(params)

    @property
    def seen(self) -> list[tuple[str, int]]:
        return [(note["state"], len(note["files"])) for note in self.notes]


async def test_the_first_and_the_last_are_told_and_few_between() -> None:
    told = Told(review=True)
    plan_result(plan(1))  # What loads what it needs takes its time.
    notes = PlanNotes(told)  # type: ignore[arg-type]
    for count in range(1, 50):
        notes.tell(plan(count))
    assert told.seen == [("growing", 1)]
    await asyncio.sleep(0.1)
    assert told.seen == [("growing", 1), ("growing", 49)]
    notes.tell(plan(50))
    notes.tell(plan(50, complete=True))
    notes.close()
    assert told.seen[-1] == ("waiting", 50)


async def test_a_plan_that_never_waited_is_closed_with_its_job() -> None:
    told = Told(review=True)
    notes = PlanNotes(told)  # type: ignore[arg-type]
    notes.tell(plan(1))
    notes.tell(plan(2))
    notes.close()
    assert told.seen == [("growing", 1), ("growing", 2), ("closed", 0)]


async def test_what_takes_long_to_tell_is_told_seldom() -> None:
    told = Told(review=True)
    notes = PlanNotes(told)  # type: ignore[arg-type]

    def slow() -> ChangePlan:
        begun = time.thread_time()
        while time.thread_time() < begun + 0.02:
            pass
        return plan(1)

    until = time.monotonic() + 0.6
    while time.monotonic() < until:
        notes.grow(slow)
        await asyncio.sleep(0.001)
    assert 2 < len(told.notes) < 8


async def test_a_file_that_stays_as_it_is_is_told_as_it_was() -> None:
    told = Told(review=True)
    notes = PlanNotes(told)  # type: ignore[arg-type]
    first = plan(2)
    other = replace(first.files[1], refusal="no")
    notes.tell(first)
    notes.tell(replace(first, files=(first.files[0], other)))
    notes.close()
    (one, two), (again, refused) = (note["files"] for note in told.notes[:2])
    assert again is one
    assert (two["refusal"], refused["refusal"]) == ("", "no")


async def test_editors_that_show_no_plans_are_told_none() -> None:
    told = Told(review=False)
    notes = PlanNotes(told)  # type: ignore[arg-type]
    notes.tell(plan(1))
    notes.close()
    assert told.notes == []


def test_hunks_name_whole_lines() -> None:
    before, after = "a\r\nb\r\n\r\nlast", "new\r\na\r\n\r\nlast\nmore"
    change = FileChange("file:///a", "a", "edit", before, hunks_between(before, after), 7)
    (file,) = plan_result(ChangePlan("p", "", "", (change,))).files
    lines = [(hunk.start, hunk.end, hunk.before, hunk.after) for hunk in file.hunks]
    assert lines == [
        (0, 0, "", "new\r\n"),
        (1, 2, "b\r\n", ""),
        (3, 4, "last", "last\nmore"),
    ]
    assert (file.version, file.added, file.removed) == (7, 3, 2)


def test_a_path_that_leads_nowhere_has_no_uri() -> None:
    change = FileChange("refused:../x", "../x", "create", None).refused("it leads out")
    (file,) = plan_result(ChangePlan("p", "", "", (change,))).files
    assert (file.uri, file.path, file.refusal) == ("", "../x", "it leads out")
