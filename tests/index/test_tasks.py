"""Tasks by weight: what a second process is given of them."""

from __future__ import annotations

from homespun.index.tasks import Task, Tasks

_SIZES = [10, 5_000, 0, 300_000, 7]


def test_no_more_is_taken_away_than_was_asked_for() -> None:
    weights = [Task("words", size=size).weight for size in _SIZES]
    whole = sum(weights)
    for most in range(-1_000, whole + 1_000, 500):
        tasks = Tasks(Task("words", number, size=size) for number, size in enumerate(_SIZES))
        taken = tasks.pop_up_to(most)
        assert [task.number for task in (*taken, *tasks)] == list(range(len(_SIZES)))
        assert tasks.weight == whole - sum(weights[: len(taken)])
        assert sum(weights[: len(taken)]) <= max(most, 0)
        assert len(tasks) == 0 or sum(weights[: len(taken) + 1]) > most


def test_the_first_comes_first() -> None:
    tasks = Tasks([Task("words", 1, size=9)])
    tasks.extend([Task("symbols", 2)])
    assert [tasks.pop().number, tasks.pop().number] == [1, 2]
    assert tasks.weight == 0
