"""A refactor's list of files on the command line: what a person's words choose of it."""

from __future__ import annotations

import pytest

from homespun.cli.survey import as_data, picked
from homespun.engine.refactor.estimate import Speed, cost_of, in_words, speed_of
from homespun.engine.refactor.task import Survey, SurveyFile
from homespun.journal.usage import UsageRecord
from homespun.providers.base import AnsweredBy

PATHS = ("app/a.py", "app/b.py", "tests/test_a.py", "README.md", "app/old.py")
BY = AnsweredBy("vllm", "model", local=True)


def survey(speed: Speed | None = None) -> Survey:
    """Five files, of which README.md is left out by the model and app/old.py is read-only."""
    files = tuple(
        SurveyFile(f"file:///{path}", path, ("why",), 1000, chosen=path in PATHS[:3])
        for path in PATHS[:4]
    )
    refused = SurveyFile("file:///app/old.py", "app/old.py", (), 9, 0, False, "it is read-only")
    return Survey(
        "id", "do", (*files, refused), lambda files: cost_of(files, speed, 1), "So.", ("d",), ("n",)
    )


@pytest.mark.parametrize(
    ("said", "chosen", "strange"),
    [
        ("", PATHS[:3], ()),
        ("1 3", ("app/a.py", "tests/test_a.py"), ()),
        ("2-4", PATHS[1:4], ()),
        ("-2", ("app/a.py", "tests/test_a.py"), ()),
        ("-1-2", ("tests/test_a.py",), ()),
        ("app/**", ("app/a.py", "app/b.py"), ()),
        ("app -app/b.py", ("app/a.py",), ()),
        ("-tests/** 4", ("README.md",), ()),
        ("5", (), ()),
        ("0 7 docs/** -x", PATHS[:3], ("0", "7", "docs/**", "-x")),
        ("1 zebra", ("app/a.py",), ("zebra",)),
        ("-*.py", (), ()),
    ],
)
def test_what_is_said_chooses(said: str, chosen: tuple[str, ...], strange: tuple[str, ...]) -> None:
    uris, unknown = picked(survey(), said.split())
    assert tuple(f.path for f in survey().choosing(uris).chosen) == chosen
    assert tuple(unknown) == strange


def test_the_cost_goes_with_the_choice() -> None:
    listed = survey(Speed(reading=1000, writing=10))
    fewer = listed.choosing(["file:///app/a.py"])
    assert (listed.cost.files, fewer.cost.files) == (3, 1)
    assert listed.cost.seconds == pytest.approx(3 * (fewer.cost.seconds or 0), rel=0.01)
    assert listed.cost.tokens == 3 * fewer.cost.tokens


def used(model: str, prompt: int, first: float, written: int, writing: float) -> UsageRecord:
    whole = first + writing
    return UsageRecord(
        0.0, "edit", "vllm", model, prompt, written, whole, first, writing, None, local=True
    )


def test_the_time_is_told_by_what_was_measured_of_this_model() -> None:
    records = [used("other", 10, 9.0, 10, 9.0), used("model", 2000, 2.0, 300, 10.0)]
    speed = speed_of(records, BY)
    assert speed == Speed(reading=1000, writing=30)
    cost = survey(speed).cost
    # Three files of 1,000 tokens: what is read at 1,000 a second, a quarter of it written at 30.
    assert cost.seconds == pytest.approx((cost.tokens - 750) / 1000 + 750 / 30, abs=0.1)
    assert "30 tokens a second that were measured" in in_words(cost)
    assert speed_of(records[:1], BY) is None
    assert "was not measured yet" in in_words(survey(None).cost)


def test_programs_are_told_all_of_it() -> None:
    told = as_data(survey())
    files = told["files"]
    assert isinstance(files, list) and len(files) == 5
    assert files[0] == {
        "path": "app/a.py", "step": 1, "tokens": 1000, "reasons": ["why"], "refusal": "",
    }  # fmt: skip
    assert (files[3]["step"], files[4]["refusal"]) == (None, "it is read-only")
    assert told["seconds"] is None and told["decisions"] == ["d"]
