from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.test_edit import ADD, edit, hunk, region, task, updates
from engine.world import world
from homespun.engine.ledger import summed
from homespun.engine.ports import Place, Spent
from homespun.errors import CutShort, Unreachable
from homespun.journal.usage import UsageRecord
from homespun.providers.base import Chunk, Usage

PRICED = {"prices": {"told/model": {"input": 2.0, "output": 10.0}}}


async def test_an_edit_is_noted_with_its_price(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, region("    return a + b\n"), settings=PRICED)
    w.model.prompt_tokens = 500
    outcome = await edit(w, task(w, "a.py", at="return a - b", scope="selection"))
    (record,) = w.journal.usage_since(0)
    assert (record.purpose, record.provider, record.model, record.local) == (
        "edit",
        "told",
        "model",
        True,
    )
    assert (record.prompt_tokens, record.completion_tokens) == (500, 7)
    assert record.cost == pytest.approx((500 * 2.0 + 7 * 10.0) / 1_000_000)
    assert 0 < record.first_token <= record.seconds
    assert outcome.spent.cost == record.cost
    assert abs(record.at - time.time()) < 60


async def test_a_repair_is_a_request_of_its_own(tmp_path: Path) -> None:
    wrong = updates(hunk("a.py", "    return a * b", "    return a + b"))
    right = updates(hunk("a.py", "    return a - b", "    return a + b"))
    w = world(tmp_path, {"a.py": ADD}, wrong, right, settings=PRICED)
    outcome = await edit(w, task(w, "a.py"))
    assert outcome.status == "applied"
    records = w.journal.usage_since(0)
    assert [record.purpose for record in records] == ["edit", "repair"]
    assert outcome.spent.completion_tokens == 14
    assert outcome.spent.cost == pytest.approx(sum(r.cost or 0 for r in records))


async def test_an_explanation_is_noted_without_a_price(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, "It adds.")
    place = Place(w.workspace.uri("a.py"))
    explanation = await w.engine.explain(place, "", w.recorder, w.recorder)
    (record,) = w.journal.usage_since(0)
    assert (record.purpose, record.cost, explanation.spent.cost) == ("explain", None, None)


async def test_a_cut_answer_cost_its_tokens_too(tmp_path: Path) -> None:
    cut = [Chunk(text="{", tokens=1), Chunk(finish="length", usage=Usage(400, 30))]
    w = world(tmp_path, {"a.py": ADD}, cut)
    with pytest.raises(CutShort):
        await edit(w, task(w, "a.py"))
    (record,) = w.journal.usage_since(0)
    assert (record.prompt_tokens, record.completion_tokens) == (400, 30)


async def test_a_cancelled_answer_cost_its_tokens_too(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, region("    return a + b\n"))

    def cancel() -> None:
        raise asyncio.CancelledError

    w.model.during = cancel
    with pytest.raises(asyncio.CancelledError):
        await edit(w, task(w, "a.py"))
    assert [record.purpose for record in w.journal.usage_since(0)] == ["edit"]


async def test_what_never_came_is_not_noted(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, Unreachable("Gone."))
    with pytest.raises(Unreachable):
        await edit(w, task(w, "a.py"))
    assert w.journal.usage_since(0) == []


async def test_an_edit_does_not_fail_because_it_cannot_be_noted(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD}, "It adds.")
    (tmp_path / "state" / "journal.db").mkdir(parents=True)
    place = Place(w.workspace.uri("a.py"))
    explanation = await w.engine.explain(place, "", w.recorder, w.recorder)
    assert explanation.markdown == "It adds."


def record(**more: object) -> UsageRecord:
    plain = UsageRecord(1_700_000_000.0, "edit", "p", "m", 100, 20, 4.0, 1.0, 2.0, None, True)
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("model", {"p/m": 2, "p/other": 1, "q/m": 1}),
        ("provider", {"p": 3, "q": 1}),
    ],
)
def test_sums_by_name(by: str, names: Mapping[str, int]) -> None:
    records = [record(), record(provider="q"), record(model="other"), record(purpose="chat")]
    found = summed(records, by)  # type: ignore[arg-type]
    assert {one.name: one.requests for one in found} == names
    assert [one.name for one in found] == sorted(names)


def test_sums_by_day_of_this_time_zone() -> None:
    first = datetime(2026, 3, 1, 0, 30).timestamp()
    found = summed([record(at=first), record(at=first + 3600), record(at=first - 3600)], "day")
    assert [(one.name, one.requests) for one in found] == [("2026-02-28", 1), ("2026-03-01", 2)]


def test_a_sum_knows_its_means() -> None:
    records = [
        record(cost=0.5),
        record(first_token=3.0, completion_tokens=60),
        record(first_token=0),
    ]
    (found,) = summed(records, "provider")
    assert found.first_token == 2.0, "of the answers whose first words were seen"
    assert found.spent == Spent(300, 100, 12.0, 1.0, 6.0, 0.5)
    assert found.spent.tokens_per_second == pytest.approx(100 / 6)
